using System.Threading.RateLimiting;

namespace Widget.Api.Limits;

/// <summary>
/// A token bucket with two tiers. The local bucket refuses without a database query. What it allows is taken from the bucket that all
/// nodes share, in slices, so that most requests need no query. The first few tokens are settled with the first slice.
/// </summary>
internal sealed class SharedTokenBucket : RateLimiter
{
    private const int SmallestSlice = 4;
    private const int LargestSlice = 100;
    private const int SlicesInBucket = 20;

    private readonly TokenBucketRateLimiter _local;
    private readonly Rate _rate;
    private readonly SharedCounters? _shared;
    private readonly TimeProvider _clock;
    private readonly Action _forgotten;
    private readonly byte[] _key;
    private readonly int _slice;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _leased;
    private int _free;
    private int _owed;
    private DateTimeOffset? _refusedUntil;

    /// <param name="rate">Its size and how fast it refills.</param>
    /// <param name="shared">The bucket that all nodes share; null for a bucket of this node alone.</param>
    /// <param name="key">Its name in the shared counters.</param>
    /// <param name="clock">For waits.</param>
    /// <param name="forgotten">Called when the bucket is removed.</param>
    public SharedTokenBucket(Rate rate, SharedCounters? shared, byte[] key, TimeProvider clock, Action forgotten)
    {
        (_rate, _shared, _key, _clock, _forgotten) = (rate, shared, key, clock, forgotten);
        _slice = Math.Min(Math.Clamp(rate.Count / SlicesInBucket, SmallestSlice, LargestSlice), Math.Max(1, rate.Count / 2));
        _free = _slice;
        _local = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = rate.Count,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = rate.Each,
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
        if (RefusedFor() is { } wait) return new Refused(wait);
        // The library allows 0 permits as soon as a part of a token is available.
        if (permitCount == 0 && _local.GetStatistics()!.CurrentAvailablePermits < 1) return new Refused(_rate.Each);
        return _local.AttemptAcquire(permitCount);
    }

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        var lease = AttemptAcquireCore(permitCount);
        if (_shared is null || !lease.IsAcquired) return lease;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await SettleAsync(_shared, lease, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    // The local bucket has neither a timer nor a queue, so there is nothing to release, and current users may keep using it.
    protected override void Dispose(bool disposing)
    {
        if (disposing) _forgotten();
        base.Dispose(disposing);
    }

    private async Task<RateLimitLease> SettleAsync(SharedCounters shared, RateLimitLease lease, CancellationToken ct)
    {
        if (RefusedFor() is { } wait) return new Refused(wait);
        if (_leased > 0)
        {
            _leased--;
            return lease;
        }

        if (_free > 0)
        {
            _free--;
            _owed++;
            return lease;
        }

        if (await shared.TakeAsync(_key, _slice + _owed, _rate, ct) is not { } taken) return lease;
        var left = taken.Granted - _owed;
        _owed = Math.Max(0, -left);
        if (left > 0)
        {
            _leased = left - 1;
            return lease;
        }

        var refused = taken.Wait > _rate.Each ? taken.Wait : _rate.Each;
        lock (_turn) _refusedUntil = _clock.GetUtcNow() + refused;
        return new Refused(refused);
    }

    private TimeSpan? RefusedFor()
    {
        lock (_turn) return _refusedUntil - _clock.GetUtcNow() is { } left && left > TimeSpan.Zero ? left : null;
    }

    /// <summary>Not allowed, with the time until a next attempt.</summary>
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
