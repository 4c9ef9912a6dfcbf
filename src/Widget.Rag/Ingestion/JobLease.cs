using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Rag.Ingestion;

/// <summary>A worker's hold on a job.</summary>
/// <param name="Tenant">The job's tenant.</param>
/// <param name="Job">The job.</param>
/// <param name="Worker">The worker that holds it. No two workers share an id, not even on one node.</param>
/// <param name="Lane">Which part of the job the worker does.</param>
public sealed record JobLease(TenantId Tenant, JobId Job, Guid Worker, JobLane Lane = JobLane.Any)
{
    /// <summary>
    /// Makes sure that this worker holds the job until the transaction ends. A worker that was frozen for longer than its lease must not
    /// commit over another worker's results. Call it last, because the lease cannot be renewed while the transaction locks the row.
    /// </summary>
    /// <exception cref="LeaseLostException">Another worker has the job, or it has ended.</exception>
    internal async Task ConfirmAsync(TenantDb db, CancellationToken ct)
    {
        await using var command = db.Command(
            "select 1 from ingestion_jobs where id = $1 and lease_owner = $2 and finished_at is null for update",
            [Job.Value, Worker]);
        if (await command.ExecuteScalarAsync(ct) is null) throw new LeaseLostException();
    }
}

/// <summary>The part of a job that a worker does.</summary>
public enum JobLane
{
    /// <summary>The whole job, however long it takes.</summary>
    Any,

    /// <summary>The quick documents; the rest is left to the slow lane.</summary>
    Quick,

    /// <summary>The rest of a job that takes long.</summary>
    Slow,
}
