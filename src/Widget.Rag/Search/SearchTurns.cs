namespace Widget.Rag.Search;

/// <summary>
/// Bounds how many searches of this node's own knowledge run at once. The others wait in line, first come, first served. The deadline of a search
/// begins with its turn: many questions at once make answers late, and never make a search look as if it had found nothing.
/// </summary>
/// <param name="atOnce">Most searches that run at the same time.</param>
public sealed class SearchTurns(int atOnce) : IDisposable
{
    private readonly SemaphoreSlim _free = new(atOnce);
    private int _waiting;

    /// <summary>
    /// As many as keep the processors and the database busy. More would only make each of them slower.
    /// </summary>
    public static int Default => Math.Max(4, Environment.ProcessorCount * 2);

    /// <summary>How many searches wait for their turn.</summary>
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
