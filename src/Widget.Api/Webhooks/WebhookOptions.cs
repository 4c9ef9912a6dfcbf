using Widget.Platform.Work;

namespace Widget.Api.Webhooks;

/// <summary>How webhooks are delivered.</summary>
public sealed record WebhookOptions
{
    /// <summary>
    /// The pause after the first failed attempt. Each further pause is three times as long, up to <see cref="MaxPause"/>.
    /// </summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan MaxPause { get; init; } = TimeSpan.FromHours(8);

    /// <summary>How long after its event a message is sent again if sending fails.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(3);

    /// <summary>The time limit for one attempt.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The pause after a failed attempt.</summary>
    /// <param name="attempts">The number of attempts so far; at least 1.</param>
    public TimeSpan PauseAfter(int attempts) => ExponentialBackoff.DelayAfter(attempts, FirstPause, MaxPause);
}
