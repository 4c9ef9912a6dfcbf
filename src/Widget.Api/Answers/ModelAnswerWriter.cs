using Widget.Api.Conversations;

namespace Widget.Api.Answers;

/// <summary>Lets the language model write an answer, and shows each part as soon as it is verified.</summary>
public sealed partial class ModelAnswerWriter(ILogger<ModelAnswerWriter> logger)
{
    /// <summary>An answer is a few sentences. A longer one costs money, and visitors do not read it.</summary>
    internal static readonly TimeSpan MaxWritingTime = TimeSpan.FromSeconds(90);

    /// <summary>In characters.</summary>
    internal const int MaxAnswerLength = 16_000;

    /// <param name="model">The model.</param>
    /// <param name="prompt">What the model reads.</param>
    /// <param name="text">Verifies the answer.</param>
    /// <param name="live">Receives the verified text.</param>
    /// <param name="stop">Cancelled when the visitor stops the answer: the text so far is the answer.</param>
    /// <param name="ct">Cancelled when this node leaves the answer to another one.</param>
    /// <returns>False when the model failed.</returns>
    public async Task<bool> WriteAsync(
        ChatModel model,
        AnswerPrompt prompt,
        VerifiedText text,
        LiveAnswer live,
        CancellationToken stop,
        CancellationToken ct)
    {
        string? failure;
        try
        {
            failure = await StreamAsync(model, prompt, text, live, stop, ct);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            live.Append(text.Complete());
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The visitor gets an answer, whatever the error. The server's message is not logged, because it may repeat the question.
            failure = model.MessageOf(e);
        }

        if (failure is null)
        {
            model.Status.RecordSuccess();
            return true;
        }

        model.Status.RecordFailure(failure);
        LogModelFailed(live.MessageId, failure);
        return false;
    }

    // Returns why the answer cannot be used; null when it can.
    private static async Task<string?> StreamAsync(
        ChatModel model,
        AnswerPrompt prompt,
        VerifiedText text,
        LiveAnswer live,
        CancellationToken stop,
        CancellationToken ct)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        limited.CancelAfter(MaxWritingTime);
        var messages = await prompt.MessagesAsync(limited.Token);
        var (length, isComplete) = (0, false);
        await foreach (var update in model.Client.GetStreamingResponseAsync(messages, AnswerPrompt.Options(), limited.Token))
        {
            isComplete |= update.FinishReason is not null;
            if (update.Text.Length == 0) continue;
            limited.Token.ThrowIfCancellationRequested();
            length += update.Text.Length;
            if (length > MaxAnswerLength) return $"its answer is longer than {MaxAnswerLength} characters";
            if (text.Append(update.Text) is { Length: > 0 } verified) live.Append(verified);
        }

        // A stream that ends without a reason was cut off.
        if (!isComplete || length == 0) return "its answer was cut off";
        live.Append(text.Complete());
        return string.IsNullOrWhiteSpace(text.Text) ? "no part of its answer could be verified" : null;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The language model failed on message {Message} ({Reason}); its sources are quoted instead")]
    private partial void LogModelFailed(MessageId message, string reason);
}
