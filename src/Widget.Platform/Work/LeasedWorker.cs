using System.Diagnostics;

namespace Widget.Platform.Work;

/// <summary>One of a node's workers of the same kind.</summary>
/// <param name="Number">Counts from 0.</param>
/// <param name="Id">Names the worker in leases. No two workers share an id, not even on one node.</param>
public readonly record struct WorkerSlot(int Number, Guid Id);

/// <summary>How often a worker looks for work.</summary>
/// <param name="Poll">The time until it looks again when there is nothing to do; also the pause after a first exception.</param>
/// <param name="LongestPause">The limit of the pauses, which grow while exceptions follow each other.</param>
public readonly record struct WorkerPace(TimeSpan Poll, TimeSpan LongestPause);

/// <summary>
/// Claims one piece of work after another and does each under a lease, which is renewed meanwhile. If this node dies, the lease expires
/// and another node claims the work.
/// </summary>
/// <typeparam name="TLease">A claimed piece of work.</typeparam>
/// <param name="pace">How often to look for work.</param>
/// <param name="clock">For pauses and leases.</param>
/// <param name="wakeUp">Raised when this node has new work; null when polling is enough.</param>
public abstract class LeasedWorker<TLease>(WorkerPace pace, TimeProvider clock, WakeUpSignal? wakeUp = null) : BackgroundWorker(clock)
    where TLease : class
{
    /// <summary>How many pieces of work a node does at a time.</summary>
    protected virtual int Workers => 1;

    /// <summary>The lease and its renewal; null when the work renews its lease itself, as it commits.</summary>
    protected abstract LeaseTimes? Lease { get; }

    /// <summary>Claims the next piece of work; null when there is none.</summary>
    protected abstract Task<TLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct);

    /// <summary>Starts the trace span of the work and its renewal; null for none.</summary>
    protected virtual Activity? StartActivity(TLease lease) => null;

    /// <param name="lease">The claimed work.</param>
    /// <param name="ct">Cancelled when the lease is lost or the node stops.</param>
    protected abstract Task RunAsync(TLease lease, CancellationToken ct);

    /// <summary>Renews the lease; false when another worker holds it.</summary>
    protected virtual Task<bool> RenewAsync(TLease lease, CancellationToken ct) => Task.FromResult(true);

    /// <summary>
    /// Called when the work was cancelled. When the node stops, give up the lease, so that another node can claim it at once.
    /// </summary>
    /// <param name="lease">The cancelled work.</param>
    /// <param name="isStopping">Whether the node stops; otherwise the lease is lost.</param>
    protected virtual Task LeaveAsync(TLease lease, bool isStopping) => Task.CompletedTask;

    /// <summary>
    /// Called when the work has thrown. True when the exception is dealt with; otherwise it is reported, and the worker pauses before it
    /// claims anything. The lease then expires, and the work is tried again.
    /// </summary>
    protected virtual Task<bool> HandleAsync(TLease lease, Exception exception) => Task.FromResult(false);

    /// <summary>Called last, after the renewal has ended, whether the work succeeded or not.</summary>
    protected virtual Task EndAsync(TLease lease) => Task.CompletedTask;

    /// <summary>Waits for new work.</summary>
    protected virtual Task WaitAsync(WorkerSlot slot, CancellationToken ct) =>
        wakeUp is null ? Task.Delay(pace.Poll, Clock, ct) : wakeUp.WaitAsync(pace.Poll, Clock, ct);

    protected sealed override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers)
            .Select(number => WorkAsync(new WorkerSlot(number, Guid.CreateVersion7()), stoppingToken)));

    private Task WorkAsync(WorkerSlot slot, CancellationToken stoppingToken) => RepeatAsync(
        async ct =>
        {
            if (await ClaimAsync(slot, ct) is { } lease) await HoldAsync(lease, ct);
            else await WaitAsync(slot, ct);
        },
        pace.Poll,
        pace.LongestPause,
        stoppingToken);

    private async Task HoldAsync(TLease lease, CancellationToken stopping)
    {
        using var activity = StartActivity(lease);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var renewing = Lease is { } times
            ? LeaseRenewal.KeepAsync(times, Clock, held, ct => RenewAsync(lease, ct), Report)
            : Task.CompletedTask;
        try
        {
            await RunAsync(lease, held.Token);
        }
        catch (OperationCanceledException e) when (held.IsCancellationRequested || e is LeaseLostException)
        {
            await EndRenewalAsync();
            await LeaveAsync(lease, stopping.IsCancellationRequested);
        }
        catch (Exception e)
        {
            await EndRenewalAsync();
            if (!await HandleAsync(lease, e)) throw;
        }
        finally
        {
            await EndRenewalAsync();
            await EndAsync(lease);
        }

        // Before a lease is given up, because a renewal on its way would take it back.
        async Task EndRenewalAsync()
        {
            await held.CancelAsync();
            await renewing;
        }
    }
}
