namespace Widget.Rag.Ingestion;

/// <summary>A job that a worker has claimed for one time slice.</summary>
/// <param name="Lease">The worker's lease on the job.</param>
/// <param name="Time">Measures the worker time to charge to the tenant.</param>
public sealed record ClaimedJob(JobLease Lease, WorkTimer Time);

/// <summary>Measures the worker time since the last reading.</summary>
public sealed class WorkTimer(TimeProvider clock)
{
    private long _read = clock.GetTimestamp();

    public TimeSpan Read()
    {
        var now = clock.GetTimestamp();
        return clock.GetElapsedTime(Interlocked.Exchange(ref _read, now), now);
    }
}
