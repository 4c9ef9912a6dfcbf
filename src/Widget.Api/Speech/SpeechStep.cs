using Widget.Api.Speech.Script;
using Widget.Contracts;

namespace Widget.Api.Speech;

/// <summary>A step in reading an answer aloud. Steps are handled in order.</summary>
internal abstract record SpeechStep;

/// <summary>A sentence to speak.</summary>
internal sealed record SentenceStep(AnswerAttempt Attempt, ScriptSentence Sentence, string? Before) : SpeechStep;

/// <summary>A sentence that is being spoken.</summary>
internal sealed record AudioStep(SentenceAudio Audio) : SpeechStep;

/// <summary>An update to send as it is.</summary>
internal sealed record UpdateStep(SpeechUpdate Update) : SpeechStep;

/// <summary>An attempt to write the answer. If the model starts again, the sentences of the earlier attempt are discarded.</summary>
/// <param name="discarding">Has no timer and no linked token, so it need not be disposed.</param>
/// <param name="ct">Cancels everything.</param>
internal sealed class AnswerAttempt(CancellationTokenSource discarding, CancellationToken ct)
{
    /// <summary>Cancelled when the attempt is discarded.</summary>
    public CancellationToken Discarded => discarding.Token;

    public void Discard() => discarding.Cancel();

    /// <summary>Waits for a free slot; false when the attempt is discarded meanwhile.</summary>
    public async Task<bool> WaitForSlotAsync(SemaphoreSlim slots)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, Discarded);
        try
        {
            await slots.WaitAsync(linked.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
