using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Rooms;

/// <summary>A participant's connection to this node, while its stream runs.</summary>
internal sealed class RoomConnection : IDisposable
{
    // Setting up a connection to three others sends about a hundred signals.
    private static readonly TokenBucketRateLimiterOptions Rate = new()
    {
        TokenLimit = 400,
        TokensPerPeriod = 40,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        AutoReplenishment = true,
        QueueLimit = 0,
    };

    private readonly SemaphoreSlim _woken = new(0);
    private readonly TokenBucketRateLimiter _rate = new(Rate);
    private int _changed = 1;

    public required TenantId Tenant { get; init; }

    public required string Room { get; init; }

    public required Guid Participant { get; init; }

    public required RoomRole Role { get; init; }

    public required string Instance { get; init; }

    public required Guid Id { get; init; }

    /// <summary>The seq of the event with which this connection joined.</summary>
    public required int JoinedSeq { get; init; }

    /// <summary>What this connection knows of the room. Its stream adds events to it.</summary>
    public required RoomFold State { get; init; }

    /// <summary>Signals from participants on this node.</summary>
    public ConcurrentQueue<RoomSignal> Signals { get; } = [];

    /// <summary>Ids of signals from other nodes, which wait in the database.</summary>
    public ConcurrentQueue<Guid> RemoteSignals { get; } = [];

    /// <summary>Whether the participant is in the call, and not in the waiting room.</summary>
    public volatile bool IsIn;

    /// <summary>Who the other participants are, by the last event that this connection has seen.</summary>
    public volatile IReadOnlyDictionary<Guid, RoomParticipant> Others = new Dictionary<Guid, RoomParticipant>();

    /// <summary>Whether the participant may send another message now.</summary>
    public bool TakeTurn()
    {
        using var lease = _rate.AttemptAcquire();
        return lease.IsAcquired;
    }

    /// <summary>Makes the stream read the log.</summary>
    public void WakeForLog()
    {
        Interlocked.Exchange(ref _changed, 1);
        Wake();
    }

    public bool TakeLogChanged() => Interlocked.Exchange(ref _changed, 0) != 0;

    public void Deliver(RoomSignal signal)
    {
        Signals.Enqueue(signal);
        Wake();
    }

    public void DeliverRemote(Guid signal)
    {
        RemoteSignals.Enqueue(signal);
        Wake();
    }

    /// <summary>Returns false if the connection was not woken within the timeout, or if the node stops.</summary>
    public async Task<bool> WaitAsync(TimeSpan timeout, CancellationToken ct, CancellationToken stopping)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, stopping);
        try
        {
            if (!await _woken.WaitAsync(timeout, linked.Token)) return false;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }

        while (_woken.Wait(0, CancellationToken.None))
        {
            // Several wake-ups count as one.
        }

        return true;
    }

    public void Dispose()
    {
        _woken.Dispose();
        _rate.Dispose();
    }

    private void Wake()
    {
        try
        {
            if (_woken.CurrentCount == 0) _woken.Release();
        }
        catch (ObjectDisposedException)
        {
            // The connection has ended in the meantime.
        }
    }
}
