using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>How long a tenant keeps data. Null keeps it for good.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RetentionSettings
{
    /// <summary>Days after its last message until a conversation is deleted, with its files, meetings and counts.</summary>
    [Range(1, 3_650, ErrorMessage = "conversationDays must be between 1 and 3,650.")]
    public int? ConversationDays { get; init; }

    /// <summary>Days after its last activity until a lead is deleted.</summary>
    [Range(1, 3_650, ErrorMessage = "leadDays must be between 1 and 3,650.")]
    public int? LeadDays { get; init; }
}

/// <summary>How long a tenant keeps data, and what was deleted because of it.</summary>
/// <param name="Settings">How long data is kept.</param>
/// <param name="DeletedConversations">Conversations that were deleted because of their age, since the beginning.</param>
/// <param name="DeletedLeads">Leads that were deleted because of their age, since the beginning.</param>
/// <param name="RanAt">When old data was last looked for; null if it was not yet.</param>
public sealed record RetentionState(
    RetentionSettings Settings,
    long DeletedConversations,
    long DeletedLeads,
    DateTimeOffset? RanAt);

/// <summary>Whose data is meant: exactly one of the fields. It is in the body, so that it does not get into logs of addresses.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PersonalDataRequest : IValidatableObject
{
    /// <summary>The person's e-mail address.</summary>
    [StringLength(320)]
    public string? Email { get; init; }

    /// <summary>The person's phone number with the country's code, such as +49 30 1234567.</summary>
    [StringLength(40)]
    public string? Phone { get; init; }

    /// <summary>The visitor's id.</summary>
    public Guid? VisitorId { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        bool[] given = [!string.IsNullOrWhiteSpace(Email), !string.IsNullOrWhiteSpace(Phone), VisitorId is not null];
        if (given.Count(isGiven => isGiven) != 1)
            yield return new("Give exactly one of email, phone and visitorId.", [nameof(Email)]);
    }

    /// <summary>Omits the address, which must not get into logs.</summary>
    public override string ToString() => "a person";
}

/// <summary>What is stored about a person.</summary>
public sealed record PersonData
{
    /// <summary>The browsers or accounts under which the person has visited.</summary>
    public required IReadOnlyList<Guid> VisitorIds { get; init; }

    /// <summary>Names that the person was known by.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required int Conversations { get; init; }

    public required int Messages { get; init; }

    public required int Leads { get; init; }

    public required int Meetings { get; init; }

    /// <summary>Meetings that have not begun. Cancel these first, so that the others are told.</summary>
    public required int UpcomingMeetings { get; init; }

    public required int Files { get; init; }

    public DateTimeOffset? FirstSeenAt { get; init; }

    public DateTimeOffset? LastSeenAt { get; init; }
}

/// <summary>What an erasure has deleted.</summary>
public sealed record Erasure(int Visitors, int Conversations, int Leads, int Meetings);
