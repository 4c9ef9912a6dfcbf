using System.Threading.Channels;
using Widget.Api.Conversations;
using Widget.Api.Speech.Script;
using Widget.Contracts;

namespace Widget.Api.Speech;

/// <summary>
/// Follows an answer while it is being written, and splits it into sentences. The message of a person is split, too.
/// </summary>
/// <param name="feed">Delivers the answer.</param>
/// <param name="reply">The answer's conversation.</param>
/// <param name="message">The answer, or the message of a person.</param>
/// <param name="skip">How many sentences to skip.</param>
/// <param name="output">Receives the sentences. Writing never waits, so that a restart of the answer is noticed at once.</param>
/// <param name="ct">Cancels everything.</param>
internal sealed class AnswerSentences(
    ConversationFeed feed,
    SpokenReply reply,
    MessageId message,
    int skip,
    ChannelWriter<SpeechStep> output,
    CancellationToken ct)
{
    private AnswerAttempt _attempt = new(new CancellationTokenSource(), ct);
    private SpeechScript _script = new();
    private string? _previous;
    private int _skip = skip;

    /// <summary>Writes the sentences until the answer is complete, or until the feed ends because this node stops.</summary>
    /// <param name="after">The number of an event before the answer.</param>
    public async Task FollowAsync(int after)
    {
        int? attempt = null;
        await foreach (var update in feed.WatchAsync(reply.Tenant, reply.Conversation, after, ct))
        {
            if (update.Answer is AnswerDelta delta && delta.MessageId == message.Value)
            {
                if (attempt is { } before && before != delta.Attempt) Restart();
                attempt = delta.Attempt;
                Write(_script.Append(delta.Text));
            }
            else if (update.Event is AssistantMessage answer && answer.MessageId == message.Value)
            {
                if (!answer.Text.StartsWith(_script.Text, StringComparison.Ordinal)) Restart();
                Write(_script.Append(answer.Text[_script.Text.Length..]));
                Complete();
                return;
            }
            else if (update.Event is PersonMessage person && person.MessageId == message.Value)
            {
                Write(_script.Append(person.Text));
                Complete();
                return;
            }
        }
    }

    private void Write(IReadOnlyList<ScriptSentence> sentences)
    {
        foreach (var sentence in sentences)
        {
            if (sentence.Index >= _skip) output.TryWrite(new SentenceStep(_attempt, sentence, _previous));
            _previous = sentence.Text;
        }
    }

    private void Complete()
    {
        Write(_script.Complete());
        output.TryWrite(new UpdateStep(new SpeechDone()));
    }

    private void Restart()
    {
        var hadSentences = _script.Count > 0;
        // The sentences to skip were those of the discarded text.
        if (hadSentences) _skip = 0;
        (_script, _previous) = (new SpeechScript(), null);
        _attempt.Discard();
        _attempt = new AnswerAttempt(new CancellationTokenSource(), ct);
        if (hadSentences) output.TryWrite(new UpdateStep(new SpeechRestart()));
    }
}
