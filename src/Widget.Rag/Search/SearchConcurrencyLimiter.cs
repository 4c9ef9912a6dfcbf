namespace Widget.Rag.Search;

/// <summary>
/// Limits how many searches of the own knowledge base run at once on this node. The others wait in a queue, first come, first served. A
/// search's time limit starts when it leaves the queue. So a search under load is late, but it doesn't time out and look as if it had found
/// nothing.
/// </summary>
/// <param name="maxConcurrent">Maximum number of concurrent searches.</param>
public sealed class SearchConcurrencyLimiter(int maxConcurrent) : IDisposable
{
    private readonly SemaphoreSlim _free = new(maxConcurrent);
    private int _queued;

    /// <summary>
    /// Enough to keep the processors and the database busy. More would only make each search slower.
    /// </summary>
    public static int Default => Math.Max(4, Environment.ProcessorCount * 2);

    /// <summary>Number of searches in the queue.</summary>
    public int QueueLength => Volatile.Read(ref _queued);

    /// <summary>Waits until a search may run. Dispose the result when it has ended.</summary>
    public async Task<IDisposable> AcquireAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref _queued);
        try
        {
            await _free.WaitAsync(ct);
        }
        finally
        {
            Interlocked.Decrement(ref _queued);
        }

        return new Permit(_free);
    }

    public void Dispose() => _free.Dispose();

    private sealed class Permit(SemaphoreSlim free) : IDisposable
    {
        private int _isReleased;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReleased, 1) == 0) free.Release();
        }
    }
}
