using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>An event in a conversation's log. The log is append-only and the same for all modes: text, voice and video.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(VisitorMessage), "visitor_message")]
[JsonDerivedType(typeof(AssistantMessage), "assistant_message")]
[JsonDerivedType(typeof(MessageRated), "message_rated")]
[JsonDerivedType(typeof(PersonRequested), "person_requested")]
[JsonDerivedType(typeof(PersonJoined), "person_joined")]
[JsonDerivedType(typeof(PersonMessage), "person_message")]
[JsonDerivedType(typeof(PersonLeft), "person_left")]
[JsonDerivedType(typeof(AssistantChosen), "assistant_chosen")]
[JsonDerivedType(typeof(AgentChosen), "agent_chosen")]
[JsonDerivedType(typeof(ContactGiven), "contact_given")]
[JsonDerivedType(typeof(ContactDeclined), "contact_declined")]
[JsonDerivedType(typeof(QualificationAnswered), "qualification_answered")]
[JsonDerivedType(typeof(MeetingBooked), "meeting_booked")]
[JsonDerivedType(typeof(MeetingRescheduled), "meeting_rescheduled")]
[JsonDerivedType(typeof(MeetingCancelled), "meeting_cancelled")]
[JsonDerivedType(typeof(Utterance), "utterance")]
[JsonDerivedType(typeof(UtterancesChecked), "utterances_checked")]
[JsonDerivedType(typeof(KnowledgeShown), "knowledge_shown")]
[JsonDerivedType(typeof(DemoShown), "demo_shown")]
[JsonDerivedType(typeof(PricesShown), "prices_shown")]
[JsonDerivedType(typeof(ToolCalled), "tool_called")]
[JsonDerivedType(typeof(TavusConversationCreated), "tavus_conversation_created")]
[JsonDerivedType(typeof(TavusConversationJoined), "tavus_conversation_joined")]
[JsonDerivedType(typeof(TavusConversationEnded), "tavus_conversation_ended")]
[JsonDerivedType(typeof(VoiceCallStarted), "voice_call_started")]
[JsonDerivedType(typeof(VoiceCallEnded), "voice_call_ended")]
[JsonDerivedType(typeof(CallInvited), "call_invited")]
[JsonDerivedType(typeof(CallEnded), "call_ended")]
public abstract record ConversationEvent
{
    /// <summary>
    /// Sequence number of the event in the log, from 1 without gaps. To get new events, ask for those after the last one you have seen.
    /// </summary>
    public int Seq { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>The sender's ID for the event; null for events that no client sent.</summary>
    public string? ClientId { get; init; }

    /// <summary>The agent that the visitor talked with; null for the company's own assistant, and for what people say and do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentReference? Agent { get; init; }
}

/// <summary>A visitor's message.</summary>
public sealed record VisitorMessage : ConversationEvent
{
    public required string Text { get; init; }

    /// <summary>The page on which the visitor sent the message.</summary>
    public string? Page { get; init; }

    /// <summary>The widget's language for the visitor.</summary>
    public string? Locale { get; init; }

    /// <summary>The files that the visitor sent. With a file, the text may be empty.</summary>
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];

    /// <summary>
    /// The visitor's own contact details in a message to a person; null if there are none, or if the assistant answers. Then its answer has
    /// them.
    /// </summary>
    public RecognizedContact? Recognized { get; init; }
}

/// <summary>How an answer was produced.</summary>
[JsonConverter(typeof(StrictEnumConverter<AnswerOutcome>))]
public enum AnswerOutcome
{
    /// <summary>Written by the language model from the cited passages.</summary>
    [JsonStringEnumMemberName("answered")]
    Answered,

    /// <summary>Sentences quoted from the cited passages, because no language model is configured or available.</summary>
    [JsonStringEnumMemberName("quoted")]
    Quoted,

    /// <summary>Passages that may help, quoted, because it is not certain that one of them answers the question.</summary>
    [JsonStringEnumMemberName("suggested")]
    Suggested,

    /// <summary>The knowledge base has no information on the question, and the answer says so.</summary>
    [JsonStringEnumMemberName("not_found")]
    NotFound,

    /// <summary>Stopped by the visitor. The text ends where it was stopped.</summary>
    [JsonStringEnumMemberName("stopped")]
    Stopped,

    /// <summary>The answer failed, and the text says so.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>The assistant's answer.</summary>
public sealed record AssistantMessage : ConversationEvent
{
    public required Guid MessageId { get; init; }

    /// <summary>Sequence number of the message that it answers.</summary>
    public required int ReplyTo { get; init; }

    /// <summary>The answer in Markdown, with citations such as <c>[1]</c>.</summary>
    public required string Text { get; init; }

    public required AnswerOutcome Outcome { get; init; }

    /// <summary>The passages that the text cites, by number.</summary>
    public required IReadOnlyList<Citation> Citations { get; init; }

    /// <summary>
    /// The search query, if the question was a follow-up that had to be rewritten; null if the question was searched as asked. Useful to
    /// understand an answer. It is not shown to visitors.
    /// </summary>
    public string? Searched { get; init; }

    /// <summary>
    /// Whether to offer the visitor a person to talk to: because <see cref="Offers"/> contains <c>person</c>, or because the answer may not
    /// help.
    /// </summary>
    public bool OffersPerson { get; init; }

    /// <summary>What the visitor's message calls for, besides the answer. Empty for most messages.</summary>
    public IReadOnlyList<Offer> Offers { get; init; } = [];

    /// <summary>The visitor's own contact details in the message that it answers; null if there are none.</summary>
    public RecognizedContact? Recognized { get; init; }
}

/// <summary>What a visitor's message calls for.</summary>
[JsonConverter(typeof(StrictEnumConverter<Offer>))]
public enum Offer
{
    /// <summary>A person: the visitor asks for one or for a call, or complains about the assistant.</summary>
    [JsonStringEnumMemberName("person")]
    Person,

    /// <summary>Keeping the visitor's contact details, which the message contains.</summary>
    [JsonStringEnumMemberName("contact")]
    Contact,

    /// <summary>Booking, moving or cancelling an appointment, a call at a time, or a reservation.</summary>
    [JsonStringEnumMemberName("booking")]
    Booking,

    /// <summary>A price, a quote or a discount.</summary>
    [JsonStringEnumMemberName("pricing")]
    Pricing,

    /// <summary>Being shown the product.</summary>
    [JsonStringEnumMemberName("demo")]
    Demo,
}

/// <summary>A visitor's contact details, recognized in a message. At least one is set.</summary>
public sealed record RecognizedContact
{
    /// <summary>The e-mail address in lower case; null if the message has none.</summary>
    public string? Email { get; init; }

    /// <summary>The phone number as E.164, such as <c>+493012345678</c>; null if the message has none.</summary>
    public string? Phone { get; init; }
}

/// <summary>A passage cited by an answer.</summary>
/// <param name="Number">The citation's number in the text.</param>
/// <param name="Title">The document's title.</param>
/// <param name="Url">The document's address with a fragment that leads to the passage; null when it has no address.</param>
/// <param name="Headings">The headings above the passage, outermost first.</param>
/// <param name="Page">The page in a document with pages.</param>
/// <param name="Text">The passage.</param>
/// <param name="Origins">The knowledge bases that contain the passage.</param>
public sealed record Citation(
    int Number,
    string Title,
    string? Url,
    IReadOnlyList<string> Headings,
    int? Page,
    string Text,
    IReadOnlyList<string> Origins)
{
    /// <summary>Identifies the document in all its versions; null for documents of other knowledge bases.</summary>
    public Guid? Document { get; init; }

    /// <summary>Whether the document has been deleted since the answer was given. The passage is what it said then.</summary>
    public bool Removed { get; init; }
}

[JsonConverter(typeof(StrictEnumConverter<Rating>))]
public enum Rating
{
    /// <summary>The rating was withdrawn.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("up")]
    Up,

    [JsonStringEnumMemberName("down")]
    Down,
}

/// <summary>The visitor's rating of an answer. The latest one counts.</summary>
public sealed record MessageRated : ConversationEvent
{
    public required Guid MessageId { get; init; }

    public required Rating Rating { get; init; }

    /// <summary>Why the answer was rated down, if the visitor has said so.</summary>
    public RatingReason? Reason { get; init; }

    /// <summary>What the visitor says about the answer.</summary>
    public string? Comment { get; init; }
}

/// <summary>Why a visitor rated an answer down.</summary>
[JsonConverter(typeof(StrictEnumConverter<RatingReason>))]
public enum RatingReason
{
    [JsonStringEnumMemberName("wrong")]
    Wrong,

    [JsonStringEnumMemberName("incomplete")]
    Incomplete,

    [JsonStringEnumMemberName("unclear")]
    Unclear,

    [JsonStringEnumMemberName("other")]
    Other,
}

/// <summary>The visitor asked for a person.</summary>
public sealed record PersonRequested : ConversationEvent
{
    /// <summary>The visitor's name, if given.</summary>
    public string? Name { get; init; }

    /// <summary>Where to answer the visitor, if given.</summary>
    public string? Email { get; init; }

    /// <summary>What the visitor wants the person to know.</summary>
    public string? Message { get; init; }

    /// <summary>Why the visitor asks, if given.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the assistant asked on behalf of the visitor.</summary>
    public bool ByAssistant { get; init; }

    /// <summary>Whether people of the company were in the inbox when the visitor asked.</summary>
    public bool Present { get; init; }

    /// <summary>The office hours when the visitor asked; null if the tenant has not set them.</summary>
    public PersonAvailability? Availability { get; init; }

    /// <summary>The page on which the visitor did this; null if it is unknown.</summary>
    public string? Page { get; init; }
}

/// <summary>The visitor gave contact details.</summary>
public sealed record ContactGiven : ConversationEvent
{
    /// <summary>The e-mail address, if given.</summary>
    public string? Email { get; init; }

    /// <summary>The phone number as E.164, if given.</summary>
    public string? Phone { get; init; }

    /// <summary>The visitor's name, if given.</summary>
    public string? Name { get; init; }

    /// <summary>The page on which the visitor did this; null if it is unknown.</summary>
    public string? Page { get; init; }
}

/// <summary>The visitor declined to have contact details kept. Answers don't offer it again in this conversation.</summary>
public sealed record ContactDeclined : ConversationEvent
{
    /// <summary>The page on which the visitor did this; null if it is unknown.</summary>
    public string? Page { get; init; }
}

[JsonConverter(typeof(StrictEnumConverter<Speaker>))]
public enum Speaker
{
    [JsonStringEnumMemberName("visitor")]
    Visitor,

    [JsonStringEnumMemberName("assistant")]
    Assistant,
}

/// <summary>Something said in a call.</summary>
public sealed record Utterance : ConversationEvent
{
    /// <summary>ID of the call.</summary>
    public required Guid SessionId { get; init; }

    /// <summary>"video" or "voice".</summary>
    public required string Mode { get; init; }

    public required Speaker Speaker { get; init; }

    public required string Text { get; init; }

    /// <summary>Whether the speaker was interrupted. The text is what was heard, as far as known.</summary>
    public bool Interrupted { get; init; }

    /// <summary>When it was said, if that differs from when it was recorded.</summary>
    public DateTimeOffset? SpokenAt { get; init; }

    /// <summary>
    /// Whether only the visitor's page has reported the utterance, without confirmation. Treat an assistant's line as spoken only after an
    /// <see cref="UtterancesChecked"/> event confirms it.
    /// </summary>
    public bool Reported { get; init; }

    /// <summary>
    /// The visitor's own contact details in the utterance; null if there are none, or if the visitor has declined to leave any.
    /// </summary>
    public RecognizedContact? Recognized { get; init; }
}

/// <summary>The utterances reported by the visitor's page were compared with the call's transcript.</summary>
public sealed record UtterancesChecked : ConversationEvent
{
    /// <summary>ID of the call.</summary>
    public required Guid SessionId { get; init; }

    /// <summary>Reported utterances that the transcript contains. They now count as spoken.</summary>
    public required IReadOnlyList<ConfirmedUtterance> Confirmed { get; init; }

    /// <summary>Sequence numbers of reported utterances that the transcript does not contain. They stay marked as reported.</summary>
    public required IReadOnlyList<int> Unconfirmed { get; init; }
}

/// <param name="Seq">Sequence number of the utterance.</param>
/// <param name="Text">The transcript's wording if the page reported a different one; otherwise null.</param>
public sealed record ConfirmedUtterance(int Seq, string? Text);

/// <summary>The assistant looked something up during a call. The passages can be shown to the visitor.</summary>
public sealed record KnowledgeShown : ConversationEvent
{
    /// <summary>The search query.</summary>
    public required string Query { get; init; }

    public required IReadOnlyList<Citation> Citations { get; init; }
}

/// <summary>A video call was opened at Tavus. Its address works for admitted participants until the call ends.</summary>
public sealed record TavusConversationCreated : ConversationEvent
{
    public required Guid SessionId { get; init; }

    /// <summary>Tavus's ID of the call.</summary>
    public required string TavusConversationId { get; init; }

    public required string ConversationUrl { get; init; }
}

/// <summary>The avatar joined the call.</summary>
public sealed record TavusConversationJoined : ConversationEvent
{
    public required Guid SessionId { get; init; }
}

/// <summary>A video call ended.</summary>
public sealed record TavusConversationEnded : ConversationEvent
{
    public required Guid SessionId { get; init; }

    public required TavusEndReason Reason { get; init; }

    /// <summary>Duration of the call in seconds, from its opening at Tavus.</summary>
    public required int Seconds { get; init; }
}

/// <summary>A voice call started.</summary>
public sealed record VoiceCallStarted : ConversationEvent
{
    public required Guid SessionId { get; init; }

    /// <summary>ID of the call that this one continues after the reason <c>continued</c>; otherwise null.</summary>
    public Guid? Continues { get; init; }
}

/// <summary>A voice call ended.</summary>
public sealed record VoiceCallEnded : ConversationEvent
{
    public required Guid SessionId { get; init; }

    public required VoiceEndReason Reason { get; init; }

    /// <summary>Duration of the call in seconds.</summary>
    public required int Seconds { get; init; }
}
