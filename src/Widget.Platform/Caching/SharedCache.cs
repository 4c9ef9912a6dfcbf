namespace Widget.Platform.Caching;

/// <summary>
/// Caches the results of expensive calls in this process, up to a total size. When it is full, it drops the least recently used result.
/// Concurrent callers with the same key share one call, which continues as long as one of them waits. It does not cache failures.
/// </summary>
/// <remarks>
/// HybridCache does not fit. It takes a result's lifetime before the call, but only the result shows whether it is complete and may be
/// cached. It knows the size of serialized results only, so it cannot bound the total size of results that it keeps as objects. And it does
/// not tell a caller whether the result was cached.
/// </remarks>
/// <param name="clock">Measures the age of results.</param>
/// <param name="capacity">The largest total size, in the unit of <paramref name="sizeOf"/>.</param>
/// <param name="sizeOf">The size of a result; null counts each as one.</param>
public sealed class SharedCache<TKey, TValue>(TimeProvider clock, long capacity, Func<TValue, long>? sizeOf = null)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _kept = [];
    private readonly LinkedList<Entry> _byUse = [];
    private readonly Dictionary<TKey, Flight> _flights = [];
    private long _size;

    public int Count
    {
        get
        {
            lock (_lock) return _kept.Count;
        }
    }

    /// <param name="key">The key of the result.</param>
    /// <param name="run">Makes the result. It is cancelled when no caller waits for it any longer.</param>
    /// <param name="lifetime">How long to cache a result; zero for not at all.</param>
    /// <param name="ct">Ends this caller's wait.</param>
    /// <returns>The result, and whether it was cached or another caller had already started the call.</returns>
    public async Task<(TValue Value, bool Shared)> GetAsync(
        TKey key,
        Func<CancellationToken, Task<TValue>> run,
        Func<TValue, TimeSpan> lifetime,
        CancellationToken ct)
    {
        Flight flight;
        bool joined;
        lock (_lock)
        {
            if (_kept.TryGetValue(key, out var node))
            {
                if (clock.GetTimestamp() < node.Value.Expires)
                {
                    _byUse.Remove(node);
                    _byUse.AddLast(node);
                    return (node.Value.Value, true);
                }

                Remove(node);
            }

            joined = _flights.TryGetValue(key, out flight!);
            if (!joined) _flights.Add(key, flight = new Flight());
            flight.Waiting++;
        }

        // Outside the lock, because the call runs on this thread until its first await.
        if (!joined) flight.Start(RunAsync(key, flight, run, lifetime));
        try
        {
            return (await (await flight.Started).WaitAsync(ct), joined);
        }
        finally
        {
            lock (_lock)
            {
                if (--flight.Waiting == 0 && _flights.GetValueOrDefault(key) == flight)
                {
                    _flights.Remove(key);
                    flight.Abandon();
                }
            }
        }
    }

    private async Task<TValue> RunAsync(TKey key, Flight flight, Func<CancellationToken, Task<TValue>> run, Func<TValue, TimeSpan> lifetime)
    {
        try
        {
            var value = await run(flight.Token);
            var kept = lifetime(value);
            lock (_lock)
            {
                if (kept > TimeSpan.Zero && !_kept.ContainsKey(key)) Keep(key, value, kept);
            }

            return value;
        }
        finally
        {
            bool wanted;
            lock (_lock)
            {
                wanted = _flights.GetValueOrDefault(key) == flight && _flights.Remove(key);
            }

            // An abandoned flight is still being cancelled, so it must not be disposed of here.
            if (wanted) flight.Dispose();
        }
    }

    private void Keep(TKey key, TValue value, TimeSpan lifetime)
    {
        var size = sizeOf?.Invoke(value) ?? 1;
        if (size > capacity) return;
        var expires = clock.GetTimestamp() + (long)(lifetime.TotalSeconds * clock.TimestampFrequency);
        _kept.Add(key, _byUse.AddLast(new Entry(key, value, expires, size)));
        for (_size += size; _size > capacity;) Remove(_byUse.First!);
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _kept.Remove(node.Value.Key);
        _byUse.Remove(node);
        _size -= node.Value.Size;
    }

    private sealed record Entry(TKey Key, TValue Value, long Expires, long Size);

    private sealed class Flight : IDisposable
    {
        private readonly CancellationTokenSource _abandoned = new();
        private readonly TaskCompletionSource<Task<TValue>> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Flight() => Token = _abandoned.Token;

        public int Waiting { get; set; }

        public CancellationToken Token { get; }

        public Task<Task<TValue>> Started => _started.Task;

        public void Start(Task<TValue> task) => _started.SetResult(task);

        public void Dispose() => _abandoned.Dispose();

        // Not awaited, because callbacks of the token must not run under the cache's lock.
        public void Abandon() => _ = _abandoned.CancelAsync();
    }
}
