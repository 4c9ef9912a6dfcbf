using Microsoft.SemanticKernel;
using Widget.Api.Calls;
using Widget.Api.Tools;

namespace Widget.Api.Selling.Actions;

/// <summary>The tool with which the assistant says goodbye. A call ends a few seconds later, so that the goodbye is heard.</summary>
public sealed class CallPlugin(IEnumerable<ICallEnder> calls)
{
    private const string Description =
        "Ends the conversation politely, and the call if there is one. Use it only when the visitor says goodbye or asks to end the call. "
        + "Say goodbye in the same reply.";

    public KernelPlugin ToKernelPlugin() => KernelPluginFactory.CreateFromFunctions("calls", [Tool.DeclareForConversation(
        EndAsync,
        ToolNames.EndConversation,
        Description)]);

    private async Task<ToolResult> EndAsync(KernelArguments call, CancellationToken ct)
    {
        var context = ToolInvocation.Of(call).Context;
        // The node that runs a voice call ends it itself when the tool has succeeded.
        var isCall = context.Channel == ToolChannels.Voice;
        foreach (var ender in calls) isCall |= await ender.EndSoonAsync(context.Tenant.TenantId, context.Conversation!.Value, ct);
        return ToolResult.Of(new
        {
            done = true,
            note = isCall ? "The call ends in a few seconds. Say goodbye now, in a few words." : "Say goodbye in a few words.",
        });
    }
}
