using Microsoft.Extensions.AI;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Tools;
using Widget.Contracts;

namespace Widget.Api.OpenAI;

/// <summary>
/// The tenant's tools that the model behind the endpoint may use: those without effects. A tool with effects needs a conversation in which
/// the visitor has asked for it. Here, a request may be one of several guesses about what the visitor is going to say.
/// </summary>
public sealed class CompletionTools(ToolRegistry registry, ToolRunner runner)
{
    /// <summary>The tools for one request. A client's function replaces our tool of the same name.</summary>
    internal async Task<OfferedTools> ForAsync(
        TenantInfo tenant,
        TenantSettings settings,
        ChatCompletionRequest request,
        CancellationToken ct)
    {
        // A client that requires one of its own functions, or forbids calls, does not want our tools.
        if (request.ToolMode is not AutoChatToolMode) return new OfferedTools(request, [], tenant, settings, runner);
        var clientNames = request.Tools.Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal);
        var tools = await registry.OfAsync(tenant.TenantId, settings, ct);
        var own = tools.Where(tool => !tool.HasEffects && !clientNames.Contains(tool.Name));
        return new OfferedTools(request, [.. own], tenant, settings, runner);
    }
}

/// <summary>The functions that the model may call in one request: the client's functions and our own tools.</summary>
internal sealed class OfferedTools(
    ChatCompletionRequest request,
    IReadOnlyList<Tool> own,
    TenantInfo tenant,
    TenantSettings settings,
    ToolRunner runner)
{
    /// <summary>Whether a call is for the client to run.</summary>
    public bool IsClientFunction(FunctionCallContent call) => request.Tools.Any(tool => tool.Name == call.Name);

    /// <param name="options">The prompt's options. The request's settings and the tools are added.</param>
    /// <param name="withOwnTools">False in the last round, so that the model has to answer.</param>
    public ChatOptions AddTo(ChatOptions options, bool withOwnTools)
    {
        options.MaxOutputTokens = request.MaxTokens;
        options.StopSequences = [.. request.Stops];
        options.Tools = [.. request.Tools, .. withOwnTools ? own.Select(Declaration) : []];
        options.ToolMode = request.ToolMode;
        options.AllowMultipleToolCalls = request.ParallelCalls;
        return options;
    }

    /// <summary>Runs a call of one of our tools.</summary>
    /// <param name="call">The model's call.</param>
    /// <param name="sources">The sources that the answer may cite. The tool's sources are added.</param>
    /// <param name="ct">Cancelled when the client disconnects.</param>
    public async Task<FunctionResultContent> RunAsync(FunctionCallContent call, List<Citation> sources, CancellationToken ct)
    {
        var result = await RunAsync(call, sources.Count + 1, ct);
        sources.AddRange(result.Events.OfType<KnowledgeShown>().SelectMany(shown => shown.Citations));
        return new FunctionResultContent(call.CallId, ToolJson.Text(result.Value));
    }

    private async Task<ToolResult> RunAsync(FunctionCallContent call, int firstNumber, CancellationToken ct)
    {
        // The registry has more tools than this request offers.
        if (!own.Any(tool => tool.Name == call.Name)) return ToolResult.Refused(ToolStatus.Unknown, "There is no tool with this name.");
        var context = new ToolContext
        {
            Tenant = tenant,
            Settings = settings,
            CallId = $"completion:{call.CallId}",
            Mode = ToolCallMode.Completion,
            Channel = ToolChannels.Completion,
            FirstNumber = firstNumber,
        };
        return await runner.RunAsync(context, call.Name, ToolJson.Element(call.RawRepresentation as string ?? ""), ct);
    }

    private static AIFunctionDeclaration Declaration(Tool tool) =>
        AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description.Trim(), tool.Parameters, returnJsonSchema: null);
}
