namespace Widget.Platform.Work;

/// <summary>Wakes this node's workers when there is new work, so that they need not wait for the next poll.</summary>
/// <param name="workers">How many wait. More wakes than that are none: each worker that wakes looks for everything.</param>
public abstract class WorkerSignal(int workers = 1) : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0, workers);

    public void Raise()
    {
        try
        {
            _raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // All of them are about to wake anyway.
        }
    }

    /// <summary>Returns when raised or after <paramref name="patience"/>, whichever is first.</summary>
    public Task WaitAsync(TimeSpan patience, CancellationToken ct) => _raised.WaitAsync(patience, ct);

    public void Dispose()
    {
        _raised.Dispose();
        GC.SuppressFinalize(this);
    }
}
