namespace Widget.Platform.Work;

/// <summary>
/// The pauses between tries: each about twice as long as the one before, up to a limit. They vary a little, so that nodes which failed together do not
/// try again together.
/// </summary>
public sealed class Backoff(TimeProvider clock, TimeSpan first, TimeSpan longest)
{
    private int _tries;

    /// <summary>A try has succeeded, so the next pause is short again.</summary>
    public void Reset() => _tries = 0;

    /// <summary>Waits; returns early, without an exception, when cancelled.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        var pause = first * Math.Pow(2, Math.Min(_tries++, 30));
        if (pause > longest) pause = longest;
        await Task.Delay(pause * (0.8 + (0.4 * Random.Shared.NextDouble())), clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
