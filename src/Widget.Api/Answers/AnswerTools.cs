using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Widget.Api.Tools;
using Widget.Contracts;
using Widget.Platform.Database;

namespace Widget.Api.Answers;

/// <summary>The tools that a language model may call while it writes an answer in text.</summary>
public sealed partial class AnswerTools(ToolRegistry registry, ToolRunner runner, ILogger<AnswerTools> logger)
{
    /// <summary>
    /// Returns the tools for one answer. Null if only the search is enabled; the answer's passages are already known.
    /// </summary>
    internal async Task<AnswerToolCalls?> OfAsync(ToolContext context, CancellationToken ct)
    {
        var tools = await registry.OfAsync(context.Tenant.TenantId, context.Settings, ct);
        return tools.Any(tool => tool.Name != ToolNames.SearchKnowledge) ? new AnswerToolCalls(RunAsync, tools, context) : null;
    }

    // An exception fails this call, not the answer.
    private async Task<ToolResult> RunAsync(ToolContext context, FunctionCallContent call, CancellationToken stop)
    {
        try
        {
            return await runner.RunAsync(context, call.Name, ToolJson.Element(call.RawRepresentation as string ?? ""), stop);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            LogFailed(SanitizedException.From(e), context.CallId);
            return ToolResult.Failed("It failed. Say that it is not possible right now.");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Tool call {Call} of an answer failed")]
    private partial void LogFailed(Exception exception, string call);
}

/// <summary>The tools of one answer, and the calls of its model.</summary>
public sealed class AnswerToolCalls
{
    /// <summary>Further calls of one round are refused. A model that makes so many is stuck.</summary>
    private const int MaxCallsPerRound = 8;

    private readonly Func<ToolContext, FunctionCallContent, CancellationToken, Task<ToolResult>> _run;
    private readonly IReadOnlyList<Tool> _tools;
    private readonly ToolContext _context;

    internal AnswerToolCalls(
        Func<ToolContext, FunctionCallContent, CancellationToken, Task<ToolResult>> run,
        IReadOnlyList<Tool> tools,
        ToolContext context)
    {
        (_run, _tools, _context) = (run, tools, context);
        Declarations =
        [
            .. tools.Select(tool =>
                AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description.Trim(), tool.Parameters, returnJsonSchema: null)),
        ];
    }

    /// <summary>What the model reads about the tools.</summary>
    public IReadOnlyList<AITool> Declarations { get; }

    /// <summary>Whether a tool can do what a visitor asks for, and not only look something up.</summary>
    public bool CanAct => _tools.Any(tool => tool.HasEffects);

    /// <summary>Runs the calls of one round, one after the other.</summary>
    /// <param name="calls">The model's calls.</param>
    /// <param name="gathered">What the answer is written from. The sources and texts of the results are added.</param>
    /// <param name="stop">Cancelled when the answer ends early. A call that has started is finished anyway.</param>
    internal async Task<IReadOnlyList<FunctionResultContent>> RunAsync(
        IReadOnlyList<FunctionCallContent> calls,
        GatheredSources gathered,
        CancellationToken stop)
    {
        var results = new List<FunctionResultContent>();
        foreach (var call in calls)
        {
            var result = results.Count < MaxCallsPerRound
                ? await RunAsync(call, gathered.Sources.Count + 1, stop)
                : ToolResult.Failed($"At most {MaxCallsPerRound} calls are possible at once.");
            var text = ToolJson.Text(result.Value);
            gathered.Add(result, text);
            results.Add(new FunctionResultContent(call.CallId, text));
        }

        return results;
    }

    private Task<ToolResult> RunAsync(FunctionCallContent call, int firstNumber, CancellationToken stop)
    {
        var arguments = call.RawRepresentation as string ?? "";
        var isSearch = call.Name == ToolNames.SearchKnowledge;
        var context = _context with
        {
            CallId = $"{_context.CallId}:{(isSearch ? Guid.CreateVersion7().ToString("N") : Digest(call.Name, arguments))}",
            FirstNumber = firstNumber,
            ShowsSources = false,
        };
        return _run(context, call, stop);
    }

    // An answer may be written again on another node, by a model that gives its calls other ids. So within an answer, the same tool with
    // the same arguments is the same call. A search is not: its passages are needed each time.
    private static string Digest(string name, string arguments) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{Canonical(arguments)}")))[..32];

    private static string Canonical(string arguments) =>
        ToolArguments.Read(JsonSerializer.SerializeToElement(arguments), out var read) is null ? read.GetRawText() : arguments;
}

/// <summary>What an answer is written from: the passages that it may cite, and what tools returned.</summary>
internal sealed class GatheredSources(IReadOnlyList<Citation> sources)
{
    private readonly List<Citation> _sources = [.. sources];
    private readonly List<string> _texts = [];

    public IReadOnlyList<Citation> Sources => _sources;

    /// <summary>The results of tools. An answer may link to addresses in them.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>Whether a tool has succeeded.</summary>
    public bool HasToolResult { get; private set; }

    public void Add(ToolResult result, string text)
    {
        _sources.AddRange(result.Events.OfType<KnowledgeShown>().SelectMany(shown => shown.Citations));
        _texts.Add(text);
        HasToolResult |= result.Success;
    }
}
