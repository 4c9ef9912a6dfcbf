using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion;

/// <summary>
/// Claims unfinished jobs and runs them in time slices, several at once, so that one tenant's large job does not block the others. The
/// next slice goes to the tenant that has recently used the least worker time, and slow documents have separate workers. A job is claimed
/// with a lease: if this node dies, the lease expires and another node continues the job.
/// </summary>
public sealed partial class IngestionWorker(
    NpgsqlDataSource dataSource,
    JobRunner runner,
    IngestionSignal signal,
    TimeProvider clock,
    ILogger<IngestionWorker> logger,
    IngestionOptions? options = null) : BackgroundService
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IngestionOptions _options = options ?? new IngestionOptions();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Enumerable.Repeat(JobLane.Quick, _options.QuickWorkers).Concat(Enumerable.Repeat(JobLane.Slow, _options.SlowWorkers))
            .Select(lane => WorkAsync(Guid.CreateVersion7(), lane, stoppingToken)));

    private async Task WorkAsync(Guid worker, JobLane lane, CancellationToken stoppingToken)
    {
        var pause = new Backoff(clock, Patience, LongestPause);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await ClaimAsync(worker, lane, stoppingToken) is { } lease) await RunAsync(lease, stoppingToken);
                // New jobs are quick until they are found to be slow.
                else if (lane == JobLane.Quick) await signal.WaitAsync(Patience, stoppingToken);
                else await Task.Delay(Patience, clock, stoppingToken);
                pause.Reset();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was, this node goes on working.
                Report(e);
                await pause.WaitAsync(stoppingToken);
            }
        }
    }

    private void Report(Exception exception)
    {
        if (DatabaseFaults.IsTransient(exception)) LogDatabaseAway(exception);
        else LogTrouble(LoggedException.Of(exception));
    }

    private async Task<JobLease?> ClaimAsync(Guid worker, JobLane lane, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_id, job_id from claim_ingestion_job($1, $2, $3)");
        command.Parameters.Add(new() { Value = worker });
        command.Parameters.Add(new() { Value = Lease });
        command.Parameters.Add(new() { Value = lane == JobLane.Quick ? "quick" : "slow" });
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new JobLease(new TenantId(row.GetGuid(0)), new JobId(row.GetGuid(1)), worker, lane) : null;
    }

    private async Task RunAsync(JobLease lease, CancellationToken stoppingToken)
    {
        using var activity = IngestionTelemetry.StartTurn(lease);
        LogTaken(lease.Tenant, lease.Job);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var meter = new Meter(clock);
        var renewing = LeaseRenewal.KeepAsync(new LeaseTimes(Lease, Renewal), clock, held, ct => RenewAsync(lease, meter, ct), Report);
        try
        {
            if (await runner.RunAsync(lease, _options.Turn, held.Token)) LogFinished(lease.Tenant, lease.Job);
            else await SetLeaseAsync(lease, TimeSpan.Zero, held.Token);
        }
        catch (OperationCanceledException e) when (held.IsCancellationRequested || e is LeaseLostException)
        {
            LogLeft(lease.Tenant, lease.Job);
            await SetLeaseAsync(lease, TimeSpan.Zero, CancellationToken.None);
        }
        catch (Exception e) when (!DatabaseFaults.IsTransient(e))
        {
            // A fault of ours: the lease is left to run out, so that the job is tried again, later.
            LogFault(LoggedException.Of(e), lease.Tenant, lease.Job);
            await CountFaultAsync(lease);
        }
        finally
        {
            await held.CancelAsync();
            await renewing;
            await ChargeAsync(lease, meter);
        }
    }

    // A time slice is charged for the worker time it took, whatever its result.
    private async Task ChargeAsync(JobLease lease, Meter meter)
    {
        try
        {
            await using var batch = dataSource.CreateBatch();
            batch.BatchCommands.Add(AsTenant(lease));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                insert into ingestion_usage as old (tenant_id, seconds) values ($1, $2)
                on conflict (tenant_id) do update set seconds = recent_ingestion_seconds(old.seconds, old.at) + excluded.seconds, at = now()
                """)
            {
                Parameters = { new() { Value = lease.Tenant.Value }, new() { Value = meter.Read().TotalSeconds } },
            });
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // An uncharged time slice matters less than the work; a deleted tenant has no usage row.
            LogNotCharged(e, lease.Tenant);
        }
    }

    private static NpgsqlBatchCommand AsTenant(JobLease lease) =>
        new("select set_config('app.tenant_id', $1, true)") { Parameters = { new() { Value = lease.Tenant.Value.ToString() } } };

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

    private async Task<bool> RenewAsync(JobLease lease, Meter meter, CancellationToken ct)
    {
        var ours = await SetLeaseAsync(lease, Lease, ct);
        await ChargeAsync(lease, meter);
        return ours;
    }

    // False when another worker holds the job by now, or it has ended.
    private async Task<bool> SetLeaseAsync(JobLease lease, TimeSpan time, CancellationToken ct)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(AsTenant(lease));
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; ingestion is paused")]
    private partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Ingestion met a fault and goes on")]
    private partial void LogTrouble(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ingestion time of tenant {Tenant} could not be recorded")]
    private partial void LogNotCharged(Exception exception, TenantId tenant);

    // What a turn has taken since it was last asked.
    private sealed class Meter(TimeProvider clock)
    {
        private long _read = clock.GetTimestamp();

        public TimeSpan Read()
        {
            var now = clock.GetTimestamp();
            return clock.GetElapsedTime(Interlocked.Exchange(ref _read, now), now);
        }
    }
}
