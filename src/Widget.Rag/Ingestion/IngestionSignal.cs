namespace Widget.Rag.Ingestion;

/// <summary>Wakes this node's workers when it has queued a job, so that they need not wait for their next look.</summary>
public sealed class IngestionSignal : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0);

    public void Raise() => _raised.Release();

    /// <summary>Returns when raised or after <paramref name="patience"/>, whichever is first.</summary>
    public Task WaitAsync(TimeSpan patience, CancellationToken ct) => _raised.WaitAsync(patience, ct);

    public void Dispose() => _raised.Dispose();
}
