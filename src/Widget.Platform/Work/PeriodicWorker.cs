namespace Widget.Platform.Work;

/// <summary>Does something at a fixed interval. After an exception it pauses for about one interval and tries again.</summary>
/// <param name="interval">The time between two ticks.</param>
/// <param name="clock">For the ticks.</param>
public abstract class PeriodicWorker(TimeSpan interval, TimeProvider clock) : BackgroundWorker(clock)
{
    /// <summary>Whether the first tick comes at the start of the node instead of one interval later.</summary>
    protected virtual bool RunsAtStart => false;

    /// <summary>The limit of the growing pauses after several exceptions in a row; the interval if they should not grow.</summary>
    protected virtual TimeSpan LongestPause => interval;

    protected abstract Task TickAsync(CancellationToken ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, Clock);
        var isFirst = RunsAtStart;
        await RepeatAsync(
            async ct =>
            {
                if (!isFirst) await timer.WaitForNextTickAsync(ct);
                isFirst = false;
                await TickAsync(ct);
            },
            interval,
            LongestPause,
            stoppingToken);
    }
}
