namespace Widget.Api.Evaluation;

/// <summary>Wakes this node's worker when it has queued a run, so that it need not wait for its next look.</summary>
public sealed class EvaluationSignal : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0);

    public void Raise() => _raised.Release();

    /// <summary>Returns when raised or after <paramref name="patience"/>, whichever is first.</summary>
    public Task WaitAsync(TimeSpan patience, CancellationToken ct) => _raised.WaitAsync(patience, ct);

    public void Dispose() => _raised.Dispose();
}
