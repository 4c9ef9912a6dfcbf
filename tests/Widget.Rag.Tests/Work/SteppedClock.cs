namespace Widget.Rag.Tests.Work;

/// <summary>A clock that stands still until it is advanced. Its timers fire during <see cref="Advance"/>.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock) return _now.Ticks;
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits until a timer is due within this time, so that advancing by it has an effect.</summary>
    public async Task UntilWaitingAsync(TimeSpan within, CancellationToken ct)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_timers.Exists(timer => timer.Due <= _now + within)) return;
            }

            await Task.Yield();
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Waits for a timer and advances until it fires.</summary>
    /// <returns>By how much.</returns>
    public async Task<TimeSpan> AdvanceToTimerAsync(CancellationToken ct)
    {
        await UntilWaitingAsync(TimeSpan.FromDays(1), ct);
        TimeSpan wait;
        lock (_lock) wait = _timers.Min(timer => timer.Due)!.Value - _now;
        Advance(wait);
        return wait;
    }

    /// <summary>Moves the time on, from timer to timer.</summary>
    public void Advance(TimeSpan time)
    {
        TimeSpan end;
        lock (_lock) end = _now + time;
        while (true)
        {
            Timer? next;
            lock (_lock)
            {
                next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
                if (next is null)
                {
                    _now = end;
                    return;
                }

                if (next.Due > _now) _now = next.Due.Value;
                next.Due = next.Period > TimeSpan.Zero ? _now + next.Period : null;
                if (next.Due is null) _timers.Remove(next);
            }

            next.Fire();
        }
    }

    private sealed class Timer(SteppedClock clock, Action fire) : ITimer
    {
        public TimeSpan? Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                (Due, Period) = (dueTime < TimeSpan.Zero ? null : clock._now + dueTime, period);
                if (Due is not null) clock._timers.Add(this);
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
