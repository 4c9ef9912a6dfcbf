using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Npgsql;
using Widget.Api.Conversations;
using Widget.Api.Speech.Client;
using Widget.Api.Speech.Script;
using Widget.Contracts;
using Widget.Platform.Database;

namespace Widget.Api.Speech;

/// <summary>
/// Reads one answer aloud while it is being written: one task follows the answer and cuts it into sentences, one has these spoken, at most
/// <see cref="Ahead"/> before the one that is being sent, and the stream sends them in order. Whoever leaves the stream ends all of it at once.
/// </summary>
internal sealed partial class SpeechStream(ConversationFeed feed, SentenceSpeaker speaker, ILogger<SpeechStream> logger)
{
    private const int Ahead = 2;

    /// <summary>The words to a visitor when the voice fails; why, is for the staff.</summary>
    public const string NotToBeHad = "The voice is not to be had just now.";

    public const string UsedUp = "The spoken replies of this month are used up.";

    /// <param name="reading">What is read, and how.</param>
    /// <param name="message">The answer.</param>
    /// <param name="after">A place in the log before it.</param>
    /// <param name="skip">How many sentences to leave out.</param>
    /// <param name="ct">Ends everything.</param>
    public async IAsyncEnumerable<SpeechUpdate> ReadAsync(
        SpeechReading reading, MessageId message, int after, int skip, [EnumeratorCancellation] CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var room = new SemaphoreSlim(Ahead + 1);
        var (told, spoken) = (Channel.CreateUnbounded<Step>(), Channel.CreateUnbounded<Step>());
        var following = FollowAsync(reading, message, after, skip, told.Writer, ending.Token);
        var speaking = SpeakAsync(reading, told.Reader, spoken.Writer, room, ending.Token);
        try
        {
            await foreach (var step in spoken.Reader.ReadAllAsync(ct))
            {
                if (step.Last is { } last) yield return last;
                if (step.Last is SpeechDone or SpeechFailed) yield break;
                if (step.Voice is not { } voice) continue;
                var sentence = voice.Sentence;
                if (!voice.IsVoid) yield return new SpeechSentence(sentence.Index, sentence.Start, sentence.End, sentence.Text);
                while (await voice.NextAsync(ct) is { } update) yield return update;
                if (voice is { IsVoid: false, Failure: { } failure })
                {
                    reading.HasFailed = true;
                    yield return new SpeechFailed(Words(reading, failure));
                    yield break;
                }

                if (!voice.IsVoid) yield return new SpeechSpoken(sentence.Index);
                room.Release();
            }
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(following, speaking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The answer, as sentences. It never waits for the voice, so that it hears of an answer that begins anew.
    private async Task FollowAsync(SpeechReading reading, MessageId message, int after, int skip, ChannelWriter<Step> to, CancellationToken ct)
    {
        var part = new Part(new CancellationTokenSource(), ct);
        try
        {
            var (script, attempt) = (new SpeechScript(), (int?)null);
            await foreach (var update in feed.WatchAsync(reading.Tenant, reading.Conversation, after, ct))
            {
                if (update.Answer is AnswerDelta delta && delta.MessageId == message.Value)
                {
                    if (attempt is { } before && before != delta.Attempt) Restart();
                    attempt = delta.Attempt;
                    Tell(script.Append(delta.Text));
                }
                else if (update.Event is AssistantMessage answer && answer.MessageId == message.Value)
                {
                    if (!answer.Text.StartsWith(script.Text, StringComparison.Ordinal)) Restart();
                    Tell(script.Append(answer.Text[script.Text.Length..]));
                    Tell(script.Complete());
                    to.TryWrite(new Step(part, Last: new SpeechDone()));
                    return;
                }
            }

            // This node stops, and the stream just ends: another goes on where this one was.
            return;

            void Tell(IReadOnlyList<ScriptSentence> sentences)
            {
                foreach (var sentence in sentences)
                {
                    if (sentence.Index >= skip) to.TryWrite(new Step(part, sentence, Before: part.Previous));
                    part.Previous = sentence.Text;
                }
            }

            // What was to be left out was of the text that is void.
            void Restart()
            {
                var anything = script.Count > 0;
                (script, skip) = (new SpeechScript(), anything ? 0 : skip);
                part.Void();
                part = new Part(new CancellationTokenSource(), ct);
                if (anything) to.TryWrite(new Step(part, Last: new SpeechRestart()));
            }
        }
        catch (Exception e) when (e is NpgsqlException || DatabaseFaults.IsTransient(e))
        {
            LogDatabase(e, reading.Tenant.Value);
            to.TryWrite(new Step(part, Last: new SpeechFailed(NotToBeHad)));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The visitor has gone.
        }
        catch (Exception e)
        {
            to.TryComplete(e);
            throw;
        }
        finally
        {
            to.TryComplete();
        }
    }

    // The voice, as far ahead as it may be.
    private async Task SpeakAsync(SpeechReading reading, ChannelReader<Step> told, ChannelWriter<Step> to, SemaphoreSlim room, CancellationToken ct)
    {
        var voices = new List<Task>();
        try
        {
            await foreach (var step in told.ReadAllAsync(ct))
            {
                if (step.Sentence is not { } sentence)
                {
                    to.TryWrite(step);
                    continue;
                }

                if (!await step.Part.EnterAsync(room)) continue;
                var voice = new Voice(sentence, step.Part, ct);
                voices.Add(voice.SpeakAsync(speaker, reading, step.Before));
                to.TryWrite(step with { Voice = voice });
                // What is left of the month is for the sentences in their order.
                await voice.Paid;
            }
        }
        catch (Exception e)
        {
            to.TryComplete(e);
            throw;
        }
        finally
        {
            to.TryComplete();
            await Task.WhenAll(voices).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private string Words(SpeechReading reading, Exception failure)
    {
        if (failure is SpeechBudgetSpentException) return UsedUp;
        if (failure is SpeechException speech) LogVoice(reading.Tenant.Value, reading.Plan.Account.Endpoint.Host, speech.Fault);
        else LogDatabase(failure, reading.Tenant.Value);
        return NotToBeHad;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The voice of tenant {Tenant} at {Host} failed: {Fault}. GET /api/speech/test says more")]
    private partial void LogVoice(Guid tenant, string host, SpeechFault fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An answer of tenant {Tenant} could not be read aloud, since the database is away")]
    private partial void LogDatabase(Exception exception, Guid tenant);

    /// <summary>Something that happens to the reading: a sentence, or what stands in <paramref name="Last"/>.</summary>
    private sealed record Step(Part Part, ScriptSentence? Sentence = null, string? Before = null, SpeechUpdate? Last = null, Voice? Voice = null);

    /// <summary>The answer from one beginning to the next.</summary>
    /// <param name="voiding">Has neither a timer nor a link to anything, so there is nothing to dispose of.</param>
    /// <param name="ct">Ends everything.</param>
    private sealed class Part(CancellationTokenSource voiding, CancellationToken ct)
    {
        public CancellationToken Voided => voiding.Token;

        public string? Previous { get; set; }

        public void Void() => voiding.Cancel();

        /// <summary>False when the part has become void meanwhile.</summary>
        public async Task<bool> EnterAsync(SemaphoreSlim room)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, Voided);
            try
            {
                await room.WaitAsync(either.Token);
                return true;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    /// <summary>A sentence that is being spoken.</summary>
    private sealed class Voice(ScriptSentence sentence, Part part, CancellationToken ct)
    {
        private readonly Channel<SpeechUpdate> _updates = Channel.CreateUnbounded<SpeechUpdate>();
        private readonly TaskCompletionSource _paid = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ScriptSentence Sentence => sentence;

        public bool IsVoid => part.Voided.IsCancellationRequested;

        public Exception? Failure { get; private set; }

        /// <summary>Its characters are taken, or it has ended.</summary>
        public Task Paid => _paid.Task;

        public async Task SpeakAsync(SentenceSpeaker speaker, SpeechReading reading, string? before)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, part.Voided);
            try
            {
                await speaker.SpeakAsync(reading, sentence, before, () => _paid.TrySetResult(), _updates.Writer, either.Token);
            }
            catch (Exception e) when (!either.IsCancellationRequested
                && (e is SpeechException or SpeechBudgetSpentException or NpgsqlException || DatabaseFaults.IsTransient(e)))
            {
                Failure = e;
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                // Nobody wants it any more.
            }
            catch (Exception e)
            {
                _updates.Writer.TryComplete(e);
                throw;
            }
            finally
            {
                _updates.Writer.TryComplete();
                _paid.TrySetResult();
            }
        }

        /// <summary>What comes of it next; null when there is no more, or when it has become void.</summary>
        public async Task<SpeechUpdate?> NextAsync(CancellationToken ct) =>
            !IsVoid && await _updates.Reader.WaitToReadAsync(ct) && !IsVoid && _updates.Reader.TryRead(out var update) ? update : null;
    }
}
