using Microsoft.Extensions.AI;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Tools;
using Widget.Contracts;

namespace Widget.Api.OpenAI;

/// <summary>
/// The tenant's own tools as the model behind the endpoint may use them: those without effects. What has effects needs a conversation in which the
/// visitor has really said so, and a request may be one of several guesses at what they are about to say.
/// </summary>
public sealed class CompletionTools(ToolRegistry registry, ToolExecution execution)
{
    /// <summary>The tools for one request. A function of the client's comes before a tool of the same name.</summary>
    internal OfferedTools For(TenantInfo tenant, TenantSettings settings, ChatCompletionRequest request)
    {
        // A client that wants one of its functions called, or none at all, wants no other.
        if (request.ToolMode is not AutoChatToolMode) return new OfferedTools(request, [], tenant, settings, execution);
        var taken = request.Tools.Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal);
        return new OfferedTools(request, [.. registry.Of(settings).Where(tool => !tool.HasEffects && !taken.Contains(tool.Name))], tenant, settings, execution);
    }
}

/// <summary>What the model may call in one request.</summary>
internal sealed class OfferedTools(ChatCompletionRequest request, IReadOnlyList<ITool> own, TenantInfo tenant, TenantSettings settings, ToolExecution execution)
{
    public bool IsClients(FunctionCallContent call) => request.Tools.Any(tool => tool.Name == call.Name);

    /// <param name="options">The prompt's; the request's wishes and the tools are put in.</param>
    /// <param name="withOwn">The last round has none of ours, so that it comes to an end.</param>
    public ChatOptions Offer(ChatOptions options, bool withOwn)
    {
        options.MaxOutputTokens = request.MostTokens;
        options.StopSequences = [.. request.Stops];
        options.Tools = [.. request.Tools, .. withOwn ? own.Select(Declaration) : []];
        options.ToolMode = request.ToolMode;
        options.AllowMultipleToolCalls = request.ParallelCalls;
        return options;
    }

    /// <summary>Runs a call of one of ours.</summary>
    /// <param name="call">The model's.</param>
    /// <param name="sources">What the answer may cite; what the tool finds is added.</param>
    /// <param name="ct">The caller has gone.</param>
    public async Task<FunctionResultContent> RunAsync(FunctionCallContent call, List<Citation> sources, CancellationToken ct)
    {
        var result = await RunAsync(call, sources.Count + 1, ct);
        sources.AddRange(result.Events.OfType<KnowledgeShown>().SelectMany(shown => shown.Citations));
        return new FunctionResultContent(call.CallId, ToolJson.Text(result.Value));
    }

    private async Task<ToolResult> RunAsync(FunctionCallContent call, int firstNumber, CancellationToken ct)
    {
        if (own.FirstOrDefault(tool => tool.Name == call.Name) is not { } tool) return ToolResult.Failed("There is no tool of this name.");
        var given = ToolJson.Element(call.RawRepresentation as string ?? "");
        if ((ToolArguments.Read(given, out var arguments) ?? ArgumentSchema.Violation(tool.Parameters, arguments)) is { } problem) return ToolResult.Failed(problem);
        var context = new ToolContext { Tenant = tenant, Settings = settings, CallId = $"completion:{call.CallId}", FirstNumber = firstNumber };
        return await execution.RunAsync(tool, context, arguments, ct);
    }

    private static AIFunctionDeclaration Declaration(ITool tool) => AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description.Trim(), tool.Parameters, returnJsonSchema: null);
}
