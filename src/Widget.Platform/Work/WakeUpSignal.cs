namespace Widget.Platform.Work;

/// <summary>Wakes this node's workers when there is new work, so that they need not wait for the next poll.</summary>
/// <param name="workers">
/// Number of workers that may wait. At most as many wake-ups are kept, because a worker that wakes up looks for all work.
/// </param>
public abstract class WakeUpSignal(int workers = 1) : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0, workers);

    public void Raise()
    {
        // Avoids a slow exception in the common case that many callers raise it.
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

    /// <summary>Returns when the signal is raised or after <paramref name="timeout"/>, whichever is first.</summary>
    public async Task WaitAsync(TimeSpan timeout, TimeProvider clock, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(timeout, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        await _raised.WaitAsync(linked.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
