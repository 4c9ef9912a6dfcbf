namespace Widget.Rag.Search;

/// <summary>
/// Limits how many searches of this node's own knowledge base run at once. The others queue, first come, first served. A search's deadline
/// starts when it leaves the queue, so under load answers are late, but no search times out and looks as if it had found nothing.
/// </summary>
/// <param name="atOnce">Maximum number of concurrent searches.</param>
public sealed class SearchTurns(int atOnce) : IDisposable
{
    private readonly SemaphoreSlim _free = new(atOnce);
    private int _waiting;

    /// <summary>
    /// Enough to keep the processors and the database busy. More would only make each search slower.
    /// </summary>
    public static int Default => Math.Max(4, Environment.ProcessorCount * 2);

    /// <summary>Number of searches in the queue.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Waits for a turn. Dispose the result to end it.</summary>
    public async Task<IDisposable> TakeAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _free.WaitAsync(ct);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        return new Turn(_free);
    }

    public void Dispose() => _free.Dispose();

    private sealed class Turn(SemaphoreSlim free) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0) free.Release();
        }
    }
}
