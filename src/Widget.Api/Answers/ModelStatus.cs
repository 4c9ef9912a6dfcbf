namespace Widget.Api.Answers;

/// <summary>
/// The state of the language model on this node: why it failed last, and whether calls to it are paused. Visitors get an answer either
/// way, but the operator should know.
/// </summary>
public sealed class ModelStatus(TimeProvider clock)
{
    /// <summary>The longest pause after a Retry-After. A longer Retry-After is shortened to this.</summary>
    internal static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Number of consecutive timeouts after which calls to the model are paused, because a visitor waits for each timeout. After the pause,
    /// one call tests the model.
    /// </summary>
    internal const int TimeoutThreshold = 3;

    private static readonly TimeSpan MinBackoff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private volatile string? _failure;
    private DateTimeOffset _retryAfter;
    private DateTimeOffset _backoffUntil;
    private DateTimeOffset _backoffIncreasedAt;
    private TimeSpan _backoff;
    private int _timeouts;

    /// <summary>Why the last answer was written without the model; null when the model wrote it.</summary>
    public string? Failure => _failure;

    /// <summary>Whether calls to the model are paused.</summary>
    public bool IsPaused
    {
        get
        {
            lock (_lock) return PausedUntil > clock.GetUtcNow();
        }
    }

    private DateTimeOffset PausedUntil => _retryAfter > _backoffUntil ? _retryAfter : _backoffUntil;

    /// <summary>
    /// Checks whether the model may be called. Returns the rest of the pause; null when there is none. A caller that gets null must call
    /// the model, because its call may be the trial that ends the pause for the others.
    /// </summary>
    public TimeSpan? CheckPause()
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var remaining = PausedUntil - now;
            if (remaining > TimeSpan.Zero) return remaining;
            // Only this caller tries the model. If it reports no result, another caller may try after another pause.
            if (_timeouts >= TimeoutThreshold) _backoffUntil = now + _backoff;
            return null;
        }
    }

    /// <summary>The model wrote an answer.</summary>
    public void RecordSuccess() => _failure = null;

    /// <summary>The model did not write an answer.</summary>
    /// <param name="reason">Why, for the operator.</param>
    public void RecordFailure(string reason) => _failure = reason;

    /// <summary>The model has started to answer.</summary>
    internal void RecordFirstToken()
    {
        lock (_lock) (_timeouts, _backoffUntil) = (0, default);
    }

    /// <summary>The model has timed out before its first token.</summary>
    internal void RecordTimeout()
    {
        lock (_lock)
        {
            if (++_timeouts < TimeoutThreshold) return;
            var now = clock.GetUtcNow();
            // Concurrent questions time out together, so the pause grows only once.
            if (_timeouts > TimeoutThreshold && now < _backoffIncreasedAt + _backoff) return;
            _backoffIncreasedAt = now;
            _backoff = _timeouts == TimeoutThreshold ? MinBackoff : _backoff * 2 < MaxBackoff ? _backoff * 2 : MaxBackoff;
            _backoffUntil = now + _backoff;
        }
    }

    /// <summary>The model's server has asked for a pause (Retry-After).</summary>
    internal void RecordRetryAfter(TimeSpan pause)
    {
        var until = clock.GetUtcNow() + (pause < MaxRetryAfter ? pause : MaxRetryAfter);
        lock (_lock)
        {
            if (until > _retryAfter) _retryAfter = until;
        }
    }
}
