namespace Widget.Platform.Work;

/// <summary>
/// The pauses between attempts: each about twice as long as the one before, up to a limit. They vary a little, so that nodes which failed
/// together do not try again together.
/// </summary>
public sealed class Backoff(TimeProvider clock, TimeSpan first, TimeSpan longest)
{
    private int _attempts;

    /// <summary>Call it after a success: the next pause is short again.</summary>
    public void Reset() => _attempts = 0;

    /// <summary>Waits; returns early, without an exception, when cancelled.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        var pause = first * Math.Pow(2, Math.Min(_attempts++, 30));
        if (pause > longest) pause = longest;
        pause *= 0.8 + (0.4 * Random.Shared.NextDouble());
        await Task.Delay(pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
