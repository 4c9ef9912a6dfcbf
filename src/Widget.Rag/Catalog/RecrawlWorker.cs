using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;

namespace Widget.Rag.Catalog;

/// <summary>
/// Queues the crawls whose time has come. Every node looks; each source is taken by one of them, for some minutes, within which its next
/// time is set in the transaction that queues its crawl. A node that dies in between loses nothing.
/// </summary>
public sealed partial class RecrawlWorker(NpgsqlDataSource dataSource, SourceCatalog sources, TimeProvider clock, ILogger<RecrawlWorker> logger) : BackgroundService
{
    private const int Batch = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Queues what is due now.</summary>
    /// <returns>How many crawls.</returns>
    public async Task<int> QueueDueAsync(CancellationToken ct)
    {
        var due = new List<(TenantId Tenant, SourceId Source)>();
        await using (var command = dataSource.CreateCommand("select tenant_id, source_id from claim_due_crawls($1)"))
        {
            command.Parameters.Add(new() { Value = Batch });
            await using var row = await command.ExecuteReaderAsync(ct);
            while (await row.ReadAsync(ct)) due.Add((new TenantId(row.GetGuid(0)), new SourceId(row.GetGuid(1))));
        }

        foreach (var (tenant, source) in due)
        {
            try
            {
                await sources.CrawlAsync(tenant, source, ct);
                LogQueued(tenant, source);
            }
            catch (Exception e) when (e is not OperationCanceledException && !DatabaseFaults.IsTransient(e))
            {
                // It is due again soon; the others are not to wait for it.
                LogNotQueued(e, tenant, source);
            }
        }

        return due.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    while (await QueueDueAsync(stoppingToken) == Batch)
                    {
                        // There may be more.
                    }
                }
                catch (Exception e) when (DatabaseFaults.IsTransient(e))
                {
                    LogDatabaseAway(e);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // Whatever it was, this node goes on working.
                    LogTrouble(LoggedException.Of(e));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Source {Source} of tenant {Tenant} is due and will be read again")]
    private partial void LogQueued(TenantId tenant, SourceId source);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; scheduled crawls are paused")]
    private partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Source {Source} of tenant {Tenant} is due but could not be queued; it will be tried again")]
    private partial void LogNotQueued(Exception exception, TenantId tenant, SourceId source);

    [LoggerMessage(Level = LogLevel.Error, Message = "Queuing scheduled crawls met a fault and goes on")]
    private partial void LogTrouble(Exception exception);
}
