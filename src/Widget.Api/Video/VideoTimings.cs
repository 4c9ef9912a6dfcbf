namespace Widget.Api.Video;

/// <summary>How long a call waits for what.</summary>
public sealed record VideoTimings
{
    /// <summary>A page that has been silent for so long is gone. It says something every ten seconds, so that two may be lost.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>A page that waits in the line says something every three seconds.</summary>
    public TimeSpan SilenceInLine { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the avatar may take to come.</summary>
    public TimeSpan Joining { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long after its time a call that Tavus should have ended is left to it.</summary>
    public TimeSpan Overtime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often Tavus is asked how a call is doing of which nothing was heard.</summary>
    public TimeSpan Reconciling { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the first in the line tries for a slot.</summary>
    public TimeSpan TryingForSlot { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>For how long those behind wait for one who is trying for a slot, at a Tavus that is slow to say.</summary>
    public TimeSpan HeadStart { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For how long after their coming those in line stay in it when Tavus is out of reach.</summary>
    public TimeSpan RidingOut { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a conversation is looked for whose creation was not heard of.</summary>
    public TimeSpan LookingForLost { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Wait between tries to end a call at a Tavus that is away.</summary>
    public TimeSpan RetryingEnd { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a session stays a node's own that has died. A call must not hold its slot for longer than a minute after its page has gone, even when a
    /// node dies over ending it.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a living node renews what it works on.</summary>
    public TimeSpan Renewal { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>When to ask for transcript and recording after the end, if they have not come by themselves.</summary>
    public IReadOnlyList<TimeSpan> Aftermath { get; init; } =
        [TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(10)];
}
