namespace Widget.Api.Answers;

/// <summary>An answer that this node is writing, and the two ways to end it early.</summary>
internal sealed class AnswerInProgress : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _held;

    /// <param name="stopping">The node's.</param>
    public AnswerInProgress(CancellationToken stopping)
    {
        _held = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        (Stopped, Held) = (_stop.Token, _held.Token);
    }

    /// <summary>The visitor has stopped the answer: the text so far is the answer.</summary>
    public CancellationToken Stopped { get; }

    /// <summary>The lease is lost or the node stops: the answer is left to another node.</summary>
    public CancellationToken Held { get; }

    /// <summary>Whether it is being written to the log, which ends the lease.</summary>
    public bool IsAppending { get; set; }

    public Task Done { get; set; } = Task.CompletedTask;

    public Task StopAsync() => CancelAsync(_stop);

    /// <summary>
    /// Leaves the answer to the node that now holds the lease. An answer that is just being written to the log no longer has a lease, so
    /// it is left to finish.
    /// </summary>
    public Task LeaveAsync() => IsAppending ? Task.CompletedTask : CancelAsync(_held);

    public void Dispose()
    {
        _stop.Dispose();
        _held.Dispose();
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
