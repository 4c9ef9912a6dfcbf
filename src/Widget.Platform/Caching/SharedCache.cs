namespace Widget.Platform.Caching;

/// <summary>
/// Keeps the results of expensive questions for a while. Bounded: the least recently used go first. Callers who want the same thing at
/// the same time share one run, which goes on as long as one of them waits. What fails is not kept.
/// </summary>
/// <param name="clock">Ages are measured with it.</param>
/// <param name="capacity">Most that is kept, in the unit of <paramref name="sizeOf"/>.</param>
/// <param name="sizeOf">What a result takes up; null for one each.</param>
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

    /// <param name="key">What is wanted.</param>
    /// <param name="run">Makes it. Cancelled when nobody waits any longer.</param>
    /// <param name="lifetime">How long a result may be kept; zero for not at all.</param>
    /// <param name="ct">Ends this caller's wait.</param>
    /// <returns>The result, and whether it was there or being made already.</returns>
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

        // Outside the lock: until it first waits, it runs on this thread.
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

            // One that was abandoned is being cancelled at this moment, and has nothing else to let go.
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

        // Not waited for: whoever listens to the token must not run under the cache's lock.
        public void Abandon() => _ = _abandoned.CancelAsync();
    }
}
