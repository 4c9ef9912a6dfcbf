using Widget.Platform.Tenancy;

namespace Widget.Rag.Ingestion;

/// <summary>A worker's hold on a job.</summary>
/// <param name="Tenant">Whose job.</param>
/// <param name="Job">Which.</param>
/// <param name="Worker">Who holds it; no two workers share one, not even on one node.</param>
/// <param name="Lane">What is done of it.</param>
public sealed record JobLease(TenantId Tenant, JobId Job, Guid Worker, JobLane Lane = JobLane.Any)
{
    /// <summary>
    /// Makes sure, for the rest of the transaction, that the job is still this worker's. One that was away for longer than its lease
    /// must not commit what another has done meanwhile. Called last, since the lease cannot be renewed while the transaction holds it.
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

/// <summary>What a worker does of a job.</summary>
public enum JobLane
{
    /// <summary>All of it, however long it takes.</summary>
    Any,

    /// <summary>What is quick; the rest is left to the slow lane.</summary>
    Quick,

    /// <summary>All that is left of a job that takes long.</summary>
    Slow,
}

/// <summary>The job belongs to another worker by now.</summary>
public sealed class LeaseLostException() : OperationCanceledException("The lease on the job was lost.");
