using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Whether a person or the assistant has a conversation.</summary>
[JsonConverter(typeof(StrictEnumConverter<InboxState>))]
public enum InboxState
{
    /// <summary>The conversation waits for a rep.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>A rep has the conversation. The assistant is silent.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    [JsonStringEnumMemberName("closed")]
    Closed,

    /// <summary>The assistant answers: nobody has asked for a person, or the conversation was given back.</summary>
    [JsonStringEnumMemberName("assistant")]
    Assistant,
}

/// <param name="Id">The rep.</param>
/// <param name="Name">The rep's name.</param>
public sealed record InboxRep(Guid Id, string Name);

/// <summary>The visitor of a conversation. Nothing of it is verified.</summary>
/// <param name="Id">The visitor.</param>
/// <param name="Name">The name, from the conversation or from the page; null if it is not known.</param>
/// <param name="Email">The e-mail address, from the conversation or from the page; null if it is not known.</param>
/// <param name="Locale">The widget's language for the visitor.</param>
public sealed record InboxVisitor(Guid Id, string? Name, string? Email, string? Locale)
{
    /// <summary>Whether the visitor may not write any more.</summary>
    public bool Banned { get; init; }
}

/// <param name="From"><c>visitor</c>, <c>assistant</c> or <c>person</c>.</param>
/// <param name="Text">The text, at most 200 characters.</param>
/// <param name="At">When it was sent.</param>
public sealed record InboxMessage(string From, string Text, DateTimeOffset At);

/// <summary>A conversation in the inbox.</summary>
public sealed record InboxItem
{
    public required Guid ConversationId { get; init; }

    public required InboxState State { get; init; }

    public required InboxVisitor Visitor { get; init; }

    /// <summary>Why the visitor wants a person; null if no reason was given.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when the visitor waits: for a rep, or for a reply. Null if the visitor does not wait.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>The rep who has the conversation, or had it when it was closed.</summary>
    public InboxRep? Rep { get; init; }

    /// <summary>The rep to whom a waiting conversation is offered first.</summary>
    public Guid? OfferedTo { get; init; }

    public DateTimeOffset? OfferedUntil { get; init; }

    public InboxMessage? LastMessage { get; init; }

    /// <summary>Number of the visitor's messages that the rep of the request has not read. Without a rep, that no rep has read.</summary>
    public required int Unread { get; init; }

    /// <summary>The page on which the visitor wrote last.</summary>
    public string? Page { get; init; }

    public DateTimeOffset? SnoozedUntil { get; init; }

    public required bool Spam { get; init; }

    /// <summary>Sequence number of the conversation's last event.</summary>
    public required int LastSeq { get; init; }

    /// <summary>Sequence number of the last event that the visitor has read on any device.</summary>
    public required int VisitorReadSeq { get; init; }
}

/// <summary>Conversations of the inbox. Those that wait come oldest first, others with the latest activity first.</summary>
/// <param name="Items">The conversations.</param>
/// <param name="Next">Pass it as <c>after</c> to get more; null if there are none.</param>
public sealed record InboxPage(IReadOnlyList<InboxItem> Items, string? Next);

/// <summary>How many conversations need attention. Spam is not counted.</summary>
/// <param name="Waiting">They wait for a rep.</param>
/// <param name="Mine">The rep of the request has them. Without a rep, 0.</param>
/// <param name="Open">A rep has them. Those that are put aside are not counted.</param>
/// <param name="Snoozed">They are put aside until a time.</param>
public sealed record InboxCounts(int Waiting, int Mine, int Open, int Snoozed);

/// <summary>What is known of a conversation's visitor besides the conversation.</summary>
public sealed record InboxVisitorHistory
{
    /// <summary>The lead whose details the visitor left in this conversation; null if there is none.</summary>
    public Guid? LeadId { get; init; }

    /// <summary>The visitor's id on the tenant's site, if the site has verified it.</summary>
    public string? VerifiedId { get; init; }

    /// <summary>When the visitor first came.</summary>
    public required DateTimeOffset FirstSeenAt { get; init; }

    /// <summary>The pages on which the visitor wrote, newest first, at most ten.</summary>
    public required IReadOnlyList<InboxVisitedPage> Pages { get; init; }

    /// <summary>The visitor's other conversations, newest first, at most ten.</summary>
    public required IReadOnlyList<InboxEarlier> Conversations { get; init; }
}

/// <param name="Address">The page's address.</param>
/// <param name="At">When the visitor last wrote there.</param>
public sealed record InboxVisitedPage(string Address, DateTimeOffset At);

/// <param name="Id">The conversation.</param>
/// <param name="At">When something last happened in it.</param>
/// <param name="Text">The visitor's first message, at most 200 characters; null if the visitor has written nothing.</param>
public sealed record InboxEarlier(Guid Id, DateTimeOffset At, string? Text);

/// <summary>A note among the staff. Visitors never see it.</summary>
public sealed record InboxNote(Guid Id, InboxRep Rep, string Text, DateTimeOffset At);

/// <summary>A conversation with everything that a rep needs.</summary>
/// <param name="Item">The conversation.</param>
/// <param name="Events">The events after the seq of the request, oldest first, at most 500.</param>
/// <param name="Notes">All notes, oldest first.</param>
/// <param name="Viewers">The reps who are looking at it.</param>
public sealed record InboxThread(
    InboxItem Item,
    IReadOnlyList<ConversationEvent> Events,
    IReadOnlyList<InboxNote> Notes,
    IReadOnlyList<InboxRep> Viewers);

/// <summary>Who is typing in a conversation, for 6 seconds.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="Rep">The rep; null for the visitor.</param>
public sealed record InboxTyping(Guid ConversationId, InboxRep? Rep);

/// <param name="ConversationId">The conversation.</param>
/// <param name="Reps">The reps who are looking at it.</param>
public sealed record InboxViewers(Guid ConversationId, IReadOnlyList<InboxRep> Reps);

/// <summary>Whether a rep is online.</summary>
/// <param name="RepId">The rep.</param>
/// <param name="Name">The rep's name.</param>
/// <param name="Available">Whether the rep takes conversations and has sent a sign within the last 60 seconds.</param>
public sealed record RepPresence(Guid RepId, string Name, bool Available);

/// <summary>An update of the inbox. At most one part is set; none in a keep-alive.</summary>
public sealed record InboxUpdate
{
    /// <summary>A conversation that is new or has changed.</summary>
    public InboxItem? Changed { get; init; }

    public RepPresence? Presence { get; init; }

    public InboxViewers? Viewers { get; init; }

    public InboxTyping? Typing { get; init; }

    /// <summary>Whether updates may have been missed. Read the inbox again.</summary>
    public bool Reload { get; init; }
}

/// <summary>An action of a rep.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record RepAction
{
    /// <summary>
    /// The rep who acts. Required with an API key; a member who is signed in can leave it out.
    /// </summary>
    public Guid? RepId { get; init; }
}

/// <summary>A rep's message.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ReplyRequest : IValidatableObject
{
    /// <summary>
    /// The rep who writes. The conversation must be the rep's. Required with an API key; a member who is signed in can leave it out.
    /// </summary>
    public Guid? RepId { get; init; }

    /// <summary>
    /// Your ID for the message. A request with the same ID does not create a second message. Without it, a repeated request does.
    /// </summary>
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? ClientId { get; init; }

    /// <summary>Plain text. It may be empty if files are attached.</summary>
    [StringLength(8_000, ErrorMessage = "text can have at most 8,000 characters.")]
    public string Text { get; init; } = "";

    /// <summary>IDs of files that were uploaded to the conversation before, at most 10.</summary>
    [MaxLength(10, ErrorMessage = "A message can have at most 10 attachments.")]
    public IReadOnlyList<Guid>? Attachments { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Attachments is not { Count: > 0 } && !new VisibleTextAttribute().IsValid(Text))
            yield return new("text is empty.", [nameof(Text)]);
    }
}

/// <summary>A note among the staff.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NoteRequest
{
    /// <summary>
    /// The rep who writes. Required with an API key; a member who is signed in can leave it out.
    /// </summary>
    public Guid? RepId { get; init; }

    /// <summary>Your ID for the note. A request with the same ID does not create a second note.</summary>
    [StringLength(64, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? ClientId { get; init; }

    /// <summary>The note as plain text.</summary>
    [VisibleText(ErrorMessage = "text is empty.")]
    [StringLength(8_000, ErrorMessage = "text can have at most 8,000 characters.")]
    public string Text { get; init; } = "";
}

/// <summary>Offers a conversation to another rep, or puts it back in the queue.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TransferRequest
{
    /// <summary>
    /// The rep who acts. Required with an API key; a member who is signed in can leave it out.
    /// </summary>
    public Guid? RepId { get; init; }

    /// <summary>The rep who gets the offer; null for the queue. A rep who is offline can't get one.</summary>
    public Guid? ToRepId { get; init; }
}

/// <summary>Puts a conversation aside until a time, or until the visitor writes.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SnoozeRequest
{
    /// <summary>
    /// The rep who has the conversation. Required with an API key; a member who is signed in can leave it out.
    /// </summary>
    public Guid? RepId { get; init; }

    /// <summary>Until when, at most one year ahead; null to end the snooze.</summary>
    [JsonRequired]
    public DateTimeOffset? Until { get; init; }
}

/// <summary>How far a rep has read.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RepReadRequest
{
    /// <summary>
    /// The rep who has read. Required with an API key; a member who is signed in can leave it out.
    /// </summary>
    public Guid? RepId { get; init; }

    /// <summary>Sequence number of the last event that was read.</summary>
    [JsonRequired]
    [Range(0, int.MaxValue, ErrorMessage = "seq must not be negative.")]
    public int Seq { get; init; }
}

/// <summary>Marks a conversation as spam, or takes the mark back.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SpamRequest
{
    /// <summary>
    /// The rep who acts. Required with an API key; a member who is signed in can leave it out.
    /// </summary>
    public Guid? RepId { get; init; }

    /// <summary>Whether it is spam. Spam is closed, and reps get no more notices about it.</summary>
    public bool Spam { get; init; } = true;
}

/// <summary>Whether a rep takes conversations.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PresenceRequest
{
    /// <summary>The rep. Required with an API key; a member who is signed in can leave it out.</summary>
    public Guid? RepId { get; init; }

    /// <summary>Send <c>true</c> at least every 60 seconds. A rep whose signs stop is offline.</summary>
    [JsonRequired]
    public bool Available { get; init; }
}

/// <summary>Bans a visitor.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BanRequest
{
    /// <summary>The rep who acts; null for a program.</summary>
    public Guid? RepId { get; init; }

    /// <summary>Why, for the staff.</summary>
    [StringLength(500, ErrorMessage = "reason can have at most 500 characters.")]
    public string? Reason { get; init; }
}

/// <summary>A draft of a reply, written by the assistant. The visitor has not seen it.</summary>
/// <param name="Text">The draft as plain text; empty if nothing was found.</param>
/// <param name="Citations">The passages that it uses.</param>
public sealed record SuggestedReply(string Text, IReadOnlyList<Citation> Citations);

/// <summary>A prepared text for replies.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CannedReplyRequest
{
    /// <summary>A short name, by which reps find it.</summary>
    [VisibleText(ErrorMessage = "title is empty.")]
    [StringLength(100, ErrorMessage = "title can have at most 100 characters.")]
    public string Title { get; init; } = "";

    /// <summary>The reply as plain text.</summary>
    [VisibleText(ErrorMessage = "text is empty.")]
    [StringLength(8_000, ErrorMessage = "text can have at most 8,000 characters.")]
    public string Text { get; init; } = "";
}

/// <param name="Id">The reply.</param>
/// <param name="Title">A short name, by which reps find it.</param>
/// <param name="Text">The text.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
public sealed record CannedReply(Guid Id, string Title, string Text, DateTimeOffset UpdatedAt);
