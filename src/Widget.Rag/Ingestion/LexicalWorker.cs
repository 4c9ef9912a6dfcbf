using Microsoft.Extensions.Logging;
using Npgsql;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Rag.Ingestion;

/// <summary>Processes the lexical backlogs, one at a time on each node.</summary>
public sealed partial class LexicalWorker(
    NpgsqlDataSource dataSource,
    LexicalBacklogRunner runner,
    TimeProvider clock,
    ILogger<LexicalWorker> logger) : LeasedWorker<LexicalLease>(Pace, clock)
{
    // Backlogs come from an upgrade only. The worker finds them at its start.
    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(30), MaxPause: TimeSpan.FromSeconds(60));

    // The runner renews the lease with each batch that it commits.
    protected override LeaseTimes? Lease => null;

    protected override Task<LexicalLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct) => ClaimAsync(dataSource, slot.Id, ct);

    protected override Task RunAsync(LexicalLease lease, CancellationToken ct) => runner.RunAsync(lease, ct);

    public static async Task<LexicalLease?> ClaimAsync(NpgsqlDataSource dataSource, Guid worker, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id from claim_lexical_backlog($1, $2)",
            [worker, LexicalBacklogRunner.Lease],
            row => new LexicalLease(new TenantId(row.GetGuid(0)), worker),
            ct);
        return claimed.SingleOrDefault();
    }

    protected override void LogFailure(Exception exception) => LogFault(exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; indexing words again is paused")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Indexing words again failed and is retried")]
    private partial void LogFault(Exception exception);
}
