using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>An entry of a conversation's log. The log is append-only and the same whatever the mode.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(VisitorMessage), "visitor_message")]
[JsonDerivedType(typeof(AssistantMessage), "assistant_message")]
[JsonDerivedType(typeof(MessageRated), "message_rated")]
[JsonDerivedType(typeof(PersonRequested), "person_requested")]
[JsonDerivedType(typeof(Utterance), "utterance")]
[JsonDerivedType(typeof(UtterancesChecked), "utterances_checked")]
[JsonDerivedType(typeof(KnowledgeShown), "knowledge_shown")]
[JsonDerivedType(typeof(TavusConversationCreated), "tavus_conversation_created")]
[JsonDerivedType(typeof(TavusConversationJoined), "tavus_conversation_joined")]
[JsonDerivedType(typeof(TavusConversationEnded), "tavus_conversation_ended")]
[JsonDerivedType(typeof(VoiceCallStarted), "voice_call_started")]
[JsonDerivedType(typeof(VoiceCallEnded), "voice_call_ended")]
public abstract record ConversationEvent
{
    /// <summary>Place in the log, from 1 without gaps. A client that has seen n asks for what comes after n.</summary>
    public int Seq { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>The sender's own id of what it sent; null for events that no client sent.</summary>
    public string? ClientId { get; init; }
}

/// <summary>What a visitor asked.</summary>
public sealed record VisitorMessage : ConversationEvent
{
    public required string Text { get; init; }

    /// <summary>The page it was asked on.</summary>
    public string? Page { get; init; }

    /// <summary>The language that the widget spoke to the visitor.</summary>
    public string? Locale { get; init; }
}

/// <summary>How an answer came about.</summary>
[JsonConverter(typeof(StrictEnumConverter<AnswerOutcome>))]
public enum AnswerOutcome
{
    /// <summary>By the language model, from the cited passages.</summary>
    [JsonStringEnumMemberName("answered")]
    Answered,

    /// <summary>Sentences quoted from the cited passages: no language model is configured, or it is out of reach.</summary>
    [JsonStringEnumMemberName("quoted")]
    Quoted,

    /// <summary>The knowledge holds nothing on the question, and the answer says so.</summary>
    [JsonStringEnumMemberName("not_found")]
    NotFound,

    /// <summary>The visitor stopped it; the text is what there was by then.</summary>
    [JsonStringEnumMemberName("stopped")]
    Stopped,

    /// <summary>It could not be given, and the text says so.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>The assistant's answer.</summary>
public sealed record AssistantMessage : ConversationEvent
{
    public required Guid MessageId { get; init; }

    /// <summary>Seq of the message that it answers.</summary>
    public required int ReplyTo { get; init; }

    /// <summary>Markdown, with citations as <c>[1]</c>.</summary>
    public required string Text { get; init; }

    public required AnswerOutcome Outcome { get; init; }

    /// <summary>The sources the text cites, by number.</summary>
    public required IReadOnlyList<Citation> Citations { get; init; }

    /// <summary>
    /// What was searched for, when the question was a follow-up that says too little by itself; null when it was searched for as asked. Nobody's words:
    /// for whoever wants to know how the answer came about.
    /// </summary>
    public string? Searched { get; init; }

    /// <summary>Whether to offer a person.</summary>
    public bool OffersPerson { get; init; }
}

/// <summary>A passage that an answer rests on.</summary>
/// <param name="Number">As cited in the text.</param>
/// <param name="Title">The document's.</param>
/// <param name="Url">The document's address with a fragment that leads to the passage; null when it has none.</param>
/// <param name="Headings">The headings above the passage, outermost first.</param>
/// <param name="Page">Page of a paged document.</param>
/// <param name="Text">The passage.</param>
/// <param name="Origins">The knowledge bases it was found in.</param>
public sealed record Citation(
    int Number,
    string Title,
    string? Url,
    IReadOnlyList<string> Headings,
    int? Page,
    string Text,
    IReadOnlyList<string> Origins);

[JsonConverter(typeof(StrictEnumConverter<Rating>))]
public enum Rating
{
    /// <summary>A rating taken back.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("up")]
    Up,

    [JsonStringEnumMemberName("down")]
    Down,
}

/// <summary>The visitor's thumb on an answer; the last one counts.</summary>
public sealed record MessageRated : ConversationEvent
{
    public required Guid MessageId { get; init; }

    public required Rating Rating { get; init; }
}

/// <summary>The visitor asked for a person.</summary>
public sealed record PersonRequested : ConversationEvent;

[JsonConverter(typeof(StrictEnumConverter<Speaker>))]
public enum Speaker
{
    [JsonStringEnumMemberName("visitor")]
    Visitor,

    [JsonStringEnumMemberName("assistant")]
    Assistant,
}

/// <summary>Something that was said aloud in a call.</summary>
public sealed record Utterance : ConversationEvent
{
    /// <summary>The call.</summary>
    public required Guid SessionId { get; init; }

    /// <summary>"video" or "voice".</summary>
    public required string Mode { get; init; }

    public required Speaker Speaker { get; init; }

    public required string Text { get; init; }

    /// <summary>The speaker was cut off; the text is what was heard, as far as that is known.</summary>
    public bool Interrupted { get; init; }

    /// <summary>When it was said, where that is known better than when it was written down.</summary>
    public DateTimeOffset? SpokenAt { get; init; }

    /// <summary>
    /// Reported by the visitor's page only, and not confirmed yet. A line of the assistant counts as said by the assistant only when an
    /// <see cref="UtterancesChecked"/> confirms it.
    /// </summary>
    public bool Reported { get; init; }
}

/// <summary>The call's transcript was compared with the utterances that the visitor's page reported.</summary>
public sealed record UtterancesChecked : ConversationEvent
{
    /// <summary>The call.</summary>
    public required Guid SessionId { get; init; }

    /// <summary>Reported utterances that the transcript has, too. They count as said from now on.</summary>
    public required IReadOnlyList<ConfirmedUtterance> Confirmed { get; init; }

    /// <summary>Sequence numbers of reported utterances that the transcript does not contain. They stay marked as reported.</summary>
    public required IReadOnlyList<int> Unconfirmed { get; init; }
}

/// <param name="Seq">The utterance's place in the log.</param>
/// <param name="Text">The transcript's wording, if the page reported a different one; otherwise null.</param>
public sealed record ConfirmedUtterance(int Seq, string? Text);

/// <summary>In a call, the assistant looked something up: what the visitor can read meanwhile.</summary>
public sealed record KnowledgeShown : ConversationEvent
{
    /// <summary>What was searched for.</summary>
    public required string Query { get; init; }

    public required IReadOnlyList<Citation> Citations { get; init; }
}

/// <summary>A video call was opened at Tavus. The address is of use to those who are let in, and until the call ends.</summary>
public sealed record TavusConversationCreated : ConversationEvent
{
    public required Guid SessionId { get; init; }

    /// <summary>Tavus's id.</summary>
    public required string TavusConversationId { get; init; }

    public required string ConversationUrl { get; init; }
}

/// <summary>The avatar is in the call.</summary>
public sealed record TavusConversationJoined : ConversationEvent
{
    public required Guid SessionId { get; init; }
}

/// <summary>A video call is over.</summary>
public sealed record TavusConversationEnded : ConversationEvent
{
    public required Guid SessionId { get; init; }

    public required TavusEndReason Reason { get; init; }

    /// <summary>How long it lasted, from its opening at Tavus.</summary>
    public required int Seconds { get; init; }
}

/// <summary>A voice call was opened.</summary>
public sealed record VoiceCallStarted : ConversationEvent
{
    public required Guid SessionId { get; init; }

    /// <summary>The call that it goes on with, which had reached its provider's limit.</summary>
    public Guid? Continues { get; init; }
}

/// <summary>A voice call is over.</summary>
public sealed record VoiceCallEnded : ConversationEvent
{
    public required Guid SessionId { get; init; }

    public required VoiceEndReason Reason { get; init; }

    /// <summary>How long it lasted.</summary>
    public required int Seconds { get; init; }
}

/// <summary>What an answer sends while it comes about.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(AnswerWaiting), "waiting")]
[JsonDerivedType(typeof(AnswerSources), "sources")]
[JsonDerivedType(typeof(AnswerDelta), "delta")]
[JsonDerivedType(typeof(AnswerCompleted), "completed")]
[JsonDerivedType(typeof(AnswerError), "error")]
public abstract record AnswerUpdate
{
    /// <summary>The id of the answer that is coming about.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>
    /// Counts from 1. A higher one begins the answer anew (its node died, or the model failed half-way): the text so far is void.
    /// </summary>
    public required int Attempt { get; init; }
}

/// <summary>The answer takes longer than usual, because the server is busy. It arrives later; don't send the message again.</summary>
public sealed record AnswerWaiting : AnswerUpdate;

/// <summary>The passages the answer will rest on, before its first word.</summary>
public sealed record AnswerSources : AnswerUpdate
{
    public required IReadOnlyList<Citation> Sources { get; init; }
}

/// <summary>More of the text.</summary>
public sealed record AnswerDelta : AnswerUpdate
{
    /// <summary>
    /// How many UTF-16 code units of text come before this. A client that has more already has seen it; one that has less has
    /// missed something and asks again.
    /// </summary>
    public required int Offset { get; init; }

    public required string Text { get; init; }
}

/// <summary>The answer is in the log.</summary>
public sealed record AnswerCompleted : AnswerUpdate
{
    public required AssistantMessage Message { get; init; }
}

/// <summary>The answer could not be sent; sending the message again with the same client id is safe.</summary>
public sealed record AnswerError : AnswerUpdate
{
    public required string Title { get; init; }
}

/// <summary>What a watcher of a conversation receives: events of the log in order, and answers as they come about.</summary>
public sealed record ConversationUpdate
{
    public ConversationEvent? Event { get; init; }

    public AnswerUpdate? Answer { get; init; }

    /// <summary>What happens in a voice call.</summary>
    public VoiceUpdate? Voice { get; init; }
}
