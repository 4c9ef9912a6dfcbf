using System.Collections.Concurrent;
using System.Diagnostics;

namespace Widget.Platform.Work;

/// <summary>One of the parallel workers of a <see cref="LeasedWorker{TLease}"/>.</summary>
/// <param name="Number">The worker's number on this node, from 0.</param>
/// <param name="Id">Identifies the worker in leases. Unique across all workers and nodes.</param>
public readonly record struct WorkerSlot(int Number, Guid Id);

/// <summary>How often a worker looks for work.</summary>
/// <param name="Poll">The time between two checks for work while there is none. Also the pause after the first exception.</param>
/// <param name="MaxPause">Maximum pause. The pauses grow with each exception in a row.</param>
public readonly record struct WorkerPace(TimeSpan Poll, TimeSpan MaxPause);

/// <summary>
/// Claims one piece of work after another and does each under a lease, which it renews until the work ends. If this node dies, the lease
/// expires and another node claims the work.
/// </summary>
/// <typeparam name="TLease">A claimed piece of work.</typeparam>
/// <param name="pace">How often to look for work.</param>
/// <param name="clock">For pauses and leases.</param>
/// <param name="wakeUp">Raised when this node has new work; null when polling is enough.</param>
public abstract class LeasedWorker<TLease>(WorkerPace pace, TimeProvider clock, WakeUpSignal? wakeUp = null) : BackgroundWorker(clock)
    where TLease : class
{
    // Of the idle workers of a lane, one looks for work and the others wait for their turn. So the number of workers does not change how
    // often an idle node asks the database.
    private readonly ConcurrentDictionary<int, SemaphoreSlim> _turns = [];

    /// <summary>Number of parallel workers on this node.</summary>
    protected virtual int Workers => 1;

    /// <summary>Workers of the same lane look for the same work.</summary>
    protected virtual int LaneOf(WorkerSlot slot) => 0;

    /// <summary>How long the lease lasts and how often it is renewed. Null if the work renews its lease itself with each commit.</summary>
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
    /// Called when the work was cancelled. If the node stops, release the lease here, so that another node can claim the work at once.
    /// </summary>
    /// <param name="lease">The cancelled work.</param>
    /// <param name="isStopping">Whether the node stops; otherwise the lease is lost.</param>
    protected virtual Task OnCancelledAsync(TLease lease, bool isStopping) => Task.CompletedTask;

    /// <summary>
    /// Called when the work has thrown. Return true if the exception is handled. Otherwise it is logged, and the worker pauses before it
    /// claims more work. The lease then expires, and the work is tried again.
    /// </summary>
    protected virtual Task<bool> TryHandleAsync(TLease lease, Exception exception) => Task.FromResult(false);

    /// <summary>Called last, after the renewal has ended, whether the work succeeded or not.</summary>
    protected virtual Task OnEndedAsync(TLease lease) => Task.CompletedTask;

    /// <summary>Waits for new work.</summary>
    protected virtual Task WaitAsync(WorkerSlot slot, CancellationToken ct) =>
        wakeUp is null ? Task.Delay(pace.Poll, Clock, ct) : wakeUp.WaitAsync(pace.Poll, Clock, ct);

    protected sealed override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers)
            .Select(number => WorkAsync(new WorkerSlot(number, Guid.CreateVersion7()), stoppingToken)));

    private Task WorkAsync(WorkerSlot slot, CancellationToken stoppingToken)
    {
        var hasWorked = false;
        return RepeatAsync(
            async ct =>
            {
                // More work may be waiting, and the worker that looks for it may be in a pause.
                var lease = hasWorked ? await ClaimAsync(slot, ct) : null;
                hasWorked = false;
                lease ??= await LookForWorkAsync(slot, ct);
                if (lease is null) return;
                hasWorked = true;
                await RunUnderLeaseAsync(lease, ct);
            },
            pace.Poll,
            pace.MaxPause,
            stoppingToken);
    }

    // Returns null after a pause without work.
    private async Task<TLease?> LookForWorkAsync(WorkerSlot slot, CancellationToken ct)
    {
        var turn = _turns.GetOrAdd(LaneOf(slot), _ => new SemaphoreSlim(1));
        await turn.WaitAsync(ct);
        try
        {
            var lease = await ClaimAsync(slot, ct);
            if (lease is null) await WaitAsync(slot, ct);
            return lease;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task RunUnderLeaseAsync(TLease lease, CancellationToken stopping)
    {
        using var activity = StartActivity(lease);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var renewal = Lease is { } times
            ? LeaseRenewal.KeepAsync(times, Clock, held, ct => RenewAsync(lease, ct), Report)
            : Task.CompletedTask;
        try
        {
            await RunAsync(lease, held.Token);
        }
        catch (OperationCanceledException e) when (held.IsCancellationRequested || e is LeaseLostException)
        {
            await EndRenewalAsync();
            await OnCancelledAsync(lease, stopping.IsCancellationRequested);
        }
        catch (Exception e)
        {
            await EndRenewalAsync();
            if (!await TryHandleAsync(lease, e)) throw;
        }
        finally
        {
            await EndRenewalAsync();
            await OnEndedAsync(lease);
        }

        // Must be called before a lease is released. Otherwise a renewal in progress could take the lease again.
        async Task EndRenewalAsync()
        {
            await held.CancelAsync();
            await renewal;
        }
    }
}
