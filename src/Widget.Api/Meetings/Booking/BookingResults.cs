using NodaTime;
using Widget.Api.Conversations;
using Widget.Api.Limits;
using Widget.Api.Meetings.Slots;
using Widget.Api.Reps;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;

namespace Widget.Api.Meetings.Booking;

/// <summary>A meeting to book.</summary>
internal sealed record BookingOrder
{
    public required TenantInfo Tenant { get; init; }

    /// <summary>The visitor who books; null for a program of the tenant.</summary>
    public VisitorTicket? Visitor { get; init; }

    /// <summary>The visitor's conversation; null for a program.</summary>
    public ConversationId? Conversation { get; init; }

    public required Instant Start { get; init; }

    /// <summary>The rep; null for any.</summary>
    public RepId? Rep { get; init; }

    public string? Name { get; init; }

    public required string Email { get; init; }

    public string? Phone { get; init; }

    /// <summary>The phone number as E.164; null if it is not a valid number.</summary>
    public string? LeadPhone { get; init; }

    public string? Note { get; init; }

    /// <summary>The privacy notice that the visitor was shown.</summary>
    public string? Consent { get; init; }

    public string? Locale { get; init; }

    /// <summary>The page on which the visitor books; null if it is unknown.</summary>
    public string? Page { get; init; }

    /// <summary>The person's time zone; null for the rep's.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The request's idempotency key.</summary>
    public required string Key { get; init; }

    /// <summary>The origin of the page on which the visitor changes the meeting.</summary>
    public required string Origin { get; init; }

    /// <summary>Keys of different conversations are different.</summary>
    public string BookingKey => Conversation is { } conversation ? $"{conversation}:{Key}" : $"program:{Key}";
}

/// <summary>The outcome of booking or changing a meeting.</summary>
internal abstract record MeetingOutcome
{
    private MeetingOutcome()
    {
    }

    /// <summary>It is done, or was done before.</summary>
    internal sealed record Done(MeetingRow Meeting, string RepName) : MeetingOutcome;

    /// <summary>The time is not free. There may be others.</summary>
    internal sealed record Taken(IReadOnlyList<(Interval Slot, BookableRep Rep)> Others) : MeetingOutcome;

    /// <summary>There is no such meeting, conversation or rep.</summary>
    internal sealed record NotFound(string What) : MeetingOutcome;

    /// <summary>The meeting has started, or was cancelled.</summary>
    internal sealed record Closed(bool IsCancelled) : MeetingOutcome;

    /// <summary>The key was used for another booking.</summary>
    internal sealed record KeyTaken : MeetingOutcome;

    /// <summary>A limit is reached.</summary>
    internal sealed record Limited(Refusal Refusal) : MeetingOutcome;
}
