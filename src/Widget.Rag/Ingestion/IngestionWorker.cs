using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Widget.Rag.Storage;

namespace Widget.Rag.Ingestion;

/// <summary>
/// Takes unfinished jobs, one after another, and runs them. A job is held by a lease: when this node dies, another finds the
/// lease run out and goes on where it stopped.
/// </summary>
public sealed partial class IngestionWorker(
    NpgsqlDataSource dataSource,
    JobRunner runner,
    IngestionSignal signal,
    ILogger<IngestionWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Guid _node = Guid.CreateVersion7();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await ClaimAsync(stoppingToken) is var (tenant, job)) await RunAsync(tenant, job, stoppingToken);
                else await signal.WaitAsync(Patience, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                LogDatabaseAway(e);
                await Task.Delay(Patience, stoppingToken);
            }
        }
    }

    private async Task<(TenantId Tenant, JobId Job)?> ClaimAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_id, job_id from claim_ingestion_job($1, $2)");
        command.Parameters.Add(new() { Value = _node });
        command.Parameters.Add(new() { Value = Lease });
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? (new TenantId(row.GetGuid(0)), new JobId(row.GetGuid(1))) : null;
    }

    private async Task RunAsync(TenantId tenant, JobId job, CancellationToken stoppingToken)
    {
        LogStarted(tenant, job);
        using var lease = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var renewing = RenewAsync(tenant, job, lease);
        try
        {
            await runner.RunAsync(tenant, job, lease.Token);
            LogFinished(tenant, job);
        }
        catch (OperationCanceledException) when (lease.IsCancellationRequested)
        {
            LogLeft(tenant, job);
            await SetLeaseAsync(tenant, job, TimeSpan.Zero, CancellationToken.None);
        }
        catch (Exception e) when (e is not (NpgsqlException or TimeoutException))
        {
            // A fault of ours: the lease is left to run out, so that the job is tried again, later, and its items' attempts count.
            LogFault(e, tenant, job);
        }
        finally
        {
            await lease.CancelAsync();
            await renewing;
        }
    }

    private async Task RenewAsync(TenantId tenant, JobId job, CancellationTokenSource lease)
    {
        try
        {
            using var timer = new PeriodicTimer(Renewal);
            while (await timer.WaitForNextTickAsync(lease.Token))
                if (!await SetLeaseAsync(tenant, job, Lease, lease.Token)) await lease.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The job ended.
        }
        catch (NpgsqlException e)
        {
            LogDatabaseAway(e);
            await lease.CancelAsync();
        }
    }

    // False when another node holds the job by now.
    private async Task<bool> SetLeaseAsync(TenantId tenant, JobId job, TimeSpan lease, CancellationToken ct)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select set_config('app.tenant_id', $1, true)") { Parameters = { new() { Value = tenant.Value.ToString() } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update ingestion_jobs set lease_until = now() + $3 where id = $1 and lease_owner = $2")
        {
            Parameters = { new() { Value = job.Value }, new() { Value = _node }, new() { Value = lease } },
        });
        await batch.ExecuteNonQueryAsync(ct);
        return batch.BatchCommands[1].RecordsAffected == 1;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ingestion job {Job} of tenant {Tenant} started")]
    private partial void LogStarted(TenantId tenant, JobId job);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ingestion job {Job} of tenant {Tenant} finished")]
    private partial void LogFinished(TenantId tenant, JobId job);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ingestion job {Job} of tenant {Tenant} left to another node")]
    private partial void LogLeft(TenantId tenant, JobId job);

    [LoggerMessage(Level = LogLevel.Error, Message = "Ingestion job {Job} of tenant {Tenant} met a fault and will be tried again")]
    private partial void LogFault(Exception exception, TenantId tenant, JobId job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is away; ingestion waits for it")]
    private partial void LogDatabaseAway(Exception exception);
}
