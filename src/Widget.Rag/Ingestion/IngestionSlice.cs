namespace Widget.Rag.Ingestion;

/// <summary>A job in one of its time slices.</summary>
/// <param name="Job">The worker's hold on the job.</param>
/// <param name="Meter">Measures the time to charge.</param>
public sealed record IngestionSlice(JobLease Job, SliceMeter Meter);

/// <summary>Measures the worker time since the last reading.</summary>
public sealed class SliceMeter(TimeProvider clock)
{
    private long _read = clock.GetTimestamp();

    public TimeSpan Read()
    {
        var now = clock.GetTimestamp();
        return clock.GetElapsedTime(Interlocked.Exchange(ref _read, now), now);
    }
}
