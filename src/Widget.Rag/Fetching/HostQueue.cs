using System.Collections.Concurrent;

namespace Widget.Rag.Fetching;

/// <summary>Limits the load that all jobs of this node put on one host: few requests at once, with a delay between their starts.</summary>
public sealed class HostQueue(FetchOptions options, TimeProvider clock)
{
    private const int MaxIdle = 1_000;

    private readonly ConcurrentDictionary<string, Host> _hosts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Waits until the host may be requested. Dispose the result when the request is done.</summary>
    /// <param name="authority">Host and port.</param>
    /// <param name="delay">The host's crawl delay; null when it sets none.</param>
    /// <param name="ct">Cancels the wait.</param>
    public async Task<IDisposable> EnterAsync(string authority, TimeSpan? delay, CancellationToken ct)
    {
        if (_hosts.Count > MaxIdle) Forget();
        var host = _hosts.GetOrAdd(authority, _ => new Host(options.ParallelPerHost));
        await host.Room.WaitAsync(ct);
        try
        {
            var pause = delay > options.HostDelay ? delay.Value : options.HostDelay;
            TimeSpan wait;
            lock (host)
            {
                var now = clock.GetTimestamp();
                wait = host.Next is { } next && next > now ? clock.GetElapsedTime(now, next) : TimeSpan.Zero;
                host.Next = Math.Max(host.Next ?? now, now) + (long)(pause.TotalSeconds * clock.TimestampFrequency);
            }

            if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, ct);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    // If an entry is evicted while a request waits for it, the limit is exceeded once. That is acceptable.
    private void Forget()
    {
        var now = clock.GetTimestamp();
        foreach (var (authority, host) in _hosts)
            if (host.Room.CurrentCount == options.ParallelPerHost && !(host.Next > now)) _hosts.TryRemove(authority, out _);
    }

    private sealed class Host(int room) : IDisposable
    {
        public SemaphoreSlim Room { get; } = new(room);

        // Clock timestamp before which no request may start.
        public long? Next { get; set; }

        public void Dispose() => Room.Release();
    }
}
