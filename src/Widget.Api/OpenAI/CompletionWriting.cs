using Microsoft.Extensions.AI;
using Widget.Api.Answers;
using Widget.Contracts;

namespace Widget.Api.OpenAI;

/// <summary>The model's answer cannot be used, although its server reported no error.</summary>
internal sealed class ModelFailedException(string reason) : Exception(reason);

/// <summary>
/// Writes one answer in rounds: as long as the model calls our tools, they run and it is called again. Its text is verified against the
/// sources and passed on as it arrives.
/// </summary>
internal sealed class CompletionWriting(
    IChatClient model,
    OfferedTools tools,
    List<Citation> sources,
    TenantSettings settings,
    Func<string, ValueTask> say)
{
    private readonly Dictionary<int, Citation> _cited = [];
    private long _inputTokens;
    private long _outputTokens;
    private int _length;

    /// <summary>Whether text has been passed on. It cannot be withdrawn.</summary>
    public bool HasSpoken { get; private set; }

    /// <param name="messages">What the model reads.</param>
    /// <param name="options">The prompt's options.</param>
    /// <param name="mostRounds">Maximum number of model calls. The last one offers none of our tools.</param>
    /// <param name="ct">Cancelled when the caller is gone or the answer takes too long.</param>
    /// <exception cref="ModelFailedException">The answer cannot be used.</exception>
    public async Task<Completion> RunAsync(List<ChatMessage> messages, ChatOptions options, int mostRounds, CancellationToken ct)
    {
        for (var round = 1; ; round++)
        {
            var said = new List<AIContent>();
            var calls = new List<FunctionCallContent>();
            var finish = await WriteAsync(messages, tools.Offer(options, withOwn: round < mostRounds), said, calls, ct);
            var clients = calls.FindAll(tools.IsClients);
            if (clients.Count > 0) return Ended("tool_calls") with { Calls = clients };
            if (calls.Count == 0)
            {
                if (!HasSpoken) throw new ModelFailedException("no part of its answer could be verified");
                return Ended(Name(finish));
            }

            if (round == mostRounds) throw new ModelFailedException("it keeps calling tools and does not answer");
            messages.Add(new ChatMessage(ChatRole.Assistant, [.. said, .. calls]));
            foreach (var call in calls) messages.Add(new ChatMessage(ChatRole.Tool, [await tools.RunAsync(call, sources, ct)]));
        }
    }

    private async Task<ChatFinishReason?> WriteAsync(
        List<ChatMessage> messages,
        ChatOptions options,
        List<AIContent> said,
        List<FunctionCallContent> calls,
        CancellationToken ct)
    {
        var verified = new VerifiedText(sources, new KnownLinks(sources, settings));
        var spoken = new SpokenText();
        ChatFinishReason? finish = null;
        var between = HasSpoken;
        await foreach (var update in model.GetStreamingResponseAsync(messages, options, ct))
        {
            finish = update.FinishReason ?? finish;
            calls.AddRange(update.Contents.OfType<FunctionCallContent>());
            foreach (var usage in update.Contents.OfType<UsageContent>())
            {
                _inputTokens += usage.Details.InputTokenCount ?? 0;
                _outputTokens += usage.Details.OutputTokenCount ?? 0;
            }

            if (update.Text.Length == 0) continue;
            ct.ThrowIfCancellationRequested();
            _length += update.Text.Length;
            if (_length > ModelAnswerWriter.LongestAnswer)
                throw new ModelFailedException($"its answer is longer than {ModelAnswerWriter.LongestAnswer} characters");
            await SayAsync(spoken.Append(verified.Append(update.Text)));
        }

        // A stream that ends without a reason was cut off.
        if (finish is null) throw new ModelFailedException("its answer was cut off");
        await SayAsync(spoken.Append(verified.Complete()));
        await SayAsync(spoken.Complete());
        foreach (var citation in verified.Cited) _cited[citation.Number] = citation;
        if (verified.Text.Length > 0) said.Add(new TextContent(verified.Text));
        return finish;

        async ValueTask SayAsync(string text)
        {
            if (text.Length == 0) return;
            await say(between ? " " + text : text);
            between = false;
            HasSpoken = true;
        }
    }

    private static string Name(ChatFinishReason? finish) =>
        finish == ChatFinishReason.Length ? "length"
        : finish == ChatFinishReason.ContentFilter ? "content_filter"
        : "stop";

    private Completion Ended(string finish) => new(finish)
    {
        Citations = [.. _cited.Values.OrderBy(citation => citation.Number)],
        InputTokens = _inputTokens,
        OutputTokens = _outputTokens,
    };
}
