using Microsoft.Extensions.AI;
using Widget.Api.Conversations;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>What a model writes an answer from.</summary>
/// <param name="Prompt">What the model reads.</param>
/// <param name="Gathered">The passages. The results of tools are added.</param>
/// <param name="Verify">Verifies a text against the passages and results.</param>
/// <param name="Tools">The tools that the model may call; null for none.</param>
internal sealed record WritingTask(
    AnswerPrompt Prompt,
    GatheredSources Gathered,
    Func<GatheredSources, VerifiedText> Verify,
    AnswerToolCalls? Tools);

/// <summary>An answer that a model has written.</summary>
/// <param name="Text">The verified text.</param>
/// <param name="Cited">The passages that it cites, in order of number.</param>
internal sealed record WrittenAnswer(string Text, IReadOnlyList<Citation> Cited);

/// <summary>
/// Lets the language model write an answer, and shows each part as soon as it is verified. While the model calls tools, they are run and
/// the model is called again.
/// </summary>
public sealed partial class ModelAnswerWriter(ILogger<ModelAnswerWriter> logger)
{
    /// <summary>An answer is a few sentences. A longer one costs money, and visitors do not read it.</summary>
    internal static readonly TimeSpan MaxWritingTime = TimeSpan.FromSeconds(90);

    /// <summary>In characters.</summary>
    internal const int MaxAnswerLength = 16_000;

    /// <summary>Most calls of the model for one answer. The last one offers no tools, so that the model has to answer.</summary>
    internal const int MaxRounds = 4;

    /// <param name="model">The model.</param>
    /// <param name="task">What to write.</param>
    /// <param name="live">Receives the verified text.</param>
    /// <param name="stop">Cancelled when the visitor stops the answer: the text so far is the answer.</param>
    /// <param name="ct">Cancelled when this node leaves the answer to another one.</param>
    /// <returns>Null when the model failed.</returns>
    internal async Task<WrittenAnswer?> WriteAsync(
        ChatModel model,
        WritingTask task,
        LiveAnswer live,
        CancellationToken stop,
        CancellationToken ct)
    {
        var draft = new AnswerDraft(task, live);
        string? failure;
        try
        {
            failure = await WriteAsync(model, task, draft, stop, ct);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            draft.EndRound();
            return draft.ToAnswer();
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The visitor gets an answer, whatever the error. The server's message is not logged, because it may repeat the question.
            failure = model.MessageOf(e);
        }

        if (failure is null)
        {
            model.Status.RecordSuccess();
            return draft.ToAnswer();
        }

        model.Status.RecordFailure(failure);
        LogModelFailed(live.MessageId, failure);
        return null;
    }

    // Returns why the answer cannot be used; null when it can.
    private static async Task<string?> WriteAsync(
        ChatModel model,
        WritingTask task,
        AnswerDraft draft,
        CancellationToken stop,
        CancellationToken ct)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        limited.CancelAfter(MaxWritingTime);
        List<ChatMessage> messages = [.. await task.Prompt.MessagesAsync(limited.Token)];
        for (var round = 1; ; round++)
        {
            var options = AnswerPrompt.Options();
            if (task.Tools is { } tools && round < MaxRounds) options.Tools = [.. tools.Declarations];
            var calls = new List<FunctionCallContent>();
            if (await StreamAsync(model, messages, options, draft, calls, limited.Token) is { } failure) return failure;
            var text = draft.EndRound();
            if (calls.Count == 0) return draft.IsEmpty ? "no part of its answer could be verified" : null;
            if (task.Tools is null || round == MaxRounds) return "it keeps calling tools and does not answer";
            messages.Add(new ChatMessage(ChatRole.Assistant, [.. text.Length > 0 ? [new TextContent(text)] : (AIContent[])[], .. calls]));
            foreach (var result in await task.Tools.RunAsync(calls, task.Gathered, limited.Token))
                messages.Add(new ChatMessage(ChatRole.Tool, [result]));
        }
    }

    private static async Task<string?> StreamAsync(
        ChatModel model,
        List<ChatMessage> messages,
        ChatOptions options,
        AnswerDraft draft,
        List<FunctionCallContent> calls,
        CancellationToken limited)
    {
        var (hasText, isComplete) = (false, false);
        await foreach (var update in model.Client.GetStreamingResponseAsync(messages, options, limited))
        {
            isComplete |= update.FinishReason is not null;
            calls.AddRange(update.Contents.OfType<FunctionCallContent>());
            if (update.Text.Length == 0) continue;
            limited.ThrowIfCancellationRequested();
            hasText = true;
            if (!draft.Append(update.Text)) return $"its answer is longer than {MaxAnswerLength} characters";
        }

        // A stream that ends without a reason was cut off.
        return isComplete && (hasText || calls.Count > 0) ? null : "its answer was cut off";
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The language model failed on message {Message} ({Reason}); its sources are quoted instead")]
    private partial void LogModelFailed(MessageId message, string reason);
}
