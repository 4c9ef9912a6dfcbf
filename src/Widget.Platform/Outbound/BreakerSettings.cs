namespace Widget.Platform.Outbound;

/// <summary>When the circuits of a service open, and for how long.</summary>
/// <param name="Service">The service's name in metrics.</param>
public sealed record BreakerSettings(string Service)
{
    /// <summary>Number of failures in a row that open a circuit.</summary>
    public int FailureThreshold { get; init; } = 3;

    /// <summary>How long a circuit stays open at first. The pause doubles with each failed trial call.</summary>
    public required TimeSpan FirstPause { get; init; }

    /// <summary>Maximum pause, even if the service asks for a longer one.</summary>
    public required TimeSpan MaxPause { get; init; }

    /// <summary>
    /// Maximum number of failing accounts that are remembered. When it is exceeded, the account with the oldest last failure is
    /// forgotten.
    /// </summary>
    public int Capacity { get; init; } = 10_000;

    /// <summary>Returns how long a circuit stays open.</summary>
    /// <param name="openings">How many times the circuit has opened in a row, at least one.</param>
    /// <param name="firstPause">Replaces <see cref="FirstPause"/> for this failure.</param>
    /// <param name="retryAfter">The pause that the service asks for.</param>
    public TimeSpan PauseAfter(int openings, TimeSpan? firstPause = null, TimeSpan? retryAfter = null)
    {
        var pause = (firstPause ?? FirstPause) * Math.Pow(2, Math.Min(openings - 1, 10));
        if (retryAfter > pause) pause = retryAfter.Value;
        return pause < MaxPause ? pause : MaxPause;
    }
}
