namespace Widget.Contracts;

/// <summary>Something happened to a meeting of the visitor.</summary>
public abstract record MeetingEvent : ConversationEvent
{
    public required Guid MeetingId { get; init; }

    /// <summary>When the meeting begins, with the offset of the visitor's time zone.</summary>
    public required DateTimeOffset Start { get; init; }

    public required DateTimeOffset End { get; init; }

    /// <summary>The visitor's time zone, as an IANA id.</summary>
    public required string TimeZone { get; init; }

    public required string RepName { get; init; }
}

/// <summary>The visitor booked a meeting.</summary>
public sealed record MeetingBooked : MeetingEvent
{
    /// <summary>The page on which the visitor did this; null if it is unknown.</summary>
    public string? Page { get; init; }
}

/// <summary>A meeting has a new time or another rep.</summary>
public sealed record MeetingRescheduled : MeetingEvent
{
    /// <summary>When the meeting would have begun before.</summary>
    public required DateTimeOffset PreviousStart { get; init; }
}

/// <summary>A meeting was cancelled.</summary>
public sealed record MeetingCancelled : MeetingEvent;
