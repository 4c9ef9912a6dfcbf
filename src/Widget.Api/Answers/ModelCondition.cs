namespace Widget.Api.Answers;

/// <summary>
/// How the language model has done lately on this node, and whether it is left alone for a while. Visitors get an answer either way; the operator
/// should know.
/// </summary>
public sealed class ModelCondition(TimeProvider clock)
{
    /// <summary>The longest pause that the model's server may ask for. After it, a question finds out whether it is back.</summary>
    internal static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>Visitors wait for each of these, so a model that keeps silent so often in a row is left alone, and tried again before long.</summary>
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

    /// <summary>Why the last answer had to do without it; null when it wrote it.</summary>
    public string? Failure => _failure;

    /// <summary>How long it is still left alone; null when it may be asked. Whoever gets null asks it.</summary>
    public TimeSpan? Pause()
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var left = (_askedUntil > _silentUntil ? _askedUntil : _silentUntil) - now;
            if (left > TimeSpan.Zero) return left;
            // One caller finds out whether it speaks again; if nothing is heard of that, the next may after another pause.
            if (_silences >= MostSilences) _silentUntil = now + _silence;
            return null;
        }
    }

    public void Worked() => _failure = null;

    public void Failed(string reason) => _failure = reason;

    /// <summary>It has begun to answer.</summary>
    internal void Answered()
    {
        lock (_lock) (_silences, _silentUntil) = (0, default);
    }

    /// <summary>It has said nothing for as long as a visitor waits.</summary>
    internal void KeptSilent()
    {
        lock (_lock)
        {
            if (++_silences < MostSilences) return;
            var now = clock.GetUtcNow();
            // Questions that were under way together fail together: the pause grows once.
            if (_silences > MostSilences && now < _grownAt + _silence) return;
            _grownAt = now;
            _silence = _silences == MostSilences ? FirstSilence : _silence * 2 < LongestSilence ? _silence * 2 : LongestSilence;
            _silentUntil = now + _silence;
        }
    }

    /// <summary>Its server asks to be left alone.</summary>
    internal void AskedForPause(TimeSpan pause)
    {
        var until = clock.GetUtcNow() + (pause < LongestPause ? pause : LongestPause);
        lock (_lock)
        {
            if (until > _askedUntil) _askedUntil = until;
        }
    }
}
