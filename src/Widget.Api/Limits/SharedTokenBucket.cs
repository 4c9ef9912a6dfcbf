using System.Threading.RateLimiting;

namespace Widget.Api.Limits;

/// <summary>
/// A token bucket with two levels. A request first takes a token from the local bucket, which refuses without a database query. It then
/// takes one from the bucket that all nodes share. Shared tokens are fetched in slices, so that most requests need no query. Until
/// the first slice is fetched, a few requests are allowed without a token. Their tokens are deducted from that slice.
/// </summary>
internal sealed class SharedTokenBucket : RateLimiter
{
    private const int MinSlice = 4;
    private const int MaxSlice = 100;
    private const int SlicesPerBucket = 20;

    private readonly TokenBucketRateLimiter _local;
    private readonly Rate _rate;
    private readonly SharedCounters? _shared;
    private readonly TimeProvider _clock;
    private readonly Action _onRemoved;
    private readonly byte[] _key;
    private readonly int _slice;
    private readonly SemaphoreSlim _gate = new(1, 1);
    // Tokens of the last slice that are not used yet.
    private int _fetched;

    // Requests that are still allowed before the first slice is fetched.
    private int _freeLeft;

    // Tokens that the next slice must pay for.
    private int _unpaid;

    // Set when the shared bucket is empty.
    private DateTimeOffset? _refusedUntil;

    /// <param name="rate">The bucket's size and how fast it refills.</param>
    /// <param name="shared">The buckets that all nodes share. Null for a bucket of this node only.</param>
    /// <param name="key">The bucket's key in the shared counters.</param>
    /// <param name="clock">Measures waits.</param>
    /// <param name="onRemoved">Called when the bucket is removed.</param>
    public SharedTokenBucket(Rate rate, SharedCounters? shared, byte[] key, TimeProvider clock, Action onRemoved)
    {
        (_rate, _shared, _key, _clock, _onRemoved) = (rate, shared, key, clock, onRemoved);
        _slice = Math.Min(Math.Clamp(rate.Count / SlicesPerBucket, MinSlice, MaxSlice), Math.Max(1, rate.Count / 2));
        _freeLeft = _slice;
        _local = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = rate.Count,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = rate.RefillInterval,
            QueueLimit = 0,
            AutoReplenishment = false,
        });
    }

    /// <summary>How long the bucket has been full. The partitioned limiter then removes it.</summary>
    public override TimeSpan? IdleDuration
    {
        get
        {
            _local.TryReplenish();
            return _local.IdleDuration;
        }
    }

    public override RateLimiterStatistics? GetStatistics() => _local.GetStatistics();

    /// <summary>Takes permits of the local bucket only. With 0 permits, checks whether one is available.</summary>
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        _local.TryReplenish();
        if (RemainingRefusal() is { } wait) return new Refused(wait);
        // The library grants 0 permits as soon as a fraction of a token is available.
        if (permitCount == 0 && _local.GetStatistics()!.CurrentAvailablePermits < 1) return new Refused(_rate.RefillInterval);
        return _local.AttemptAcquire(permitCount);
    }

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        var lease = AttemptAcquireCore(permitCount);
        if (_shared is null || !lease.IsAcquired) return lease;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await TakeSharedAsync(_shared, lease, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    // The local bucket has neither a timer nor a queue, so there is nothing to release, and current users may keep using it.
    protected override void Dispose(bool disposing)
    {
        if (disposing) _onRemoved();
        base.Dispose(disposing);
    }

    private async Task<RateLimitLease> TakeSharedAsync(SharedCounters shared, RateLimitLease lease, CancellationToken ct)
    {
        if (RemainingRefusal() is { } wait) return new Refused(wait);
        if (_fetched > 0)
        {
            _fetched--;
            return lease;
        }

        if (_freeLeft > 0)
        {
            _freeLeft--;
            _unpaid++;
            return lease;
        }

        if (await shared.TakeAsync(_key, _slice + _unpaid, _rate, ct) is not { } taken) return lease;
        var remaining = taken.Granted - _unpaid;
        _unpaid = Math.Max(0, -remaining);
        if (remaining > 0)
        {
            // One of them is for this request.
            _fetched = remaining - 1;
            return lease;
        }

        var refused = taken.Wait > _rate.RefillInterval ? taken.Wait : _rate.RefillInterval;
        lock (_gate) _refusedUntil = _clock.GetUtcNow() + refused;
        return new Refused(refused);
    }

    private TimeSpan? RemainingRefusal()
    {
        lock (_gate) return _refusedUntil - _clock.GetUtcNow() is { } left && left > TimeSpan.Zero ? left : null;
    }

    /// <summary>A lease that was not acquired, with the time until the next attempt.</summary>
    internal sealed class Refused(TimeSpan wait) : RateLimitLease
    {
        public override bool IsAcquired => false;

        public override IEnumerable<string> MetadataNames => [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? wait : null;
            return metadata is not null;
        }
    }
}
