using Widget.Platform.Database;
using Widget.Platform.Work;
using Widget.Rag.Tavus.Mirror;

namespace Widget.Api.Tavus.Knowledge;

/// <summary>Synchronises tenants' knowledge with Tavus when it is due, each tenant on one node at a time.</summary>
public sealed partial class TavusKnowledgeWorker(
    MirrorLeases leases,
    TavusKnowledgeRound round,
    WakeUpSignal<TavusKnowledgeWorker> signal,
    TimeProvider clock,
    ILogger<TavusKnowledgeWorker> logger) : LeasedWorker<MirrorLease>(Pace, clock, signal)
{
    /// <summary>More than one, so that a tenant whose pages are slow does not block the others.</summary>
    internal const int WorkerCount = 2;

    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(5), MaxPause: TimeSpan.FromSeconds(30));
    private static readonly LeaseTimes Times = new(MirrorLeases.Length, Renewal: TimeSpan.FromSeconds(20));

    // Long, so that a permanent fault does not cause a tight loop.
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMinutes(5);

    protected override int Workers => WorkerCount;

    protected override LeaseTimes? Lease => Times;

    protected override Task<MirrorLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct) => leases.ClaimAsync(slot.Id, ct);

    protected override Task<bool> RenewAsync(MirrorLease lease, CancellationToken ct) => leases.RenewAsync(lease, ct);

    protected override async Task RunAsync(MirrorLease lease, CancellationToken ct)
    {
        var pause = await round.RunAsync(lease, ct);
        LogSynced(lease.Tenant.Value);
        await leases.ReleaseAsync(lease, ct.IsCancellationRequested ? TimeSpan.Zero : pause, CancellationToken.None);
    }

    protected override Task OnCancelledAsync(MirrorLease lease, bool isStopping)
    {
        if (!isStopping) LogLeaseLost(lease.Tenant.Value);
        return leases.ReleaseAsync(lease, isStopping ? TimeSpan.Zero : PauseAfterFault, CancellationToken.None);
    }

    protected override async Task<bool> TryHandleAsync(MirrorLease lease, Exception exception)
    {
        // The round did not cause the database error, so it is retried soon.
        var isDatabaseFault = DatabaseFaults.IsTransient(exception);
        if (!isDatabaseFault) LogFault(SanitizedException.From(exception), lease.Tenant.Value);
        await leases.ReleaseAsync(lease, isDatabaseFault ? Pace.Poll : PauseAfterFault, CancellationToken.None);
        return !isDatabaseFault;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Knowledge of tenant {Tenant} was synced with Tavus")]
    private partial void LogSynced(Guid tenant);

    [LoggerMessage(Level = LogLevel.Information, Message = "Another node has taken over syncing knowledge of tenant {Tenant} with Tavus")]
    private partial void LogLeaseLost(Guid tenant);

    [LoggerMessage(Level = LogLevel.Error, Message = "Syncing knowledge of tenant {Tenant} with Tavus failed; it is retried later")]
    private partial void LogFault(Exception exception, Guid tenant);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; syncing knowledge with Tavus is paused")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Syncing knowledge with Tavus failed and is retried")]
    protected override partial void LogFailure(Exception exception);
}
