using Widget.Platform.Tenancy;

namespace Widget.Rag.Search;

/// <summary>Whether a knowledge base may be asked now.</summary>
/// <param name="MayAsk">It may: nothing is known against it.</param>
/// <param name="MayTry">It has been left alone for long enough: one caller, this one, may find out whether it is back.</param>
/// <param name="Reason">What it failed of and when; null when it may be asked.</param>
public readonly record struct Admission(bool MayAsk, bool MayTry, string? Reason);

/// <summary>
/// Circuit breakers, one for each tenant and service (Nygard, "Release It!", ch. 5). The first failure opens one, so that a dead
/// service costs its deadline once; after a pause that doubles with every failed attempt, a single caller tries again.
/// Only what fails takes up memory, and no more than <paramref name="capacity"/> of it: beyond that the oldest is forgotten and asked once more.
/// </summary>
public sealed class CircuitBreakers(TimeProvider clock, int capacity = 10_000)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<(TenantId, string), LinkedListNode<Trip>> _open = [];
    private readonly LinkedList<Trip> _byAge = [];

    /// <summary>How many are open.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _open.Count;
        }
    }

    /// <summary>How many are open for each kind of service: the first word of its name.</summary>
    public IReadOnlyDictionary<string, int> OpenByKind()
    {
        lock (_lock) return _open.Keys.CountBy(key => key.Item2.Split(' ', 2)[0], StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
    }

    public Admission Ask(TenantId tenant, string service)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue((tenant, service), out var node)) return new Admission(true, false, null);
            var trip = node.Value;
            var age = clock.GetElapsedTime(trip.FailedAt);
            var reason = $"not asked, it failed {age.TotalSeconds:0} s ago ({trip.Reason})";
            if (age < trip.Pause || clock.GetElapsedTime(trip.TriedAt) < trip.Pause) return new Admission(false, false, reason);
            // A try that is never heard of again is as good as failed: the next is due after another pause.
            trip.TriedAt = clock.GetTimestamp();
            return new Admission(false, true, reason);
        }
    }

    public void Worked(TenantId tenant, string service)
    {
        lock (_lock)
        {
            if (_open.Remove((tenant, service), out var node)) _byAge.Remove(node);
        }
    }

    /// <param name="tenant">Whose service.</param>
    /// <param name="service">Which.</param>
    /// <param name="fault">What was wrong; what only a person can set right is left alone for longer.</param>
    /// <param name="reason">The same in words, for traces.</param>
    /// <param name="retryAfter">How long the service itself asks to be left alone.</param>
    public void Failed(TenantId tenant, string service, KnowledgeFault fault, string reason, TimeSpan? retryAfter = null)
    {
        lock (_lock)
        {
            var failures = 1;
            var left = TimeSpan.Zero;
            if (_open.Remove((tenant, service), out var known))
            {
                _byAge.Remove(known);
                // Searches that were under way together fail together; that is one failure.
                left = known.Value.Pause - clock.GetElapsedTime(known.Value.FailedAt);
                failures = known.Value.Failures + (clock.GetElapsedTime(known.Value.FailedAt) >= known.Value.Pause ? 1 : 0);
            }

            var now = clock.GetTimestamp();
            // What it asked for when another failed stands.
            var pause = PauseAfter(fault, failures, retryAfter);
            var trip = new Trip((tenant, service), reason, left > pause ? left : pause, failures) { FailedAt = now, TriedAt = now };
            _open.Add(trip.Key, _byAge.AddLast(trip));
            if (_open.Count <= capacity) return;
            _open.Remove(_byAge.First!.Value.Key);
            _byAge.RemoveFirst();
        }
    }

    /// <summary>5 s, or a minute for what a person must set right, doubled with each failure in a row; never less than asked for, never over ten minutes.</summary>
    internal static TimeSpan PauseAfter(KnowledgeFault fault, int failures, TimeSpan? retryAfter)
    {
        var first = TimeSpan.FromSeconds(fault == KnowledgeFault.Configuration ? 60 : 5);
        var pause = first * Math.Pow(2, Math.Min(failures - 1, 10));
        if (retryAfter > pause) pause = retryAfter.Value;
        return pause < LongestPause ? pause : LongestPause;
    }

    private sealed record Trip((TenantId, string) Key, string Reason, TimeSpan Pause, int Failures)
    {
        public required long FailedAt { get; init; }

        public required long TriedAt { get; set; }
    }
}
