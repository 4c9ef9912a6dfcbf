using System.Collections.Concurrent;

namespace Widget.Rag.Fetching;

/// <summary>Keeps this node's jobs together from pressing one host: a few fetches at once, with a pause between their beginnings.</summary>
public sealed class HostQueue(FetchOptions options, TimeProvider clock)
{
    private const int MostIdle = 1_000;

    private readonly ConcurrentDictionary<string, Host> _hosts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Waits until the host may be asked; disposing the result makes room for the next.</summary>
    /// <param name="authority">Host and port.</param>
    /// <param name="delay">What the host itself asks for between two fetches; null when it says nothing.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<IDisposable> EnterAsync(string authority, TimeSpan? delay, CancellationToken ct)
    {
        if (_hosts.Count > MostIdle) Forget();
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

    // One that is forgotten while somebody is on the way to it costs a little politeness, once.
    private void Forget()
    {
        var now = clock.GetTimestamp();
        foreach (var (authority, host) in _hosts)
            if (host.Room.CurrentCount == options.ParallelPerHost && !(host.Next > now)) _hosts.TryRemove(authority, out _);
    }

    private sealed class Host(int room) : IDisposable
    {
        public SemaphoreSlim Room { get; } = new(room);

        // The clock's timestamp before which nobody begins.
        public long? Next { get; set; }

        public void Dispose() => Room.Release();
    }
}
