using System.Text.Json;
using Microsoft.SemanticKernel;

namespace Widget.Api.Tools;

/// <summary>
/// Runs tools for models: in text, voice and video, for programs, and for completions. The kernel's filters decide whether a call runs;
/// see <see cref="ToolServices"/>.
/// </summary>
public sealed class ToolRunner
{
    private readonly Kernel _kernel;
    private readonly ToolRegistry _registry;
    private readonly ToolRefusals _refusals;

    internal ToolRunner(Kernel kernel, ToolRegistry registry, ToolRefusals refusals) =>
        (_kernel, _registry, _refusals) = (kernel, registry, refusals);

    /// <summary>Runs a tool.</summary>
    /// <param name="context">The caller and circumstances of the call.</param>
    /// <param name="name">The tool's name, with or without the tenant's prefix.</param>
    /// <param name="rawArguments">The arguments: a JSON object, or a string that contains one.</param>
    /// <param name="ct">
    /// Stops waiting for a call that runs on another node. A recorded call that has started here is finished anyway.
    /// </param>
    public async Task<ToolResult> RunAsync(ToolContext context, string name, JsonElement rawArguments, CancellationToken ct)
    {
        if (await _registry.FindAsync(context.Tenant.TenantId, name, ct) is not { } tool)
        {
            var refusal = ToolResult.Refused(ToolStatus.Unknown, "There is no tool with this name.");
            await _refusals.RecordAsync(context, name, rawArguments, refusal);
            return refusal;
        }

        using var call = new ToolInvocation(tool, context, rawArguments, ct);
        var result = await tool.Function.InvokeAsync(_kernel, call.KernelArguments, call.Stopped);
        return result.GetValue<ToolResult>()!;
    }
}
