namespace Widget.Api.Answers;

/// <summary>
/// How the language model has performed recently on this node, and whether to stop calling it for a while. Visitors get an answer either
/// way, but the operator should know.
/// </summary>
public sealed class ModelCondition(TimeProvider clock)
{
    /// <summary>The longest pause that the model's server may ask for. After it, the next question tests the server again.</summary>
    internal static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Visitors wait for each timeout, so after this many in a row the model is not called for a while, and then tried again.
    /// </summary>
    internal const int MostSilences = 3;

    private static readonly TimeSpan FirstSilence = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private volatile string? _failure;
    private DateTimeOffset _askedUntil;
    private DateTimeOffset _silentUntil;
    private DateTimeOffset _grownAt;
    private TimeSpan _silence;
    private int _silences;

    /// <summary>Why the last answer was written without the model; null when the model wrote it.</summary>
    public string? Failure => _failure;

    /// <summary>Whether the model is not called for now.</summary>
    public bool IsPaused
    {
        get
        {
            lock (_lock) return (_askedUntil > _silentUntil ? _askedUntil : _silentUntil) > clock.GetUtcNow();
        }
    }

    /// <summary>How long not to call the model; null when it may be called. A caller that gets null must call it.</summary>
    public TimeSpan? Pause()
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var left = (_askedUntil > _silentUntil ? _askedUntil : _silentUntil) - now;
            if (left > TimeSpan.Zero) return left;
            // One caller tests whether the model answers again. If it reports nothing, the next caller may try after another pause.
            if (_silences >= MostSilences) _silentUntil = now + _silence;
            return null;
        }
    }

    public void Worked() => _failure = null;

    public void Failed(string reason) => _failure = reason;

    /// <summary>The model has begun to answer.</summary>
    internal void Answered()
    {
        lock (_lock) (_silences, _silentUntil) = (0, default);
    }

    /// <summary>The model has timed out before its first word.</summary>
    internal void KeptSilent()
    {
        lock (_lock)
        {
            if (++_silences < MostSilences) return;
            var now = clock.GetUtcNow();
            // Concurrent questions time out together, so the pause grows only once.
            if (_silences > MostSilences && now < _grownAt + _silence) return;
            _grownAt = now;
            _silence = _silences == MostSilences ? FirstSilence : _silence * 2 < LongestSilence ? _silence * 2 : LongestSilence;
            _silentUntil = now + _silence;
        }
    }

    /// <summary>The model's server has asked for a pause (Retry-After).</summary>
    internal void AskedForPause(TimeSpan pause)
    {
        var until = clock.GetUtcNow() + (pause < MaxPause ? pause : MaxPause);
        lock (_lock)
        {
            if (until > _askedUntil) _askedUntil = until;
        }
    }
}
