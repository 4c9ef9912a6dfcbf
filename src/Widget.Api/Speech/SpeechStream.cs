using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Npgsql;
using Widget.Api.Conversations;
using Widget.Api.Speech.Client;
using Widget.Contracts;
using Widget.Platform.Database;

namespace Widget.Api.Speech;

/// <summary>
/// Reads one answer aloud while it is being written. One task splits the answer into sentences, and another synthesizes them, at most
/// <see cref="MaxAhead"/> sentences ahead of the one that is being sent. The stream sends them in order. Leaving the stream stops
/// everything.
/// </summary>
internal sealed partial class SpeechStream(ConversationFeed feed, SentenceSynthesizer synthesizer, ILogger<SpeechStream> logger)
{
    private const int MaxAhead = 2;

    /// <summary>What visitors see when the voice fails. The reason is for staff.</summary>
    public const string Unavailable = "Voice is unavailable right now. Please try again in a minute.";

    /// <summary>What visitors see when the tenant's characters of this month are used up.</summary>
    public const string LimitReached = "This month's spoken replies are used up.";

    /// <param name="reply">The answer's conversation and the voice.</param>
    /// <param name="message">The answer.</param>
    /// <param name="after">The number of an event before the answer.</param>
    /// <param name="skip">How many sentences to skip.</param>
    /// <param name="ct">Cancels everything.</param>
    public async IAsyncEnumerable<SpeechUpdate> ReadAsync(
        SpokenReply reply,
        MessageId message,
        int after,
        int skip,
        [EnumeratorCancellation] CancellationToken ct)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var slots = new SemaphoreSlim(MaxAhead + 1);
        var (sentences, spoken) = (Channel.CreateUnbounded<SpeechStep>(), Channel.CreateUnbounded<SpeechStep>());
        var following = FollowAsync(reply, message, after, skip, sentences.Writer, stopping.Token);
        var speaking = SpeakAsync(reply, sentences.Reader, spoken.Writer, slots, stopping.Token);
        try
        {
            await foreach (var step in spoken.Reader.ReadAllAsync(ct))
            {
                if (step is UpdateStep { Update: var single })
                {
                    yield return single;
                    if (single is SpeechDone or SpeechFailed) yield break;
                }

                if (step is not AudioStep { Audio: var audio }) continue;
                var sentence = audio.Sentence;
                if (!audio.IsDiscarded) yield return new SpeechSentence(sentence.Index, sentence.Start, sentence.End, sentence.Text);
                while (await audio.NextAsync(ct) is { } update) yield return update;
                if (audio is { IsDiscarded: false, Failure: { } failure })
                {
                    reply.HasFailed = true;
                    yield return new SpeechFailed(MessageOf(reply, failure));
                    yield break;
                }

                if (!audio.IsDiscarded) yield return new SpeechSpoken(sentence.Index);
                slots.Release();
            }
        }
        finally
        {
            await stopping.CancelAsync();
            await Task.WhenAll(following, speaking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(
        SpokenReply reply,
        MessageId message,
        int after,
        int skip,
        ChannelWriter<SpeechStep> output,
        CancellationToken ct)
    {
        try
        {
            // If this node stops, the stream ends early, and the page continues on another node.
            await new AnswerSentences(feed, reply, message, skip, output, ct).FollowAsync(after);
        }
        catch (Exception e) when (e is NpgsqlException || DatabaseFaults.IsTransient(e))
        {
            LogDatabaseUnavailable(e, reply.Tenant.Value);
            output.TryWrite(new UpdateStep(new SpeechFailed(Unavailable)));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The visitor left.
        }
        catch (Exception e)
        {
            output.TryComplete(e);
            throw;
        }
        finally
        {
            output.TryComplete();
        }
    }

    // Synthesizes the sentences, as far ahead as there are slots.
    private async Task SpeakAsync(
        SpokenReply reply,
        ChannelReader<SpeechStep> sentences,
        ChannelWriter<SpeechStep> output,
        SemaphoreSlim slots,
        CancellationToken ct)
    {
        var speaking = new List<Task>();
        try
        {
            await foreach (var step in sentences.ReadAllAsync(ct))
            {
                if (step is not SentenceStep next)
                {
                    output.TryWrite(step);
                    continue;
                }

                if (!await next.Attempt.WaitForSlotAsync(slots)) continue;
                var audio = new SentenceAudio(next.Sentence, next.Attempt, ct);
                speaking.Add(audio.SpeakAsync(synthesizer, reply, next.Before));
                output.TryWrite(new AudioStep(audio));
                // Sentences reserve their characters in order, so that the earlier ones get the rest of the month's characters.
                await audio.Reserved;
            }
        }
        catch (Exception e)
        {
            output.TryComplete(e);
            throw;
        }
        finally
        {
            output.TryComplete();
            await Task.WhenAll(speaking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private string MessageOf(SpokenReply reply, Exception failure)
    {
        if (failure is SpeechBudgetSpentException) return LimitReached;
        if (failure is SpeechException speech) LogVoiceFailed(reply.Tenant.Value, reply.Plan.Account.Endpoint.Host, speech.Fault);
        else LogDatabaseUnavailable(failure, reply.Tenant.Value);
        return Unavailable;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The voice of tenant {Tenant} at {Host} failed: {Fault}. See GET /api/speech/test")]
    private partial void LogVoiceFailed(Guid tenant, string host, SpeechFault fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; an answer of tenant {Tenant} was not read aloud")]
    private partial void LogDatabaseUnavailable(Exception exception, Guid tenant);
}
