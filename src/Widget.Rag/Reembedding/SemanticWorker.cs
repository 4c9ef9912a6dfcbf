using Microsoft.Extensions.Logging;
using Npgsql;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Rag.Reembedding;

/// <summary>Processes the semantic backlogs, one at a time on each node.</summary>
public sealed partial class SemanticWorker(
    NpgsqlDataSource dataSource,
    SemanticBacklogRunner runner,
    TimeProvider clock,
    ILogger<SemanticWorker> logger) : LeasedWorker<SemanticLease>(Pace, clock)
{
    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(1), MaxPause: TimeSpan.FromSeconds(15));

    // The runner renews the lease with each batch that it commits.
    protected override LeaseTimes? Lease => null;

    protected override Task<SemanticLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct) =>
        runner.CanRun ? ClaimAsync(dataSource, slot.Id, ct) : Task.FromResult<SemanticLease?>(null);

    protected override Task RunAsync(SemanticLease lease, CancellationToken ct) => runner.RunAsync(lease, ct);

    public static async Task<SemanticLease?> ClaimAsync(NpgsqlDataSource dataSource, Guid worker, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id from claim_semantic_backlog($1, $2)",
            [worker, SemanticBacklogRunner.Lease],
            row => new SemanticLease(new TenantId(row.GetGuid(0)), worker),
            ct);
        return claimed.SingleOrDefault();
    }

    protected override void LogFailure(Exception exception) => LogFault(exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; computing semantic vectors is paused")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Computing semantic vectors failed and is retried")]
    private partial void LogFault(Exception exception);
}
