namespace Widget.Platform.Work;

/// <summary>Does something at a fixed interval. After an exception it pauses for about one interval and tries again.</summary>
/// <param name="interval">The time between two ticks.</param>
/// <param name="clock">For the ticks.</param>
public abstract class PeriodicWorker(TimeSpan interval, TimeProvider clock) : BackgroundWorker(clock)
{
    /// <summary>Whether to run once at the start of the node instead of waiting one interval.</summary>
    protected virtual bool RunsAtStart => false;

    /// <summary>
    /// Maximum pause after an exception. Pauses grow with each exception in a row. By default they stay as long as the interval.
    /// </summary>
    protected virtual TimeSpan MaxPause => interval;

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
            MaxPause,
            stoppingToken);
    }
}
