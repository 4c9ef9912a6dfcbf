using Microsoft.Extensions.Logging;
using Npgsql;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Search;

namespace Widget.Rag.Catalog;

/// <summary>
/// Queues the crawls that are due. Each source is claimed by one node for some minutes, and its next crawl time is set in the transaction
/// that queues its crawl. If the node dies in between, another node claims the source.
/// </summary>
public sealed partial class RecrawlWorker(
    NpgsqlDataSource dataSource,
    SourceCatalog sources,
    TimeProvider clock,
    ILogger<RecrawlWorker> logger) : PeriodicWorker(TimeSpan.FromSeconds(30), clock)
{
    private const int Batch = 100;

    /// <summary>Queues what is due now.</summary>
    /// <returns>How many sources were due.</returns>
    public async Task<int> QueueDueAsync(CancellationToken ct)
    {
        var due = await dataSource.ClaimAsync(
            "select tenant_id, source_id from claim_due_crawls($1)",
            [Batch],
            row => (Tenant: new TenantId(row.GetGuid(0)), Source: new SourceId(row.GetGuid(1))),
            ct);
        foreach (var (tenant, source) in due)
        {
            try
            {
                await sources.CrawlAsync(tenant, source, ct);
                LogQueued(tenant, source);
            }
            catch (Exception e) when (e is not OperationCanceledException && !DatabaseFaults.IsTransient(e))
            {
                // The source is due again soon; the other sources must not wait for it.
                LogNotQueued(SanitizedException.From(e), tenant, source);
            }
        }

        return due.Count;
    }

    protected override async Task TickAsync(CancellationToken ct)
    {
        while (await QueueDueAsync(ct) == Batch)
        {
            // There may be more.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Source {Source} of tenant {Tenant} is due and will be read again")]
    private partial void LogQueued(TenantId tenant, SourceId source);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; scheduled crawls are paused")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Source {Source} of tenant {Tenant} is due but could not be queued; it is retried")]
    private partial void LogNotQueued(Exception exception, TenantId tenant, SourceId source);

    [LoggerMessage(Level = LogLevel.Error, Message = "Queuing scheduled crawls failed and is retried")]
    protected override partial void LogFailure(Exception exception);
}
