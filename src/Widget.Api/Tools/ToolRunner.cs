using System.Text.Json;
using Microsoft.SemanticKernel;

namespace Widget.Api.Tools;

/// <summary>
/// Runs tools for models, whichever mode the conversation is in. The kernel's filters decide whether and how often a call runs; see
/// <see cref="ToolServices"/>.
/// </summary>
public sealed class ToolRunner(Kernel kernel, ToolRegistry registry)
{
    /// <param name="context">For whom, and the call's id.</param>
    /// <param name="name">The tool's name, or the name that it has for the tenant in other systems.</param>
    /// <param name="given">The arguments: an object, or one written out as text.</param>
    /// <param name="ct">
    /// Ends the wait for a call that runs elsewhere. A recorded call that has begun here is finished even so.
    /// </param>
    public async Task<ToolResult> RunAsync(ToolContext context, string name, JsonElement given, CancellationToken ct)
    {
        if (registry.Find(context.Tenant.TenantId, name) is not { } tool)
            return ToolResult.Refused(ToolStatus.Unknown, "There is no tool of this name.");
        using var call = new ToolInvocation(tool, context, given, ct);
        var result = await tool.Function.InvokeAsync(kernel, call.KernelArguments, call.Stopped);
        return result.GetValue<ToolResult>()!;
    }
}
