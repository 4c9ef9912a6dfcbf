namespace Widget.Api.Tools;

/// <summary>Lets a tool run only when the tenant has switched it on, and the call's mode and conversation allow it.</summary>
internal sealed class ToolAuthorization : ToolFilter
{
    protected override Task<ToolResult> RunAsync(ToolInvocation call, Func<Task<ToolResult>> next)
    {
        if (!ToolRegistry.IsEnabled(call.Tool, call.Context.Settings))
            return Task.FromResult(ToolResult.Refused(ToolStatus.Unknown, "There is no tool with this name."));
        if (call.Tool.NeedsConversation && call.Context is not { Conversation: not null, Visitor: not null })
            return Task.FromResult(ToolResult.Refused(ToolStatus.Unknown, "This is only possible in a conversation with a visitor."));
        return call.Tool.HasEffects && call.Context.Mode != ToolCallMode.Conversation
            ? Task.FromResult(ToolResult.Refused(ToolStatus.Unknown, MessageFor(call.Context.Mode)))
            : next();
    }

    private static string MessageFor(ToolCallMode mode) => mode == ToolCallMode.Unconfirmed
        ? "This is not possible in this way. Offer to do it in writing."
        : "There is no tool with this name.";
}
