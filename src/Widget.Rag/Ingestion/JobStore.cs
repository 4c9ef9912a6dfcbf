using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Own;

namespace Widget.Rag.Ingestion;

/// <summary>Reads and writes the state of jobs.</summary>
internal sealed class JobStore(TenantDatabase database, TimeProvider clock)
{
    public async Task<(IngestionJob Job, Source Source)> FindAsync(JobLease lease, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        var job = await db.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.Id == lease.Job, ct) ?? throw new LeaseLostException();
        return (job, await db.Sources.AsNoTracking().SingleAsync(row => row.Id == job.SourceId, ct));
    }

    /// <summary>Takes the job's next items into work; empty when none is left for the worker's lane.</summary>
    /// <param name="run">The job.</param>
    /// <param name="pages">Maximum number of items that must be fetched.</param>
    /// <param name="ct">Cancels the operation.</param>
    public async Task<List<IngestionItem>> TakeBatchAsync(JobRun run, int pages, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(run.Lease.Tenant, ct);
        var batch = await JobItems.TakeAsync(db, run.Job, pages, run.Lease.Lane, ct);
        await db.CommitAsync(ct);
        return batch;
    }

    /// <summary>Shows what the job is doing.</summary>
    public async Task SetStatusAsync(IngestionJob job, JobStatus status, CancellationToken ct)
    {
        if (job.Status == status) return;
        job.Status = status;
        await using var db = await database.BeginAsync(job.TenantId, ct);
        await db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, status), ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Moves the rest of a quick worker's job to the slow lane.</summary>
    /// <param name="lease">The worker's lease on the job.</param>
    /// <param name="ct">Cancels the operation.</param>
    /// <param name="evenIfDone">Moves the job even if no item is left, because its site has not been listed yet.</param>
    /// <returns>Whether the job was moved.</returns>
    public async Task<bool> MoveToSlowLaneAsync(JobLease lease, CancellationToken ct, bool evenIfDone = false)
    {
        if (lease.Lane != JobLane.Quick) return false;
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        if (!evenIfDone && !await JobItems.AnyLeftAsync(db, lease.Job, ct)) return false;
        await lease.ConfirmAsync(db, ct);
        await db.Jobs.Where(row => row.Id == lease.Job).ExecuteUpdateAsync(set => set.SetProperty(row => row.Slow, true), ct);
        await db.CommitAsync(ct);
        return true;
    }

    /// <summary>Counts an internal error and returns how many have occurred in a row without progress.</summary>
    public async Task<int> CountFaultAsync(JobLease lease, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await lease.ConfirmAsync(db, ct);
        var job = await db.Jobs.SingleAsync(row => row.Id == lease.Job, ct);
        job.Faults++;
        await db.CommitAsync(ct);
        return job.Faults;
    }

    /// <summary>Ends the job; failed when there is an error or none of its documents could be read.</summary>
    /// <param name="lease">The worker's lease on the job.</param>
    /// <param name="error">Why the whole job failed, in plain words; null when it did not.</param>
    /// <param name="ct">Cancels the operation.</param>
    /// <param name="notice">One more crawl notice.</param>
    public async Task FinishAsync(JobLease lease, string? error, CancellationToken ct, string? notice = null)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await lease.ConfirmAsync(db, ct);
        var job = await db.Jobs.SingleAsync(row => row.Id == lease.Job, ct);
        // If no document could be read, the job fails with the first document's error.
        if (error is null && job.Done == 0 && job.Total > 0)
        {
            error = await db.Items
                .Where(item => item.JobId == lease.Job && item.Error != null)
                .OrderBy(item => item.Ordinal)
                .Select(item => item.Error)
                .FirstOrDefaultAsync(ct);
        }

        job.Status = error is null ? JobStatus.Ready : JobStatus.Failed;
        job.Error = error;
        job.FinishedAt = clock.GetUtcNow();
        job.LeaseOwner = null;
        job.LeaseUntil = null;
        if (error is not null) await JobItems.FailUnfinishedAsync(db, lease.Job, error, ct);
        if (job.Discovery != Discovery.Given)
        {
            var found = await CrawlNotices.OfPagesAsync(db, job, ct);
            job.CrawlNotices = [.. job.CrawlNotices, .. found, .. notice is null ? [] : new[] { notice }];
        }

        // Items that failed or were read only in part stay, with their reason. The others have become documents.
        await db.Items
            .Where(item => item.JobId == lease.Job && item.State == ItemState.Ready && item.Notice == null)
            .ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        IngestionTelemetry.JobEnded(job.FinishedAt.Value - job.CreatedAt, failed: error is not null);
    }
}
