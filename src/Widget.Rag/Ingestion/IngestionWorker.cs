using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion;

/// <summary>
/// Claims unfinished jobs and runs them in time slices, several at once, so that one tenant's large job does not block the others. The
/// next slice goes to the tenant that has recently used the least worker time, and slow documents have separate workers.
/// </summary>
public sealed partial class IngestionWorker(
    NpgsqlDataSource dataSource,
    JobRunner runner,
    WakeUpSignal<IngestionWorker> signal,
    TimeProvider clock,
    ILogger<IngestionWorker> logger,
    IngestionOptions? options = null) : LeasedWorker<ClaimedJob>(Pace, clock, signal)
{
    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(2), MaxPause: TimeSpan.FromSeconds(15));
    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(30), Renewal: TimeSpan.FromSeconds(10));

    private readonly IngestionOptions _options = options ?? new IngestionOptions();

    protected override int Workers => _options.QuickWorkers + _options.SlowWorkers;

    protected override int LaneOf(WorkerSlot slot) => (int)JobLaneOf(slot);

    protected override LeaseTimes? Lease => Times;

    protected override async Task<ClaimedJob?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
    {
        var lane = JobLaneOf(slot);
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id, job_id from claim_ingestion_job($1, $2, $3)",
            [slot.Id, Times.Length, lane == JobLane.Quick ? "quick" : "slow"],
            row => new JobLease(new TenantId(row.GetGuid(0)), new JobId(row.GetGuid(1)), slot.Id, lane),
            ct);
        if (claimed is not [var lease]) return null;
        LogClaimed(lease.Tenant, lease.Job);
        return new ClaimedJob(lease, new WorkTimer(Clock));
    }

    // New jobs are quick until they are found to be slow, so the signal is for the quick workers.
    protected override Task WaitAsync(WorkerSlot slot, CancellationToken ct) =>
        JobLaneOf(slot) == JobLane.Quick ? base.WaitAsync(slot, ct) : Task.Delay(Pace.Poll, Clock, ct);

    protected override Activity? StartActivity(ClaimedJob claimed) => IngestionTelemetry.StartTimeSlice(claimed.Lease);

    protected override async Task RunAsync(ClaimedJob claimed, CancellationToken ct)
    {
        var lease = claimed.Lease;
        if (await runner.RunAsync(lease, _options.Turn, ct)) LogFinished(lease.Tenant, lease.Job);
        else await SetLeaseAsync(lease, TimeSpan.Zero, ct);
    }

    protected override async Task<bool> RenewAsync(ClaimedJob claimed, CancellationToken ct)
    {
        var isOurs = await SetLeaseAsync(claimed.Lease, Times.Length, ct);
        await ChargeAsync(claimed);
        return isOurs;
    }

    protected override Task OnCancelledAsync(ClaimedJob claimed, bool isStopping)
    {
        LogLeft(claimed.Lease.Tenant, claimed.Lease.Job);
        return SetLeaseAsync(claimed.Lease, TimeSpan.Zero, CancellationToken.None);
    }

    protected override async Task<bool> TryHandleAsync(ClaimedJob claimed, Exception exception)
    {
        if (DatabaseFaults.IsTransient(exception)) return false;
        // The lease is left to expire, so that the job is tried again later.
        LogFault(SanitizedException.From(exception), claimed.Lease.Tenant, claimed.Lease.Job);
        try
        {
            await runner.CountFaultAsync(claimed.Lease, CancellationToken.None);
        }
        catch (LeaseLostException)
        {
            LogLeft(claimed.Lease.Tenant, claimed.Lease.Job);
        }

        return true;
    }

    // A time slice is charged for the worker time it took, whatever its result.
    protected override Task OnEndedAsync(ClaimedJob claimed) => ChargeAsync(claimed);

    private JobLane JobLaneOf(WorkerSlot slot) => slot.Number < _options.QuickWorkers ? JobLane.Quick : JobLane.Slow;

    private async Task ChargeAsync(ClaimedJob claimed)
    {
        var tenant = claimed.Lease.Tenant;
        try
        {
            await using var batch = dataSource.CreateBatch();
            batch.BatchCommands.Add(AsTenant(tenant));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                insert into ingestion_usage as old (tenant_id, seconds) values ($1, $2)
                on conflict (tenant_id) do update set seconds = recent_ingestion_seconds(old.seconds, old.at) + excluded.seconds, at = now()
                """)
            {
                Parameters = { new() { Value = tenant.Value }, new() { Value = claimed.Time.Read().TotalSeconds } },
            });
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // The tenant has been deleted.
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // An uncharged time slice matters less than the work.
            LogNotCharged(SanitizedException.From(e), tenant);
        }
    }

    // False when another worker holds the job, or it has ended.
    private async Task<bool> SetLeaseAsync(JobLease lease, TimeSpan time, CancellationToken ct)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(AsTenant(lease.Tenant));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "update ingestion_jobs set lease_until = now() + $3 where id = $1 and lease_owner = $2")
        {
            Parameters = { new() { Value = lease.Job.Value }, new() { Value = lease.Worker }, new() { Value = time } },
        });
        await batch.ExecuteNonQueryAsync(ct);
        return batch.BatchCommands[1].RecordsAffected == 1;
    }

    private static NpgsqlBatchCommand AsTenant(TenantId tenant) =>
        new("select set_config('app.tenant_id', $1, true)") { Parameters = { new() { Value = tenant.Value.ToString() } } };

    [LoggerMessage(Level = LogLevel.Information, Message = "Ingestion job {Job} of tenant {Tenant} starts a time slice")]
    private partial void LogClaimed(TenantId tenant, JobId job);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ingestion job {Job} of tenant {Tenant} finished")]
    private partial void LogFinished(TenantId tenant, JobId job);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ingestion job {Job} of tenant {Tenant} left to another node")]
    private partial void LogLeft(TenantId tenant, JobId job);

    [LoggerMessage(Level = LogLevel.Error, Message = "Ingestion job {Job} of tenant {Tenant} failed unexpectedly and will be tried again")]
    private partial void LogFault(Exception exception, TenantId tenant, JobId job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; ingestion is paused")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Ingestion failed unexpectedly and continues")]
    protected override partial void LogFailure(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ingestion time of tenant {Tenant} could not be recorded")]
    private partial void LogNotCharged(Exception exception, TenantId tenant);
}
