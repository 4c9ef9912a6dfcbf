using Microsoft.SemanticKernel;
using Widget.Api.Handoffs;
using Widget.Api.Leads;
using Widget.Api.Tools;
using Widget.Api.Visitors;
using Widget.Contracts;

namespace Widget.Api.Selling.Actions;

/// <summary>The tool that calls in a person.</summary>
internal sealed class PersonPlugin(LeadService leads)
{
    private const string Description =
        "Asks a person of the company to take over the conversation. Use it when the visitor asks for a person, complains, or needs "
        + "something that you cannot do. Ask the visitor first, unless they asked for it.";

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
        try
        {
            var (requested, refusal) = await leads.RequestPersonAsync(
                new VisitorTicket(context.Tenant.TenantId, context.Visitor!.Value, Origin: null),
                context.Conversation!.Value,
                new HumanRequest { ClientId = $"tool:{context.CallId}", Reason = reason, Locale = context.Locale },
                byAssistant: true,
                ct);
            if (requested is not null) return Told(requested);
            return ToolResult.Failed(refusal?.Message ?? "The conversation has been deleted.");
        }
        catch (VisitorBannedException e)
        {
            return ToolResult.Failed(e.Message);
        }
    }

    private static ToolResult Told(PersonRequested requested) => ToolResult.Of(new
    {
        requested = true,
        present = requested.Present,
        people = requested.Availability,
        note = requested.Present
            ? "The people of the company were told, and somebody is there. Say that a person will take over soon."
            : "The people of the company were told, but nobody is there right now. Say so, say when they are back if it is known, and ask "
                + "for an e-mail address for the reply.",
    });
}
