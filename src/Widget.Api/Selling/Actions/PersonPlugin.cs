using Microsoft.SemanticKernel;
using Widget.Api.Leads;
using Widget.Api.Tools;
using Widget.Api.Visitors;
using Widget.Contracts;

namespace Widget.Api.Selling.Actions;

/// <summary>The tool that calls in a person.</summary>
internal sealed class PersonPlugin(LeadService leads)
{
    private const string Description =
        "Passes the conversation to a person of the company. Use it when the visitor asks for a person, complains, or needs something that "
        + "you cannot do. Tell the visitor when people answer.";

    public KernelPlugin ToKernelPlugin() => KernelPluginFactory.CreateFromFunctions("person", [Tool.DeclareForConversation(
        RequestAsync,
        "request_human",
        Description,
        Tool.Parameter(
            "reason",
            new { type = "string", minLength = 1, maxLength = 300, description = "What the visitor needs, in one sentence." }))]);

    private async Task<ToolResult> RequestAsync(KernelArguments call, string reason, CancellationToken ct)
    {
        var context = ToolInvocation.Of(call).Context;
        var (requested, refusal) = await leads.RequestPersonAsync(
            new VisitorTicket(context.Tenant.TenantId, context.Visitor!.Value, Origin: null),
            context.Conversation!.Value,
            new PersonRequest { ClientId = $"tool:{context.CallId}", Message = reason, Locale = context.Locale },
            ct);
        if (refusal is not null) return ToolResult.Failed(refusal.Message);
        if (requested is null) return ToolResult.Failed("The conversation has been deleted.");
        return ToolResult.Of(new
        {
            requested = true,
            people = requested.Availability,
            note = "A person has been asked to take over. Say so, and when they answer. If it is not now, offer to take contact details.",
        });
    }
}
