namespace Widget.Api.Answers;

/// <summary>An answer that this node is writing, and the two ways to end it early: to stop it, or to abandon it to another node.</summary>
internal sealed class AnswerInProgress : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon;

    /// <param name="nodeStopping">Cancelled when this node shuts down.</param>
    public AnswerInProgress(CancellationToken nodeStopping)
    {
        _abandon = CancellationTokenSource.CreateLinkedTokenSource(nodeStopping);
        (Stopped, Abandoned) = (_stop.Token, _abandon.Token);
    }

    /// <summary>Cancelled when the visitor stops the answer: the text so far is the answer.</summary>
    public CancellationToken Stopped { get; }

    /// <summary>Cancelled when the lease is lost or the node shuts down: another node writes the answer.</summary>
    public CancellationToken Abandoned { get; }

    /// <summary>Whether the answer is being appended to the log. That transaction also deletes the lease.</summary>
    public bool IsAppending { get; set; }

    /// <summary>Completes when this node no longer works on the answer.</summary>
    public Task Completion { get; set; } = Task.CompletedTask;

    public Task StopAsync() => CancelAsync(_stop);

    /// <summary>
    /// Leaves the answer to the node that now has the lease. An answer that is being appended no longer has a lease, so it is allowed to
    /// finish.
    /// </summary>
    public Task AbandonAsync() => IsAppending ? Task.CompletedTask : CancelAsync(_abandon);

    public void Dispose()
    {
        _stop.Dispose();
        _abandon.Dispose();
    }

    private static async Task CancelAsync(CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The answer has just been completed.
        }
    }
}
