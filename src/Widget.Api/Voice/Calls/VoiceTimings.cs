namespace Widget.Api.Voice.Calls;

/// <summary>Timeouts and intervals of voice calls.</summary>
public sealed record VoiceTimings
{
    /// <summary>How long a node's lease on a call lasts without renewal.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>How often a node renews its lease and checks whether the call must end.</summary>
    public TimeSpan Renewal { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// A page that has not reported for this long counts as closed. Pages report every ten seconds, so two reports may be lost.
    /// </summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>
    /// Pauses between attempts to connect to a call. A provider may not know a call immediately after it has opened it.
    /// </summary>
    public IReadOnlyList<TimeSpan> AttachDelays { get; init; } =
    [
        TimeSpan.FromMilliseconds(150),
        TimeSpan.FromMilliseconds(300),
        TimeSpan.FromMilliseconds(600),
        TimeSpan.FromSeconds(1.2),
        TimeSpan.FromSeconds(2.4),
    ];

    /// <summary>How long to wait for the page's end request when the provider disconnects first.</summary>
    public TimeSpan EndRequestGrace { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a reply waits for the visitor's transcript. Without it, the model searches the knowledge itself.</summary>
    public TimeSpan TranscriptTimeout { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a reply waits for the knowledge search. Without its result, the model searches itself.</summary>
    public TimeSpan SearchTimeout { get; init; } = TimeSpan.FromSeconds(1.2);

    /// <summary>Pause between attempts to hang up at a provider that can't be reached.</summary>
    public TimeSpan EndRetryInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long to try to hang up. After that, the provider's own limits have ended the call.</summary>
    public TimeSpan MaxEndRetryTime { get; init; } = TimeSpan.FromMinutes(65);
}
