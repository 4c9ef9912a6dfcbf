using Widget.Api.Handoffs;

namespace Widget.Api.Tools;

/// <summary>
/// Lets a tool run only when the tenant has switched it on, the call's mode and conversation allow it, and no person has the conversation.
/// </summary>
internal sealed class ToolAuthorization(HandoffVisitors handoffs) : ToolFilter
{
    protected override async Task<ToolResult> RunAsync(ToolInvocation call, Func<Task<ToolResult>> next)
    {
        var context = call.Context;
        if (!ToolRegistry.IsEnabled(call.Tool, context.Settings)) return Refused("There is no tool with this name.");
        if (call.Tool.NeedsConversation && context is not { Conversation: not null, Visitor: not null })
            return Refused("This is only possible in a conversation with a visitor.");
        if (!call.Tool.HasEffects) return await next();
        if (context.Mode != ToolCallMode.Conversation) return Refused(MessageFor(context.Mode));
        return context.Conversation is { } conversation
            && await handoffs.IsPersonSpeakingAsync(context.Tenant.TenantId, conversation, CancellationToken.None)
            ? Refused("A person has taken over this conversation. Do nothing more.")
            : await next();
    }

    private static ToolResult Refused(string message) => ToolResult.Refused(ToolStatus.Unknown, message);

    private static string MessageFor(ToolCallMode mode) => mode == ToolCallMode.Unconfirmed
        ? "This is not possible in this way. Offer to do it in writing."
        : "There is no tool with this name.";
}
