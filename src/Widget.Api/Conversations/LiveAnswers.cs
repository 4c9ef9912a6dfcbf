using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Widget.Contracts;

namespace Widget.Api.Conversations;

/// <summary>An answer that this node is writing. It has one writer and any number of readers.</summary>
public sealed class LiveAnswer(MessageId messageId, ConversationId conversation, Action changed, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private IReadOnlyList<Citation>? _sources;
    private bool _isDelayed;
    private int _attempt;

    public MessageId MessageId { get; } = messageId;

    public ConversationId Conversation { get; } = conversation;

    /// <summary>The clock's timestamp when the first text was written. Null before that.</summary>
    public long? FirstTextAt { get; private set; }

    /// <summary>Begins a new attempt and discards the text so far.</summary>
    public void Begin(int attempt)
    {
        lock (_lock)
        {
            _attempt = attempt;
            _sources = null;
            _text.Clear();
        }

        changed();
    }

    /// <summary>Tells the readers that the answer takes longer than usual.</summary>
    public void MarkDelayed()
    {
        lock (_lock) _isDelayed = true;
        changed();
    }

    public void Cite(IReadOnlyList<Citation> sources)
    {
        lock (_lock) _sources = sources;
        changed();
    }

    public void Append(string text)
    {
        lock (_lock)
        {
            if (text.Length > 0) FirstTextAt ??= clock.GetTimestamp();
            _text.Append(text);
        }

        changed();
    }

    /// <summary>
    /// Returns the current attempt, whether it takes longer than usual, its sources if known, and the text that the reader lacks.
    /// </summary>
    internal (int Attempt, bool IsDelayed, IReadOnlyList<Citation>? Sources, string Text) Read(int attempt, int offset)
    {
        lock (_lock)
        {
            var start = attempt == _attempt ? offset : 0;
            return (_attempt, _isDelayed, _sources, _text.ToString(start, _text.Length - start));
        }
    }
}

/// <summary>How much of an answer one reader has received.</summary>
internal sealed class AnswerCursor
{
    private int _attempt;
    private int _offset;
    private bool _hasSources;
    private bool _isDelayed;

    /// <summary>Returns the updates that the reader has not received yet.</summary>
    public IEnumerable<AnswerUpdate> Advance(LiveAnswer answer)
    {
        var (attempt, isDelayed, sources, text) = answer.Read(_attempt, _offset);
        if (attempt != _attempt) (_attempt, _offset, _hasSources) = (attempt, 0, false);
        if (isDelayed && !_isDelayed)
        {
            _isDelayed = true;
            yield return new AnswerWaiting { MessageId = answer.MessageId.Value, Attempt = attempt };
        }

        if (sources is not null && !_hasSources)
        {
            _hasSources = true;
            yield return new AnswerSources { MessageId = answer.MessageId.Value, Attempt = attempt, Sources = sources };
        }

        if (text.Length == 0) yield break;
        var offset = _offset;
        _offset += text.Length;
        yield return new AnswerDelta { MessageId = answer.MessageId.Value, Attempt = attempt, Offset = offset, Text = text };
    }
}

/// <summary>The answers that this node is writing.</summary>
public sealed class LiveAnswers(TimeProvider clock)
{
    private readonly ConcurrentDictionary<ConversationId, ImmutableList<LiveAnswer>> _answers = [];
    private readonly ConversationSignals _signals = new();

    public LiveAnswer Start(MessageId messageId, ConversationId conversation)
    {
        var answer = new LiveAnswer(messageId, conversation, () => _signals.Raise(conversation), clock);
        _answers.AddOrUpdate(conversation, [answer], (_, others) => others.Add(answer));
        return answer;
    }

    public void End(LiveAnswer answer)
    {
        var rest = _answers.AddOrUpdate(answer.Conversation, [], (_, others) => others.Remove(answer));
        if (rest.IsEmpty) _answers.TryRemove(KeyValuePair.Create(answer.Conversation, rest));
    }

    public IReadOnlyList<LiveAnswer> Of(ConversationId conversation) => _answers.GetValueOrDefault(conversation, []);

    /// <summary>Calls the callback whenever an answer of the conversation changes, until the result is disposed.</summary>
    public IDisposable OnChange(ConversationId conversation, Action callback) => _signals.Listen(conversation, callback);
}
