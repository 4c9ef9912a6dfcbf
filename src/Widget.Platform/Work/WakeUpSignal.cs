namespace Widget.Platform.Work;

/// <summary>Wakes this node's workers when there is new work, so that they need not wait for the next poll.</summary>
/// <param name="workers">How many workers wait. No more wake-ups are remembered, because a worker that wakes looks for all work.</param>
public abstract class WakeUpSignal(int workers = 1) : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0, workers);

    public void Raise()
    {
        // The common case when many raise it; an exception would be slow.
        if (_raised.CurrentCount >= workers) return;
        try
        {
            _raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // All workers are about to wake anyway.
        }
    }

    /// <summary>Returns when raised or after <paramref name="longest"/>, whichever is first.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider clock, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        await _raised.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _raised.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The signal of one kind of worker.</summary>
/// <typeparam name="TWorker">The worker that it wakes.</typeparam>
public sealed class WakeUpSignal<TWorker>(int workers = 1) : WakeUpSignal(workers);
