namespace Widget.Api.Platform;

/// <summary>Wakes one of this node's workers when there is something for it, so that it need not wait for its next look.</summary>
public abstract class WorkerSignal : IDisposable
{
    // One is enough: whoever wakes looks for everything.
    private readonly SemaphoreSlim _raised = new(0, 1);

    public void Raise()
    {
        try
        {
            _raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is about to wake anyway.
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
