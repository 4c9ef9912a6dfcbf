using System.Security.Cryptography;
using System.Text;
using Microsoft.SemanticKernel;
using Widget.Api.Handoffs;
using Widget.Api.Leads;
using Widget.Api.Tools;
using Widget.Api.Visitors;
using Widget.Contracts;

namespace Widget.Api.Inbox;

/// <summary>The tool with which the assistant asks for a person on behalf of the visitor.</summary>
internal sealed class RequestPersonPlugin(LeadService leads)
{
    public const string Name = "request_person";

    private const int ReasonLength = 300;

    private const string Description =
        "Asks a person of the company to take over the conversation. Use it when the visitor asks for a person, when the visitor is upset, "
        + "or when you can't help. Ask the visitor first, unless they asked for it.";

    public KernelPlugin ToKernelPlugin() => KernelPluginFactory.CreateFromFunctions("inbox", [Tool.Declare(
        RequestAsync,
        Name,
        Description,
        hasEffects: true,
        Tool.Parameter(
            "reason",
            new
            {
                type = "string",
                minLength = 1,
                maxLength = ReasonLength,
                description = "What the visitor wants from the person, in one short sentence.",
            }))]);

    private async Task<ToolResult> RequestAsync(KernelArguments call, string reason, CancellationToken ct = default)
    {
        var context = ToolInvocation.Of(call).Context;
        if (context.Conversation is not { } conversation || context.Visitor is not { } visitor)
            return ToolResult.Failed("A person can be asked for only in a visitor's conversation.");
        var ticket = new VisitorTicket(context.Tenant.TenantId, visitor, Origin: null);
        var request = new HumanRequest { ClientId = ClientId(context.CallId), Reason = reason, Locale = context.Locale };
        try
        {
            var (requested, refusal) = await leads.RequestPersonAsync(ticket, conversation, request, byAssistant: true, ct);
            if (requested is not null) return Told(requested);
            return ToolResult.Failed(refusal?.Message ?? "There is no such conversation.");
        }
        catch (VisitorBannedException e)
        {
            return ToolResult.Failed(e.Message);
        }
    }

    // The same call asks once.
    private static string ClientId(string callId) =>
        $"tool:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(callId)))[..32]}";

    private static ToolResult Told(PersonRequested requested) => ToolResult.Of(new
    {
        requested = true,
        present = requested.Present,
        officeHours = requested.Availability?.Open,
        opensAt = requested.Availability?.OpensAt,
        replyMinutes = requested.Availability?.ReplyMinutes,
        note = requested.Present
            ? "The people of the company were told, and somebody is there. Say that a person will take over soon."
            : "The people of the company were told, but nobody is there right now. Say so, say when they are back if it is known, and ask "
                + "for an e-mail address for the reply.",
    });
}
