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
/// <param name="capacity">Maximum total size, in the unit of <paramref name="sizeOf"/>.</param>
/// <param name="sizeOf">The size of a result. If null, each result counts as one.</param>
public sealed class CoalescingCache<TKey, TValue>(TimeProvider clock, long capacity, Func<TValue, long>? sizeOf = null)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byLastUse = [];
    private readonly Dictionary<TKey, PendingCall> _pending = [];
    private long _size;

    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <param name="key">The key of the result.</param>
    /// <param name="load">Computes the result. It is cancelled when no caller waits for it any longer.</param>
    /// <param name="lifetimeOf">How long to cache a result. Zero means that it is not cached.</param>
    /// <param name="ct">Ends this caller's wait.</param>
    /// <returns>The result, and whether it was cached or another caller had already started the call.</returns>
    public async Task<(TValue Value, bool Shared)> GetAsync(
        TKey key,
        Func<CancellationToken, Task<TValue>> load,
        Func<TValue, TimeSpan> lifetimeOf,
        CancellationToken ct)
    {
        PendingCall call;
        bool joined;
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node))
            {
                if (clock.GetTimestamp() < node.Value.Expires)
                {
                    _byLastUse.Remove(node);
                    _byLastUse.AddLast(node);
                    return (node.Value.Value, true);
                }

                Remove(node);
            }

            joined = _pending.TryGetValue(key, out call!);
            if (!joined) _pending.Add(key, call = new PendingCall());
            call.WaiterCount++;
        }

        // Outside the lock, because the call runs on this thread until its first await.
        if (!joined) call.Start(LoadAsync(key, call, load, lifetimeOf));
        try
        {
            return (await (await call.Started).WaitAsync(ct), joined);
        }
        finally
        {
            lock (_lock)
            {
                if (--call.WaiterCount == 0 && _pending.GetValueOrDefault(key) == call)
                {
                    _pending.Remove(key);
                    call.Abandon();
                }
            }
        }
    }

    private async Task<TValue> LoadAsync(
        TKey key,
        PendingCall call,
        Func<CancellationToken, Task<TValue>> load,
        Func<TValue, TimeSpan> lifetimeOf)
    {
        try
        {
            var value = await load(call.Token);
            var lifetime = lifetimeOf(value);
            lock (_lock)
            {
                if (lifetime > TimeSpan.Zero && !_entries.ContainsKey(key)) Add(key, value, lifetime);
            }

            return value;
        }
        finally
        {
            bool isPending;
            lock (_lock)
            {
                isPending = _pending.GetValueOrDefault(key) == call && _pending.Remove(key);
            }

            // An abandoned call is still being cancelled, so it must not be disposed of here.
            if (isPending) call.Dispose();
        }
    }

    private void Add(TKey key, TValue value, TimeSpan lifetime)
    {
        var size = sizeOf?.Invoke(value) ?? 1;
        if (size > capacity) return;
        var expires = clock.GetTimestamp() + (long)(lifetime.TotalSeconds * clock.TimestampFrequency);
        _entries.Add(key, _byLastUse.AddLast(new Entry(key, value, expires, size)));
        _size += size;
        while (_size > capacity) Remove(_byLastUse.First!);
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _byLastUse.Remove(node);
        _size -= node.Value.Size;
    }

    private sealed record Entry(TKey Key, TValue Value, long Expires, long Size);

    private sealed class PendingCall : IDisposable
    {
        private readonly CancellationTokenSource _abandoned = new();
        private readonly TaskCompletionSource<Task<TValue>> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public PendingCall() => Token = _abandoned.Token;

        public int WaiterCount { get; set; }

        public CancellationToken Token { get; }

        public Task<Task<TValue>> Started => _started.Task;

        public void Start(Task<TValue> task) => _started.SetResult(task);

        public void Dispose() => _abandoned.Dispose();

        // Not awaited, because callbacks of the token must not run under the cache's lock.
        public void Abandon() => _ = _abandoned.CancelAsync();
    }
}
