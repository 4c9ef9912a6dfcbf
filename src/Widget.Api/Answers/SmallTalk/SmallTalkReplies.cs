namespace Widget.Api.Answers.SmallTalk;

/// <summary>The replies to small talk in one language.</summary>
public sealed record SmallTalkReplies
{
    public required string Greeting { get; init; }

    public required string Praise { get; init; }

    public required string Thanks { get; init; }

    public required string Goodbye { get; init; }

    public required string AboutAssistant { get; init; }

    public required string Person { get; init; }

    public required string Contact { get; init; }

    public required string Complaint { get; init; }

    /// <summary>The reply to a request for an appointment if the pages say nothing about it.</summary>
    public required string Booking { get; init; }

    public string To(SmallTalkKind kind) => kind switch
    {
        SmallTalkKind.Greeting => Greeting,
        SmallTalkKind.Praise => Praise,
        SmallTalkKind.Thanks => Thanks,
        SmallTalkKind.Goodbye => Goodbye,
        SmallTalkKind.AboutAssistant => AboutAssistant,
        SmallTalkKind.Person => Person,
        SmallTalkKind.Contact => Contact,
        SmallTalkKind.Complaint => Complaint,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
