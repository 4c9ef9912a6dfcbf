using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Rag.Reembedding;

/// <summary>Takes the embedding changes that are due, one at a time a node; a lease has another node go on when this one dies.</summary>
public sealed partial class EmbeddingWorker(
    NpgsqlDataSource dataSource,
    EmbeddingChangeRunner runner,
    TimeProvider clock,
    ILogger<EmbeddingWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var worker = Guid.CreateVersion7();
        var pause = new Backoff(clock, Patience, LongestPause);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await ClaimAsync(dataSource, worker, stoppingToken) is { } lease) await runner.RunAsync(lease, stoppingToken);
                else await Task.Delay(Patience, clock, stoppingToken);
                pause.Reset();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was, the lease runs out and the change is tried again.
                if (DatabaseFaults.IsTransient(e)) LogDatabaseAway(e);
                else LogFault(LoggedException.Of(e));
                await pause.WaitAsync(stoppingToken);
            }
        }
    }

    public static async Task<EmbeddingLease?> ClaimAsync(NpgsqlDataSource dataSource, Guid worker, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_id, model from claim_embedding_change($1, $2)");
        command.Parameters.Add(new() { Value = worker });
        command.Parameters.Add(new() { Value = EmbeddingChangeRunner.Lease });
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new EmbeddingLease(new TenantId(row.GetGuid(0)), row.GetString(1), worker) : null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; re-embedding is paused")]
    private partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Giving passages the vectors they lack failed; it is tried again")]
    private partial void LogFault(Exception exception);
}
