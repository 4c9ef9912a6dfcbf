using Widget.Api.Platform;

namespace Widget.Api.Answers;

/// <summary>
/// How the language model has done lately on this node, and whether it is left alone for a while. Visitors get an answer either way; the operator
/// should know.
/// </summary>
public sealed class ModelCondition(TimeProvider clock)
{
    /// <summary>The longest pause that the model's server may ask for. After it, a question finds out whether it is back.</summary>
    internal static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private const string Model = "model";

    // Visitors wait for each of these, so a model that keeps silent is soon left alone, and tried again before long.
    private readonly AccountBreakers _silences = new(clock, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));
    private readonly Lock _lock = new();
    private volatile string? _failure;
    private DateTimeOffset _pausedUntil;

    /// <summary>Why the last answer had to do without it; null when it wrote it.</summary>
    public string? Failure => _failure;

    /// <summary>How long it is still left alone; null when it may be asked. Whoever gets null asks it.</summary>
    public TimeSpan? Pause()
    {
        lock (_lock)
        {
            var left = _pausedUntil - clock.GetUtcNow();
            return left > TimeSpan.Zero ? left : _silences.Refusal(Model);
        }
    }

    public void Worked() => _failure = null;

    public void Failed(string reason) => _failure = reason;

    /// <summary>It has begun to answer.</summary>
    internal void Answered() => _silences.Worked(Model);

    /// <summary>It has said nothing for as long as a visitor waits.</summary>
    internal void KeptSilent() => _silences.Failed(Model);

    /// <summary>Its server asks to be left alone.</summary>
    internal void AskedForPause(TimeSpan pause)
    {
        var until = clock.GetUtcNow() + (pause < LongestPause ? pause : LongestPause);
        lock (_lock)
        {
            if (until > _pausedUntil) _pausedUntil = until;
        }
    }
}
