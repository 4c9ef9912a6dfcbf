using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;

namespace Widget.Api.Limits;

/// <summary>
/// Checks whether a request is allowed. Buckets exist only for keys that are known to be real, are removed when they are full again, and
/// are limited in number: beyond the limit, keys share a few buckets.
/// </summary>
public sealed class RequestLimits : IAsyncDisposable
{
    /// <summary>More than an installation needs in its busiest minutes.</summary>
    internal const int MostBuckets = 50_000;

    private const int SharedByTheRest = 64;

    // Nodes need not share these buckets: the requests are cheap, or are spread over the nodes anyway.
    private static readonly Limit[] LocalOnly = [Limit.VisitorRequests, Limit.Anonymous];

    private readonly LimitOptions _options;
    private readonly SharedCounters _shared;
    private readonly TimeProvider _clock;
    private readonly Counter<long> _refused;
    private readonly PartitionedRateLimiter<Bucket> _limiter;
    private readonly ConcurrentDictionary<Bucket, bool> _known = [];

    internal RequestLimits(LimitOptions options, SharedCounters shared, IMeterFactory meters, TimeProvider clock)
    {
        (_options, _shared, _clock) = (options, shared, clock);
        _refused = meters.Create(SharedCounters.MeterName).CreateCounter<long>(
            "widget.limits.refused",
            "{request}",
            "Requests refused by a rate limit, by limit.");
        _limiter = PartitionedRateLimiter.Create<Bucket, Bucket>(bucket => RateLimitPartition.Get(bucket, Make));
    }

    /// <summary>Number of buckets on this node.</summary>
    public int Buckets => _known.Count;

    /// <summary>Counts one request. Null when it is allowed.</summary>
    /// <param name="limit">The limit that it counts for.</param>
    /// <param name="key">The key that it counts for: one that is known to exist, or an address.</param>
    /// <param name="ct">Ends the wait for the shared counters.</param>
    public async ValueTask<Refusal?> TakeAsync(Limit limit, string key, CancellationToken ct)
    {
        if (_options.Of(limit) is not { } rate) return null;
        var bucket = new Bucket(limit, key);
        if (_known.Count >= MostBuckets && !_known.ContainsKey(bucket)) bucket = Rest(bucket);
        using var lease = await _limiter.AcquireAsync(bucket, 1, ct);
        return lease.IsAcquired ? null : Refuse(limit, lease, rate);
    }

    /// <summary>Whether a request would be refused now. Takes no token, creates no bucket and makes no database query.</summary>
    public Refusal? Peek(Limit limit, string key)
    {
        var bucket = new Bucket(limit, key);
        if (_options.Of(limit) is not { } rate || !_known.ContainsKey(bucket)) return null;
        using var lease = _limiter.AttemptAcquire(bucket, 0);
        return lease.IsAcquired ? null : Refuse(limit, lease, rate);
    }

    public ValueTask DisposeAsync() => _limiter.DisposeAsync();

    private static Bucket Rest(Bucket bucket) =>
        bucket with { Key = $"rest {(uint)StringComparer.Ordinal.GetHashCode(bucket.Key) % SharedByTheRest}" };

    private SharedTokenBucket Make(Bucket bucket)
    {
        _known[bucket] = true;
        return new SharedTokenBucket(
            _options.Of(bucket.Limit)!,
            Array.IndexOf(LocalOnly, bucket.Limit) >= 0 ? null : _shared,
            SharedCounters.KeyOf(bucket.Limit, bucket.Key),
            _clock,
            () => _known.TryRemove(bucket, out _));
    }

    private Refusal Refuse(Limit limit, RateLimitLease lease, Rate rate)
    {
        _refused.Add(1, new KeyValuePair<string, object?>("widget.limit", limit.ToString()));
        return new Refusal(limit, lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : rate.Each);
    }

    private readonly record struct Bucket(Limit Limit, string Key);
}
