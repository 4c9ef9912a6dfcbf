using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Widget.Rag.Storage;

namespace Widget.Rag.Ingestion;

/// <summary>
/// Takes unfinished jobs and runs them, a turn at a time, several at once and one a tenant, so that nobody's large job keeps the others
/// waiting. A job is held by a lease: when this node dies, another finds the lease run out and goes on where it stopped.
/// </summary>
public sealed partial class IngestionWorker(
    NpgsqlDataSource dataSource,
    JobRunner runner,
    IngestionSignal signal,
    ILogger<IngestionWorker> logger) : BackgroundService
{
    private const int Workers = 2;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(Guid.CreateVersion7(), stoppingToken)));

    private async Task WorkAsync(Guid worker, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await ClaimAsync(worker, stoppingToken) is { } lease) await RunAsync(lease, stoppingToken);
                else await signal.WaitAsync(Patience, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                LogDatabaseAway(e);
                await PauseAsync(stoppingToken);
            }
            catch (Exception e)
            {
                // Whatever it was, this node goes on working.
                LogTrouble(e);
                await PauseAsync(stoppingToken);
            }
        }
    }

    // Ends early when the node stops, which the loop sees for itself.
    private static Task PauseAsync(CancellationToken stoppingToken) =>
        Task.Delay(Patience, stoppingToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private async Task<JobLease?> ClaimAsync(Guid worker, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_id, job_id from claim_ingestion_job($1, $2)");
        command.Parameters.Add(new() { Value = worker });
        command.Parameters.Add(new() { Value = Lease });
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new JobLease(new TenantId(row.GetGuid(0)), new JobId(row.GetGuid(1)), worker) : null;
    }

    private async Task RunAsync(JobLease lease, CancellationToken stoppingToken)
    {
        using var activity = IngestionTelemetry.StartTurn(lease);
        LogTaken(lease.Tenant, lease.Job);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var renewing = RenewAsync(lease, held);
        try
        {
            if (await runner.RunAsync(lease, Turn, held.Token)) LogFinished(lease.Tenant, lease.Job);
            else await SetLeaseAsync(lease, TimeSpan.Zero, held.Token);
        }
        catch (OperationCanceledException e) when (held.IsCancellationRequested || e is LeaseLostException)
        {
            LogLeft(lease.Tenant, lease.Job);
            await SetLeaseAsync(lease, TimeSpan.Zero, CancellationToken.None);
        }
        catch (Exception e) when (e is not (NpgsqlException { IsTransient: true } or TimeoutException))
        {
            // A fault of ours: the lease is left to run out, so that the job is tried again, later.
            LogFault(e, lease.Tenant, lease.Job);
            await CountFaultAsync(lease);
        }
        finally
        {
            await held.CancelAsync();
            await renewing;
        }
    }

    private async Task CountFaultAsync(JobLease lease)
    {
        try
        {
            await runner.CountFaultAsync(lease, CancellationToken.None);
        }
        catch (LeaseLostException)
        {
            LogLeft(lease.Tenant, lease.Job);
        }
    }

    private async Task RenewAsync(JobLease lease, CancellationTokenSource held)
    {
        try
        {
            using var timer = new PeriodicTimer(Renewal);
            while (await timer.WaitForNextTickAsync(held.Token))
                if (!await SetLeaseAsync(lease, Lease, held.Token)) await held.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The job ended.
        }
        catch (Exception e)
        {
            // Whatever it was: without renewal the lease runs out, and working without one is not allowed.
            LogDatabaseAway(e);
            await held.CancelAsync();
        }
    }

    // False when another worker holds the job by now, or it has ended.
    private async Task<bool> SetLeaseAsync(JobLease lease, TimeSpan time, CancellationToken ct)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select set_config('app.tenant_id', $1, true)") { Parameters = { new() { Value = lease.Tenant.Value.ToString() } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update ingestion_jobs set lease_until = now() + $3 where id = $1 and lease_owner = $2")
        {
            Parameters = { new() { Value = lease.Job.Value }, new() { Value = lease.Worker }, new() { Value = time } },
        });
        await batch.ExecuteNonQueryAsync(ct);
        return batch.BatchCommands[1].RecordsAffected == 1;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ingestion job {Job} of tenant {Tenant} has its turn")]
    private partial void LogTaken(TenantId tenant, JobId job);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ingestion job {Job} of tenant {Tenant} finished")]
    private partial void LogFinished(TenantId tenant, JobId job);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ingestion job {Job} of tenant {Tenant} left to another node")]
    private partial void LogLeft(TenantId tenant, JobId job);

    [LoggerMessage(Level = LogLevel.Error, Message = "Ingestion job {Job} of tenant {Tenant} met a fault and will be tried again")]
    private partial void LogFault(Exception exception, TenantId tenant, JobId job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is away; ingestion waits for it")]
    private partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Ingestion met a fault and goes on")]
    private partial void LogTrouble(Exception exception);
}
