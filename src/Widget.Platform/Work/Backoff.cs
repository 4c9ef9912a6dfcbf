namespace Widget.Platform.Work;

/// <summary>
/// The pauses between attempts: each is about twice as long as the one before, up to a limit. They vary a little, so that nodes that
/// failed at the same time do not all retry at the same time.
/// </summary>
public sealed class Backoff(TimeProvider clock, TimeSpan firstPause, TimeSpan maxPause)
{
    private int _attempts;

    /// <summary>Starts again with the first pause. Call it after a success.</summary>
    public void Reset() => _attempts = 0;

    /// <summary>Waits; returns early, without an exception, when cancelled.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        var pause = firstPause * Math.Pow(2, Math.Min(_attempts++, 30));
        if (pause > maxPause) pause = maxPause;
        pause *= 0.8 + (0.4 * Random.Shared.NextDouble());
        await Task.Delay(pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
