using Microsoft.Extensions.AI;
using Widget.Api.Answers;
using Widget.Api.SpokenMarkdown;
using Widget.Contracts;

namespace Widget.Api.OpenAI;

/// <summary>The model's answer is not usable, although its server reported no error.</summary>
internal sealed class ModelFailedException(string reason) : Exception(reason);

/// <summary>
/// Writes one answer in rounds: while the model calls our tools, they are run and the model is called again. The text is verified against
/// the sources and sent to the client as it arrives.
/// </summary>
internal sealed class CompletionWriter(
    IChatClient model,
    OfferedTools tools,
    List<Citation> sources,
    TenantSettings settings,
    Func<string, ValueTask> send)
{
    private readonly Dictionary<int, Citation> _cited = [];
    private long _inputTokens;
    private long _outputTokens;
    private int _length;

    /// <summary>Whether text was sent to the client. It cannot be withdrawn.</summary>
    public bool HasSent { get; private set; }

    /// <param name="messages">What the model reads.</param>
    /// <param name="options">The prompt's options.</param>
    /// <param name="maxRounds">Maximum number of model calls. The last one offers none of our tools.</param>
    /// <param name="ct">Cancelled when the client disconnects or the answer takes too long.</param>
    /// <exception cref="ModelFailedException">The answer is not usable.</exception>
    public async Task<Completion> RunAsync(List<ChatMessage> messages, ChatOptions options, int maxRounds, CancellationToken ct)
    {
        for (var round = 1; ; round++)
        {
            var contents = new List<AIContent>();
            var calls = new List<FunctionCallContent>();
            var finish = await WriteAsync(messages, tools.AddTo(options, withOwnTools: round < maxRounds), contents, calls, ct);
            var clientCalls = calls.FindAll(tools.IsClientFunction);
            if (clientCalls.Count > 0) return ToCompletion("tool_calls") with { Calls = clientCalls };
            if (calls.Count == 0)
            {
                if (!HasSent) throw new ModelFailedException("no part of its answer could be verified");
                return ToCompletion(FinishReason(finish));
            }

            if (round == maxRounds) throw new ModelFailedException("it keeps calling tools and does not answer");
            messages.Add(new ChatMessage(ChatRole.Assistant, [.. contents, .. calls]));
            foreach (var call in calls) messages.Add(new ChatMessage(ChatRole.Tool, [await tools.RunAsync(call, sources, ct)]));
        }
    }

    private async Task<ChatFinishReason?> WriteAsync(
        List<ChatMessage> messages,
        ChatOptions options,
        List<AIContent> contents,
        List<FunctionCallContent> calls,
        CancellationToken ct)
    {
        var verified = new VerifiedText(sources, new KnownLinks(sources, settings));
        var spoken = new SpokenText();
        ChatFinishReason? finish = null;
        // A space separates the texts of two rounds.
        var needsSpace = HasSent;
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
            if (_length > ModelAnswerWriter.MaxAnswerLength)
                throw new ModelFailedException($"its answer is longer than {ModelAnswerWriter.MaxAnswerLength} characters");
            await SendAsync(spoken.Append(verified.Append(update.Text)));
        }

        // A stream that ends without a reason was cut off.
        if (finish is null) throw new ModelFailedException("its answer was cut off");
        await SendAsync(spoken.Append(verified.Complete()));
        await SendAsync(spoken.Complete());
        foreach (var citation in verified.Cited) _cited[citation.Number] = citation;
        if (verified.Text.Length > 0) contents.Add(new TextContent(verified.Text));
        return finish;

        async ValueTask SendAsync(string text)
        {
            if (text.Length == 0) return;
            await send(needsSpace ? " " + text : text);
            needsSpace = false;
            HasSent = true;
        }
    }

    private static string FinishReason(ChatFinishReason? finish) =>
        finish == ChatFinishReason.Length ? "length"
        : finish == ChatFinishReason.ContentFilter ? "content_filter"
        : "stop";

    private Completion ToCompletion(string finish) => new(finish)
    {
        Citations = [.. _cited.Values.OrderBy(citation => citation.Number)],
        InputTokens = _inputTokens,
        OutputTokens = _outputTokens,
    };
}
