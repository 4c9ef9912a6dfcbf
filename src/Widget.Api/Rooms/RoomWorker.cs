using Npgsql;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Rooms;

/// <summary>A room that a node looks at.</summary>
internal sealed record RoomLease(TenantId Tenant, string Room, Guid Worker);

/// <summary>Says who is in rooms of a transport whose media is at another server.</summary>
internal interface IRoomPresence
{
    string Transport { get; }

    /// <summary>
    /// Returns whether anybody is there who did not join over the hub; if not, since when (null if nobody ever was). Also disconnects
    /// people who joined over the hub and are no longer in the call.
    /// </summary>
    Task<(bool IsPresent, DateTimeOffset? EmptiedAt)> FindAsync(RoomRow room, CancellationToken ct);

    /// <summary>Disconnects everybody from a room that is over. It does no harm to repeat it.</summary>
    Task CloseAsync(RoomRow room, CancellationToken ct);
}

/// <summary>
/// Looks after open rooms: notices lost connections, ends rooms that are over, and starts and ends the avatar's call. Each step looks at
/// the state first, so it does no harm to repeat it, also after a node died in the middle.
/// </summary>
internal sealed partial class RoomWorker(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    RoomLog log,
    RoomConnections connections,
    IEnumerable<IRoomAvatar> avatars,
    IEnumerable<IRoomPresence> presences,
    RoomTimings timings,
    WakeUpSignal<RoomWorker> signal,
    TimeProvider clock,
    ILogger<RoomWorker> logger) : LeasedWorker<RoomLease>(Pace, clock, signal)
{
    /// <summary>After this time, a participant whose connection is lost has left.</summary>
    public static readonly TimeSpan LostTime = TimeSpan.FromSeconds(30);

    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(1), MaxPause: TimeSpan.FromSeconds(30));
    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(30), Renewal: TimeSpan.FromSeconds(10));

    // A node renews its connections every 10 seconds.
    private static readonly TimeSpan SilentTime = TimeSpan.FromSeconds(30);

    protected override LeaseTimes? Lease => Times;

    // Starting the avatar of one room takes seconds.
    protected override int Workers => 4;

    protected override async Task<RoomLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id, id from claim_room($1, $2)",
            [slot.Id, Times.Length],
            row => new RoomLease(new TenantId(row.GetGuid(0)), row.GetString(1), slot.Id),
            ct);
        return claimed.SingleOrDefault();
    }

    protected override async Task<bool> RenewAsync(RoomLease lease, CancellationToken ct)
    {
        await using var batch = database.Batch(lease.Tenant).Add(
            """
            update rooms set lease_until = clock_timestamp() + $4
            where tenant_id = $1 and id = $2 and lease_owner = $3 returning 1
            """,
            [lease.Tenant.Value, lease.Room, lease.Worker, Times.Length]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    protected override async Task RunAsync(RoomLease lease, CancellationToken ct)
    {
        if (await CheckPeopleAsync(lease, ct) is not var (row, provider, isHubPresent, usesHub)) return;
        var presence = await PresenceAsync(row, isHubPresent, ct);
        if (row.EndedAt is null && usesHub && !presence.IsPresent && presence.EmptiedAt + timings.EmptyTime <= Clock.GetUtcNow())
            row = await EndEmptyAsync(lease, ct) ?? row;
        var next = await CheckAvatarAsync(lease, row, provider, presence, ct);
        if (row.EndedAt is not null && presences.FirstOrDefault(presence => presence.Transport == row.Transport) is { } elsewhere)
            await elsewhere.CloseAsync(row, ct);
        await ReleaseAsync(lease, next, ct);
    }

    // Releases the room at once, so that another node goes on with it.
    protected override async Task OnCancelledAsync(RoomLease lease, bool isStopping)
    {
        if (isStopping) await ReleaseAsync(lease, Clock.GetUtcNow(), CancellationToken.None);
    }

    // Nobody has been in the room for a while, neither over the hub nor at the media server.
    private async Task<RoomRow?> EndEmptyAsync(RoomLease lease, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        if (await log.LockAsync(db, lease.Room, ct) is not { } room || room.Row.LeaseOwner != lease.Worker) return null;
        var isEmpty = room.Participants.All(participant => participant.State != RoomPresence.In);
        if (room.Row.EndedAt is null && isEmpty) await RoomExits.EndAsync(room, "empty", RoomActor.Staff, ct);
        await room.CommitAsync(connections, ct);
        return room.Row;
    }

    // Also returns the avatar's provider, whether anybody is in the room over the hub, and whether the hub's rules apply.
    private async Task<(RoomRow Row, string? Provider, bool IsHubPresent, bool UsesHub)?> CheckPeopleAsync(
        RoomLease lease,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        if (await log.LockAsync(db, lease.Room, ct) is not { } room || room.Row.LeaseOwner != lease.Worker) return null;
        // What becomes due from here on makes it due again.
        room.Row.DueAt = null;
        if (room.Row.EndedAt is null)
        {
            foreach (var silent in await SilentAsync(room, ct))
                room.Add("disconnected", silent with { Connected = false, LostAt = room.Now });
            foreach (var participant in room.Participants)
            {
                if (participant is { LostAt: { } lost, State: RoomPresence.In or RoomPresence.Waiting } && lost + LostTime <= room.Now)
                    RoomExits.Leave(room, participant, RoomPresence.Left, "left", by: null);
            }

            if (room.Row.ExpiresAt <= room.Now) await RoomExits.EndAsync(room, "expired", RoomActor.Staff, ct);
        }

        await room.CommitAsync(connections, ct);
        var isHubPresent = room.Participants.Any(participant => participant is { State: RoomPresence.In, IsAtHub: true });
        return (room.Row, room.Facts.Avatar?.Provider, isHubPresent, room.UsesHub);
    }

    // Participants whose node no longer says that they are connected.
    private static async Task<IReadOnlyList<RoomParticipant>> SilentAsync(LockedRoom room, CancellationToken ct)
    {
        var connected = room.Participants.Where(participant => participant is { Connected: true, IsAtHub: true }).ToList();
        if (connected.Count == 0) return [];
        await using var command = room.Db.Command(
            "select id from room_connections where tenant_id = $1 and room_id = $2 and seen_at > clock_timestamp() - $3",
            [room.Db.TenantId.Value, room.Row.Id, SilentTime]);
        var seen = new HashSet<Guid>();
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct)) seen.Add(rows.GetGuid(0));
        return connected.FindAll(participant => participant.Connection is not { } id || !seen.Contains(id));
    }

    // Returns when to look again because of the avatar.
    private async Task<DateTimeOffset?> CheckAvatarAsync(
        RoomLease lease,
        RoomRow row,
        string? provider,
        (bool IsPresent, DateTimeOffset? EmptiedAt) presence,
        CancellationToken ct)
    {
        // A running call stays with its provider, even if the room moves to LiveKit.
        if (avatars.FirstOrDefault(known => known.Provider == provider) is not { } avatar) return null;
        var (isPresent, emptiedAt) = presence;
        var now = Clock.GetUtcNow();
        switch (AvatarRule.Next(row, isPresent, emptiedAt, now))
        {
            case AvatarStep.Start:
                // The number is stored first: a node that goes on after this one starts the same call.
                if (await SetAsync(lease, RoomAvatarState.Starting, null, null, room => room.AvatarCall = "starting", ct))
                    await ApplyAsync(lease, await avatar.StartAsync(row, ct), ct);
                return now + timings.AvatarCheck;
            case AvatarStep.Check when row.AvatarCall == "starting":
                await ApplyAsync(lease, await avatar.StartAsync(row, ct), ct);
                return now + timings.AvatarCheck;
            case AvatarStep.Check:
                await ApplyAsync(lease, await avatar.CheckAsync(row, row.AvatarCall!, ct), ct);
                return now + timings.AvatarCheck;
            case AvatarStep.Pause:
            case AvatarStep.End:
                // A start whose result was lost is repeated, to find the call that must be ended.
                var call = row.AvatarCall == "starting" ? (await avatar.StartAsync(row, ct)).Call : row.AvatarCall;
                if (call is not null) await avatar.EndAsync(row, call, ct);
                var ended = row is { AvatarWanted: true, EndedAt: null } ? RoomAvatarState.Paused : RoomAvatarState.Ended;
                await SetAsync(
                    lease,
                    ended,
                    null,
                    null,
                    room => (room.AvatarCall, room.AvatarNumber) = (null, room.AvatarNumber + 1),
                    ct);
                return null;
            default:
                if (row.AvatarWanted && !isPresent) await SetAsync(lease, RoomAvatarState.Paused, null, null, _ => { }, ct);
                return null;
        }
    }

    private async Task<(bool IsPresent, DateTimeOffset? EmptiedAt)> PresenceAsync(RoomRow row, bool isHubPresent, CancellationToken ct)
    {
        if (presences.FirstOrDefault(presence => presence.Transport == row.Transport) is not { } elsewhere || row.EndedAt is not null)
            return (isHubPresent, row.EmptiedAt);
        var (isPresent, emptiedAt) = await elsewhere.FindAsync(row, ct);
        if (isHubPresent || isPresent) return (true, null);
        return (false, emptiedAt is null || row.EmptiedAt > emptiedAt ? row.EmptiedAt : emptiedAt);
    }

    private Task ApplyAsync(RoomLease lease, AvatarCall call, CancellationToken ct) => SetAsync(
        lease,
        call.State,
        call.Url,
        call.Error,
        room =>
        {
            if (call.Call is not null)
            {
                room.AvatarCall = call.Call;
                return;
            }

            // It is over at its provider, or did not start. Whoever wants it back invites it again.
            (room.AvatarCall, room.AvatarNumber, room.AvatarWanted) = (null, room.AvatarNumber + 1, false);
        },
        ct);

    private async Task<bool> SetAsync(
        RoomLease lease,
        RoomAvatarState state,
        string? url,
        string? error,
        Action<RoomRow> change,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        if (await log.LockAsync(db, lease.Room, ct) is not { } room || room.Row.LeaseOwner != lease.Worker) return false;
        change(room.Row);
        var provider = room.Facts.Avatar?.Provider ?? AvatarRule.Tavus;
        // Sent away meanwhile: the next look ends the call.
        var isGone = !room.Row.AvatarWanted && state is RoomAvatarState.Starting or RoomAvatarState.Queued or RoomAvatarState.In;
        var shown = isGone || room.Row.EndedAt is not null
            ? new RoomAvatar(RoomAvatarState.Ended, provider, room.Row.AvatarName)
            : new RoomAvatar(state, provider, room.Row.AvatarName, url, error);
        if (room.Facts.Avatar is { } before && before != shown) room.Add("avatar", room.Facts with { Avatar = shown });
        await room.CommitAsync(connections, ct);
        return true;
    }

    private async Task ReleaseAsync(RoomLease lease, DateTimeOffset? next, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        if (await log.LockAsync(db, lease.Room, ct) is not { } room || room.Row.LeaseOwner != lease.Worker) return;
        (room.Row.LeaseOwner, room.Row.LeaseUntil) = (null, null);
        if (next is { } due) room.Due(due);
        if (room.Row.EndedAt is null)
        {
            room.Due(room.Row.ExpiresAt);
            // Later, if people are left at the media server whom the room's log does not show.
            if (room.Row.EmptiedAt + timings.EmptyTime is { } empty && room.UsesHub)
                room.Due(empty > room.Now ? empty : room.Now + RoomPeople.CheckInterval);
            foreach (var participant in room.Participants)
            {
                if (participant is { Connected: true, Connection: not null }) room.Due(room.Now + RoomPeople.CheckInterval);
                else if (participant is { LostAt: { } lost, State: RoomPresence.In or RoomPresence.Waiting }) room.Due(lost + LostTime);
            }
        }
        else if (room.Row.AvatarCall is not null)
        {
            room.Due(room.Now + timings.AvatarCheck);
        }

        var isDue = room.Row.DueAt <= room.Now;
        await room.CommitAsync(connections, ct);
        if (isDue) signal.Raise();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; rooms are looked after when it is back")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking after a room failed and is retried")]
    protected override partial void LogFailure(Exception exception);
}
