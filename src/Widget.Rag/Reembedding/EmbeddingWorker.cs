using Microsoft.Extensions.Logging;
using Npgsql;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Rag.Reembedding;

/// <summary>Runs the embedding changes that are due, one at a time on each node.</summary>
public sealed partial class EmbeddingWorker(
    NpgsqlDataSource dataSource,
    EmbeddingChangeRunner runner,
    TimeProvider clock,
    ILogger<EmbeddingWorker> logger) : LeasedWorker<EmbeddingLease>(Pace, clock)
{
    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(2), MaxPause: TimeSpan.FromSeconds(15));

    // The runner renews the lease with each batch that it commits.
    protected override LeaseTimes? Lease => null;

    protected override Task<EmbeddingLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct) => ClaimAsync(dataSource, slot.Id, ct);

    protected override Task RunAsync(EmbeddingLease lease, CancellationToken ct) => runner.RunAsync(lease, ct);

    public static async Task<EmbeddingLease?> ClaimAsync(NpgsqlDataSource dataSource, Guid worker, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id, model from claim_embedding_change($1, $2)",
            [worker, EmbeddingChangeRunner.Lease],
            row => new EmbeddingLease(new TenantId(row.GetGuid(0)), row.GetString(1), worker),
            ct);
        return claimed.SingleOrDefault();
    }

    protected override void LogFailure(Exception exception) => LogFault(exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; re-embedding is paused")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Re-embedding failed and is retried")]
    private partial void LogFault(Exception exception);
}
