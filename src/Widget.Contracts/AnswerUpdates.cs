using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>An update about an answer in progress.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(AnswerWaiting), "waiting")]
[JsonDerivedType(typeof(AnswerSources), "sources")]
[JsonDerivedType(typeof(AnswerDelta), "delta")]
[JsonDerivedType(typeof(AnswerCompleted), "completed")]
[JsonDerivedType(typeof(AnswerError), "error")]
[JsonDerivedType(typeof(MessageDelivered), "delivered")]
public abstract record AnswerUpdate
{
    /// <summary>ID of the answer in progress.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>
    /// Number of the attempt, from 1. A higher number restarts the answer, because the server or the model failed: discard the text
    /// received so far.
    /// </summary>
    public required int Attempt { get; init; }
}

/// <summary>The answer takes longer than usual, because the server is busy. It arrives later; don't send the message again.</summary>
public sealed record AnswerWaiting : AnswerUpdate;

/// <summary>The passages that the answer will use, sent before its text.</summary>
public sealed record AnswerSources : AnswerUpdate
{
    public required IReadOnlyList<Citation> Sources { get; init; }
}

/// <summary>The next part of the text.</summary>
public sealed record AnswerDelta : AnswerUpdate
{
    /// <summary>
    /// Number of UTF-16 code units of text before this part. If you have more text, you have seen this part already. If you have less, you
    /// have missed a part: request the answer again.
    /// </summary>
    public required int Offset { get; init; }

    public required string Text { get; init; }
}

/// <summary>The answer is complete and in the log.</summary>
public sealed record AnswerCompleted : AnswerUpdate
{
    public required AssistantMessage Message { get; init; }
}

/// <summary>The answer could not be delivered. You can safely send the message again with the same client ID.</summary>
public sealed record AnswerError : AnswerUpdate
{
    public required string Title { get; init; }
}

/// <summary>
/// The message is in the log, and the assistant does not answer it, because a person does. The stream ends.
/// </summary>
public sealed record MessageDelivered : AnswerUpdate
{
    /// <summary>Always <c>delivered</c>.</summary>
    public string Kind { get; init; } = "delivered";

    /// <summary>Sequence number of the message.</summary>
    public required int Seq { get; init; }
}

/// <summary>An update about a conversation: new events in order, and answers in progress.</summary>
public sealed record ConversationUpdate
{
    public ConversationEvent? Event { get; init; }

    public AnswerUpdate? Answer { get; init; }

    /// <summary>An update about a voice call.</summary>
    public VoiceUpdate? Voice { get; init; }

    /// <summary>What the person at the other end does. It is not in the log.</summary>
    public PresenceUpdate? Presence { get; init; }
}

/// <summary>What a rep does in a conversation at the moment. The latest update counts.</summary>
public sealed record PresenceUpdate
{
    /// <summary>The rep who is typing; null for none. It ends after 6 seconds, unless it is repeated.</summary>
    public TypingRep? Typing { get; init; }

    /// <summary>Sequence number of the last event that a rep has read; null if nothing was read.</summary>
    public int? ReadSeq { get; init; }

    /// <summary>The visitor's place in the queue, from 1; null if the visitor is not waiting.</summary>
    public int? Position { get; init; }
}

/// <param name="RepId">The rep.</param>
/// <param name="Name">The rep's name.</param>
public sealed record TypingRep(Guid RepId, string Name);
