namespace Widget.Api.Video;

/// <summary>Timeouts and intervals of video calls.</summary>
public sealed record VideoTimings
{
    /// <summary>
    /// A page that has not reported for this long counts as closed. Pages report every ten seconds, so two reports may be lost.
    /// </summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>The same for a page in the queue, which reports every three seconds.</summary>
    public TimeSpan QueueSilenceTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the avatar may take to join.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>After the time limit, Tavus has this long to end the call before we end it.</summary>
    public TimeSpan EndGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often to ask Tavus about a call, in case its callbacks are lost.</summary>
    public TimeSpan ReconcileInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the first session in the queue tries to get a slot.</summary>
    public TimeSpan SlotRetryInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the rest of the queue waits while one session tries to get a slot.</summary>
    public TimeSpan HeadStart { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a session stays in the queue while Tavus can't be reached.</summary>
    public TimeSpan MaxQueueOutage { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long to search for a conversation whose creation response was lost.</summary>
    public TimeSpan OrphanSearchTime { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Pause between attempts to end a call while Tavus can't be reached.</summary>
    public TimeSpan EndRetryInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a node's lease on a session lasts without renewal. A call must free its slot within a minute after its page was closed,
    /// even if a node dies while ending it.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a node renews its leases.</summary>
    public TimeSpan Renewal { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long after the end to ask for the transcript and recording, if no callback brought them.</summary>
    public IReadOnlyList<TimeSpan> ResultDelays { get; init; } =
        [TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(10)];
}
