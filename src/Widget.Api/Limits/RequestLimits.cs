using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;

namespace Widget.Api.Limits;

/// <summary>
/// Decides whether a request is allowed. A bucket exists only for a key that has been verified, and is removed when it is full again. The
/// number of buckets is limited: when there are too many, further keys share a few buckets.
/// </summary>
public sealed class RequestLimits : IAsyncDisposable
{
    /// <summary>Maximum number of buckets, more than an installation needs at its busiest.</summary>
    internal const int MaxBuckets = 50_000;

    private const int OverflowBuckets = 64;

    // These buckets are not shared between nodes, because the requests are cheap.
    private static readonly Limit[] LocalOnly = [Limit.VisitorRequests, Limit.AddressReports, Limit.Anonymous];

    private readonly LimitOptions _options;
    private readonly SharedCounters _shared;
    private readonly TimeProvider _clock;
    private readonly Counter<long> _refused;
    private readonly PartitionedRateLimiter<Bucket> _limiter;
    private readonly ConcurrentDictionary<Bucket, bool> _buckets = [];

    internal RequestLimits(LimitOptions options, SharedCounters shared, IMeterFactory meters, TimeProvider clock)
    {
        (_options, _shared, _clock) = (options, shared, clock);
        _refused = meters.Create(SharedCounters.MeterName).CreateCounter<long>(
            "widget.limits.refused",
            "{request}",
            "Requests refused by a rate limit, by limit.");
        _limiter = PartitionedRateLimiter.Create<Bucket, Bucket>(bucket => RateLimitPartition.Get(bucket, CreateBucket));
    }

    /// <summary>Number of buckets on this node.</summary>
    public int Buckets => _buckets.Count;

    /// <summary>Counts one request. Returns null if it is allowed.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="key">What the limit counts by: a verified key, or an address.</param>
    /// <param name="ct">Ends the wait for the shared counters.</param>
    public async ValueTask<Refusal?> TakeAsync(Limit limit, string key, CancellationToken ct)
    {
        if (_options.Of(limit) is not { } rate) return null;
        var bucket = new Bucket(limit, key);
        if (_buckets.Count >= MaxBuckets && !_buckets.ContainsKey(bucket)) bucket = OverflowBucket(bucket);
        using var lease = await _limiter.AcquireAsync(bucket, 1, ct);
        return lease.IsAcquired ? null : Refuse(limit, lease, rate);
    }

    /// <summary>
    /// Returns a refusal if a request would be refused now. Takes no token, creates no bucket and makes no database query.
    /// </summary>
    public Refusal? Peek(Limit limit, string key)
    {
        var bucket = new Bucket(limit, key);
        if (_options.Of(limit) is not { } rate || !_buckets.ContainsKey(bucket)) return null;
        using var lease = _limiter.AttemptAcquire(bucket, 0);
        return lease.IsAcquired ? null : Refuse(limit, lease, rate);
    }

    public ValueTask DisposeAsync() => _limiter.DisposeAsync();

    private static Bucket OverflowBucket(Bucket bucket) =>
        bucket with { Key = $"rest {(uint)StringComparer.Ordinal.GetHashCode(bucket.Key) % OverflowBuckets}" };

    private SharedTokenBucket CreateBucket(Bucket bucket)
    {
        _buckets[bucket] = true;
        return new SharedTokenBucket(
            _options.Of(bucket.Limit)!,
            Array.IndexOf(LocalOnly, bucket.Limit) >= 0 ? null : _shared,
            SharedCounters.KeyOf(bucket.Limit, bucket.Key),
            _clock,
            () => _buckets.TryRemove(bucket, out _));
    }

    private Refusal Refuse(Limit limit, RateLimitLease lease, Rate rate)
    {
        _refused.Add(1, new KeyValuePair<string, object?>("widget.limit", limit.ToString()));
        return new Refusal(limit, lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : rate.RefillInterval);
    }

    private readonly record struct Bucket(Limit Limit, string Key);
}
