using System.Threading.Channels;
using Npgsql;
using Widget.Api.Speech.Client;
using Widget.Api.Speech.Script;
using Widget.Contracts;
using Widget.Platform.Database;

namespace Widget.Api.Speech;

/// <summary>The audio of a sentence while it is being synthesized.</summary>
internal sealed class SentenceAudio(ScriptSentence sentence, AnswerAttempt attempt, CancellationToken ct)
{
    private readonly Channel<SpeechUpdate> _updates = Channel.CreateUnbounded<SpeechUpdate>();
    private readonly TaskCompletionSource _reserved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptSentence Sentence => sentence;

    public bool IsDiscarded => attempt.Discarded.IsCancellationRequested;

    /// <summary>Why the sentence could not be spoken; null when it could.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Completes when the sentence's characters are reserved, or when it has ended.</summary>
    public Task Reserved => _reserved.Task;

    public async Task SpeakAsync(SentenceSynthesizer synthesizer, SpokenReply reply, string? before)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, attempt.Discarded);
        try
        {
            await synthesizer.SpeakAsync(reply, sentence, before, () => _reserved.TrySetResult(), _updates.Writer, linked.Token);
        }
        catch (Exception e) when (!linked.IsCancellationRequested && IsExpected(e))
        {
            Failure = e;
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            // The visitor left, or the sentence was discarded.
        }
        catch (Exception e)
        {
            _updates.Writer.TryComplete(e);
            throw;
        }
        finally
        {
            _updates.Writer.TryComplete();
            _reserved.TrySetResult();
        }
    }

    /// <summary>The next update; null when there are no more, or when the sentence is discarded.</summary>
    public async Task<SpeechUpdate?> NextAsync(CancellationToken ct) =>
        !IsDiscarded && await _updates.Reader.WaitToReadAsync(ct) && !IsDiscarded && _updates.Reader.TryRead(out var update)
            ? update
            : null;

    private static bool IsExpected(Exception e) =>
        e is SpeechException or SpeechBudgetSpentException or NpgsqlException || DatabaseFaults.IsTransient(e);
}
