using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A time at which a meeting can be booked.</summary>
public sealed record MeetingSlot
{
    /// <summary>When it begins, with the offset of the requested time zone.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>
    /// The rep. If several reps are free at this time, it is the one who would get the meeting now. Leave <c>rep</c> out when you book, so
    /// that another one can take it.
    /// </summary>
    public required Guid Rep { get; init; }

    /// <summary>The rep's name. Only in responses to visitors.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RepName { get; init; }
}

/// <param name="Slots">The free times, earliest first.</param>
public sealed record MeetingSlots(IReadOnlyList<MeetingSlot> Slots);

/// <summary>Who a meeting is with.</summary>
public sealed record MeetingLead
{
    /// <summary>The person's name.</summary>
    [StringLength(200, ErrorMessage = "lead.name can have at most 200 characters.")]
    public string? Name { get; init; }

    /// <summary>Where the invitation is sent.</summary>
    [Required(ErrorMessage = "lead.email is missing.")]
    [StringLength(320), EmailAddress(ErrorMessage = "lead.email is not an e-mail address.")]
    public string Email { get; init; } = "";

    /// <summary>The person's phone number.</summary>
    [StringLength(50, ErrorMessage = "lead.phone can have at most 50 characters.")]
    public string? Phone { get; init; }
}

/// <summary>Books a meeting from a program of the tenant.</summary>
public sealed record MeetingRequest : IValidatableObject
{
    /// <summary>The start of a free time, as RFC 3339 with an offset.</summary>
    /// <example>2027-05-03T10:00:00+02:00</example>
    [Required(ErrorMessage = "slotStart is missing.")]
    [StringLength(60)]
    public string SlotStart { get; init; } = "";

    /// <summary>The rep; null for any rep who is free.</summary>
    public Guid? Rep { get; init; }

    /// <summary>Who the meeting is with.</summary>
    [Required(ErrorMessage = "lead is missing.")]
    public MeetingLead Lead { get; init; } = null!;

    /// <summary>The person's time zone, as an IANA id. Defaults to the rep's.</summary>
    [StringLength(60)]
    public string? TimeZone { get; init; }

    /// <summary>What the rep should know.</summary>
    [StringLength(2_000, ErrorMessage = "note can have at most 2,000 characters.")]
    public string? Note { get; init; }

    /// <summary>The language of the e-mails, such as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>Your ID for the booking. Sending it again books nothing more.</summary>
    [Required(ErrorMessage = "idempotencyKey is missing.")]
    [StringLength(64, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string IdempotencyKey { get; init; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => FieldErrors.OfPart(nameof(Lead), Lead);
}

/// <summary>Moves a meeting to another time.</summary>
public sealed record RescheduleRequest
{
    /// <summary>The start of a free time, as RFC 3339 with an offset.</summary>
    /// <example>2027-05-04T10:00:00+02:00</example>
    [Required(ErrorMessage = "slotStart is missing.")]
    [StringLength(60)]
    public string SlotStart { get; init; } = "";

    /// <summary>The rep; null to keep the meeting's rep.</summary>
    public Guid? Rep { get; init; }
}

[JsonConverter(typeof(StrictEnumConverter<MeetingState>))]
public enum MeetingState
{
    [JsonStringEnumMemberName("booked")]
    Booked,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}

/// <summary>A meeting.</summary>
public sealed record Meeting
{
    public required Guid Id { get; init; }

    public required Guid Rep { get; init; }

    public required string RepName { get; init; }

    /// <summary>When it begins, with the offset of the person's time zone.</summary>
    public required DateTimeOffset Start { get; init; }

    public required DateTimeOffset End { get; init; }

    /// <summary>The time zone of the person who meets the rep, as an IANA id.</summary>
    public required string TimeZone { get; init; }

    public required MeetingState State { get; init; }

    public required MeetingLead Lead { get; init; }

    /// <summary>What the person wrote for the rep.</summary>
    public string? Note { get; init; }

    /// <summary>The conversation in which it was booked; null if a program booked it.</summary>
    public Guid? ConversationId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? CancelledAt { get; init; }

    /// <summary>Whether e-mails are sent about changes: false if the installation has no mail server.</summary>
    public required bool Emailed { get; init; }
}

/// <summary>Meetings, earliest first.</summary>
/// <param name="Items">The meetings.</param>
/// <param name="Next">Pass it as <c>after</c> to get the next meetings; null if there are none.</param>
public sealed record MeetingPage(IReadOnlyList<Meeting> Items, string? Next);

/// <summary>Books a meeting for a visitor.</summary>
public sealed record VisitorMeetingRequest
{
    /// <summary>The visitor's conversation. It gets an event about the meeting.</summary>
    public Guid ConversationId { get; init; }

    /// <summary>The start of a free time, as RFC 3339 with an offset.</summary>
    /// <example>2027-05-03T10:00:00+02:00</example>
    [Required(ErrorMessage = "slotStart is missing.")]
    [StringLength(60)]
    public string SlotStart { get; init; } = "";

    /// <summary>The rep; null for any rep who is free.</summary>
    public Guid? Rep { get; init; }

    /// <summary>The visitor's name.</summary>
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string? Name { get; init; }

    /// <summary>Where the invitation is sent.</summary>
    [Required(ErrorMessage = "email is missing.")]
    [StringLength(320), EmailAddress(ErrorMessage = "email is not an e-mail address.")]
    public string Email { get; init; } = "";

    /// <summary>The visitor's phone number.</summary>
    [StringLength(50, ErrorMessage = "phone can have at most 50 characters.")]
    public string? Phone { get; init; }

    /// <summary>What the rep should know.</summary>
    [StringLength(2_000, ErrorMessage = "note can have at most 2,000 characters.")]
    public string? Note { get; init; }

    /// <summary>The privacy notice that the visitor was shown, word for word.</summary>
    [StringLength(1_000, ErrorMessage = "consent can have at most 1,000 characters.")]
    public string? Consent { get; init; }

    /// <summary>The widget's language for the visitor, such as <c>de</c>. Defaults to the visitor's language.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>The page on which the visitor books. It counts for this page in analytics.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>The visitor's time zone, as an IANA id.</summary>
    /// <example>Europe/Berlin</example>
    [Required(ErrorMessage = "timeZone is missing. Use an IANA id such as Europe/Berlin.")]
    [StringLength(60)]
    public string TimeZone { get; init; } = "";

    /// <summary>Your ID for the booking. Sending it again books nothing more.</summary>
    [Required(ErrorMessage = "idempotencyKey is missing.")]
    [StringLength(64, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string IdempotencyKey { get; init; } = "";
}

/// <summary>A meeting that a visitor has booked.</summary>
/// <param name="Id">The meeting.</param>
/// <param name="Start">When it begins, with the offset of the visitor's time zone.</param>
/// <param name="End">When it ends.</param>
/// <param name="RepName">Who it is with.</param>
/// <param name="ManageUrl">A page on which the visitor can cancel the meeting or choose another time.</param>
/// <param name="Emailed">Whether the invitation is sent by e-mail: false if the installation has no mail server.</param>
public sealed record BookedMeeting(
    Guid Id,
    DateTimeOffset Start,
    DateTimeOffset End,
    string RepName,
    string ManageUrl,
    bool Emailed);

/// <summary>Whether visitors can book meetings.</summary>
/// <param name="Enabled">Whether at least one rep has hours.</param>
/// <param name="Url">A calendar of the tenant elsewhere; null if there is none.</param>
public sealed record MeetingOffer(bool Enabled, string? Url);
