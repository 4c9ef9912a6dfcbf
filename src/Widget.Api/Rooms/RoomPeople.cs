using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Rooms;

/// <summary>Who asks for a change: the staff or a program, or a participant.</summary>
/// <param name="Participant">Null for the staff, programs and the server.</param>
internal readonly record struct RoomActor(Guid? Participant)
{
    public static RoomActor Staff => new(null);
}

/// <summary>What people do in a room. Each change is one transaction that locks the room and looks at its state first.</summary>
internal sealed class RoomPeople(
    TenantDatabase database,
    RoomLog log,
    RoomConnections connections,
    IRoomMedia media,
    WakeUpSignal<RoomWorker> worker)
{
    /// <summary>How often a node looks at a room in which somebody is.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(15);

    /// <summary>A participant's page joins, or comes back. The participant's earlier connection is replaced.</summary>
    /// <returns>The connection and the room, or why the participant can't join.</returns>
    public async Task<(RoomConnection? Connection, RoomRow? Row, RoomFault? Fault)> JoinAsync(
        RoomTicket ticket,
        RoomJoinRequest request,
        CancellationToken ct)
    {
        // Before the transaction: a request that waits for a second connection while it holds one can block all others.
        var hasMedia = await media.IsAvailableAsync(ticket.Tenant, ct);
        await using var db = await database.BeginAsync(ticket.Tenant, ct);
        if (await log.LockAsync(db, ticket.Room, ct) is not { } room) return (null, null, RoomFaults.Invalid);
        if (room.IsOver) return (null, null, RoomFaults.Ended);
        var known = room.Find(ticket.Participant);
        if (known?.State == RoomPresence.Removed) return (null, null, RoomFaults.Removed);
        var isIn = ticket.Role == RoomRole.Host || !room.Row.WaitingRoom || known is { State: RoomPresence.In or RoomPresence.Left };
        if (isIn && !RoomSeats.TryTake(room, ticket.Participant, media, hasMedia, ticket.Participant)) return (null, null, RoomFaults.Full);

        var isNewPage = known?.Instance != request.Instance;
        var self = new RoomParticipant
        {
            Id = ticket.Participant,
            Name = NameOf(request.Name, NameOf(known?.Name ?? ticket.Name, ticket.Role == RoomRole.Host ? "Host" : "Guest")),
            Role = ticket.Role,
            State = isIn ? RoomPresence.In : RoomPresence.Waiting,
            Connected = true,
            Connection = Guid.NewGuid(),
            Instance = request.Instance,
            Order = known?.Order ?? room.NextSeq,
            JoinedAt = isIn ? known?.JoinedAt ?? room.Now : null,
            Microphone = request.Microphone && !(known?.MutedByHost ?? false),
            Camera = request.Camera,
            Screen = !isNewPage && known!.Screen,
            MutedByHost = known?.MutedByHost ?? false,
            Consent = known?.Consent,
        };
        var joined = room.Add(isIn ? "joined" : "waiting", self, self.Id);
        if (isIn) Enter(room);
        room.Due(room.Row.AvatarWanted && isIn ? room.Now : room.Now + CheckInterval);
        if (isIn && RecordingConsent.Next(room) is { } facts) room.Add("recording", facts);
        db.RoomConnections.Add(new RoomConnectionRow
        {
            TenantId = ticket.Tenant,
            Id = self.Connection.Value,
            RoomId = room.Row.Id,
            ParticipantId = self.Id,
            SeenAt = room.Now,
        });
        var connection = new RoomConnection
        {
            Tenant = ticket.Tenant,
            Room = room.Row.Id,
            Participant = self.Id,
            Role = ticket.Role,
            Instance = request.Instance,
            Id = self.Connection.Value,
            JoinedSeq = joined.Seq,
            State = room.Copy(),
            IsIn = isIn,
        };
        RoomFeed.Update(connection);
        connections.Add(connection);
        try
        {
            await room.CommitAsync(connections, ct);
        }
        catch
        {
            connections.Remove(connection);
            throw;
        }

        if (room.Row.AvatarWanted) worker.Raise();
        return (connection, room.Row, null);
    }

    /// <summary>The page has gone without a word. It may come back.</summary>
    public Task DisconnectAsync(TenantId tenant, string roomId, Guid participant, Guid connection, CancellationToken ct) =>
        ChangeAsync(
            tenant,
            roomId,
            async room =>
            {
                await RemoveConnectionAsync(room, connection, ct);
                if (room.Find(participant) is not { Connected: true } self || self.Connection != connection) return null;
                if (self.State is not (RoomPresence.In or RoomPresence.Waiting)) return null;
                room.Add("disconnected", self with { Connected = false, LostAt = room.Now, Screen = false });
                room.Due(room.Now + RoomWorker.LostTime);
                return null;
            },
            ct,
            evenIfOver: true);

    /// <summary>The participant leaves. It ends nothing for the others.</summary>
    public Task<RoomFault?> LeaveAsync(RoomConnection connection, CancellationToken ct) => ChangeAsync(
        connection.Tenant,
        connection.Room,
        async room =>
        {
            await RemoveConnectionAsync(room, connection.Id, ct);
            if (room.Find(connection.Participant) is { State: RoomPresence.In or RoomPresence.Waiting } self)
                RoomExits.Leave(room, self, RoomPresence.Left, "left", self.Id);
            return null;
        },
        ct);

    public Task<RoomFault?> MediaAsync(RoomConnection connection, RoomMediaRequest request, CancellationToken ct) => ChangeSelfAsync(
        connection,
        (room, self) =>
        {
            var changed = self with
            {
                Microphone = request.Microphone ?? self.Microphone,
                Camera = request.Camera ?? self.Camera,
                Screen = request.Screen ?? self.Screen,
                MutedByHost = self.MutedByHost && request.Microphone is not true,
            };
            if (changed != self) room.Add("media", changed, self.Id);
        },
        ct);

    /// <summary>The participant's answer to whether the call may be recorded.</summary>
    public Task<RoomFault?> ConsentAsync(RoomConnection connection, bool agreed, CancellationToken ct) => ChangeSelfAsync(
        connection,
        (room, self) =>
        {
            if (self.Consent == agreed) return;
            room.Add("consent", self with { Consent = agreed }, self.Id);
            if (RecordingConsent.Next(room) is { } facts) room.Add("recording", facts);
        },
        ct);

    public Task<RoomFault?> ChatAsync(
        TenantId tenant,
        string roomId,
        Guid participant,
        RoomChat chat,
        CancellationToken ct) => ChangeAsync(
        tenant,
        roomId,
        async room =>
        {
            if (room.Find(participant) is not { State: RoomPresence.In } self) return RoomFaults.NotIn;
            await using var known = room.Db.Command(
                "select 1 from room_events where tenant_id = $1 and room_id = $2 and id = $3",
                [tenant.Value, roomId, chat.MessageId]);
            if (await known.ExecuteScalarAsync(ct) is null) room.Add(chat with { From = self.Id, Name = NameOf(chat.Name, self.Name) });
            return null;
        },
        ct);

    public async Task<RoomFault?> AdmitAsync(TenantId tenant, string roomId, Guid participant, RoomActor by, CancellationToken ct)
    {
        var hasMedia = await media.IsAvailableAsync(tenant, ct);
        return await ChangeOtherAsync(
            tenant,
            roomId,
            participant,
            (room, other) =>
            {
                if (other.State != RoomPresence.Waiting) return null;
                if (!RoomSeats.TryTake(room, participant, media, hasMedia, by.Participant)) return RoomFaults.Full;
                room.Add("admitted", other with { State = RoomPresence.In, JoinedAt = room.Now }, by.Participant);
                Enter(room);
                if (RecordingConsent.Next(room) is { } facts) room.Add("recording", facts);
                if (room.Row.AvatarWanted) room.Due(room.Now);
                return null;
            },
            ct);
    }

    public Task<RoomFault?> DeclineAsync(TenantId tenant, string roomId, Guid participant, RoomActor by, CancellationToken ct) =>
        ChangeOtherAsync(
            tenant,
            roomId,
            participant,
            (room, other) =>
            {
                if (other.State == RoomPresence.Waiting) RoomExits.Leave(room, other, RoomPresence.Declined, "declined", by.Participant);
                return null;
            },
            ct);

    public Task<RoomFault?> RemoveAsync(TenantId tenant, string roomId, Guid participant, RoomActor by, CancellationToken ct) =>
        ChangeOtherAsync(
            tenant,
            roomId,
            participant,
            (room, other) =>
            {
                if (other.State != RoomPresence.Removed) RoomExits.Leave(room, other, RoomPresence.Removed, "removed", by.Participant);
                return null;
            },
            ct);

    public Task<RoomFault?> MuteAsync(TenantId tenant, string roomId, Guid participant, RoomActor by, CancellationToken ct) =>
        ChangeOtherAsync(
            tenant,
            roomId,
            participant,
            (room, other) =>
            {
                if (other is { State: RoomPresence.In } && (other.Microphone || !other.MutedByHost))
                    room.Add("muted", other with { Microphone = false, MutedByHost = true }, by.Participant);
                return null;
            },
            ct);

    /// <summary>Invites the avatar, or sends it away. A worker starts and ends its call.</summary>
    public async Task<RoomFault?> SetAvatarAsync(
        TenantId tenant,
        string roomId,
        bool wanted,
        string? name,
        RoomActor by,
        CancellationToken ct)
    {
        var hasAgent = wanted && await media.HasAgentAsync(tenant, ct);
        return await ChangeAsync(
            tenant,
            roomId,
            room =>
            {
                // Asking twice starts one.
                if (room.Row.AvatarWanted == wanted) return Task.FromResult<RoomFault?>(null);
                room.Row.AvatarWanted = wanted;
                if (wanted)
                {
                    room.Row.AvatarName = name;
                    room.Add(
                        "avatar",
                        room.Facts with { Avatar = new RoomAvatar(RoomAvatarState.Starting, AvatarRule.Provider(room, hasAgent), name) },
                        by.Participant);
                }
                else if (room.Facts.Avatar is { } avatar)
                {
                    room.Add(
                        "avatar",
                        room.Facts with { Avatar = avatar with { State = RoomAvatarState.Ended, Url = null } },
                        by.Participant);
                }

                room.Due(room.Now);
                return Task.FromResult<RoomFault?>(null);
            },
            ct);
    }

    /// <summary>Ends the call for all.</summary>
    public async Task<RoomFault?> EndAsync(TenantId tenant, string roomId, string reason, RoomActor by, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await log.LockAsync(db, roomId, ct) is not { } room) return RoomFaults.NoRoom;
        if (room.Row.EndedAt is not null) return null;
        await RoomExits.EndAsync(room, reason, by, ct);
        await room.CommitAsync(connections, ct);
        worker.Raise();
        return null;
    }

    /// <summary>Changes a room in one transaction.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="change">Adds events; returns why it can't.</param>
    /// <param name="ct">Cancels it.</param>
    /// <param name="evenIfOver">Whether to change a room that is over.</param>
    public async Task<RoomFault?> ChangeAsync(
        TenantId tenant,
        string roomId,
        Func<LockedRoom, Task<RoomFault?>> change,
        CancellationToken ct,
        bool evenIfOver = false)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await log.LockAsync(db, roomId, ct) is not { } room) return RoomFaults.NoRoom;
        if (!evenIfOver && room.IsOver) return RoomFaults.Ended;
        if (await change(room) is { } fault) return fault;
        await room.CommitAsync(connections, ct);
        if (room.Row.DueAt <= room.Now) worker.Raise();
        return null;
    }

    private static void Enter(LockedRoom room)
    {
        room.Row.UsedAt ??= room.Now;
        room.Row.EmptiedAt = null;
    }

    private Task<RoomFault?> ChangeSelfAsync(
        RoomConnection connection,
        Action<LockedRoom, RoomParticipant> change,
        CancellationToken ct) => ChangeAsync(
        connection.Tenant,
        connection.Room,
        room =>
        {
            if (room.Find(connection.Participant) is not { State: RoomPresence.In } self)
                return Task.FromResult<RoomFault?>(RoomFaults.NotIn);
            change(room, self);
            return Task.FromResult<RoomFault?>(null);
        },
        ct);

    private Task<RoomFault?> ChangeOtherAsync(
        TenantId tenant,
        string roomId,
        Guid participant,
        Func<LockedRoom, RoomParticipant, RoomFault?> change,
        CancellationToken ct) => ChangeAsync(
        tenant,
        roomId,
        room => Task.FromResult(room.Find(participant) is { } other ? change(room, other) : RoomFaults.NoParticipant),
        ct);

    private static async Task RemoveConnectionAsync(LockedRoom room, Guid connection, CancellationToken ct)
    {
        await using var delete = room.Db.Command(
            "delete from room_connections where tenant_id = $1 and id = $2",
            [room.Db.TenantId.Value, connection]);
        await delete.ExecuteNonQueryAsync(ct);
    }

    private static string NameOf(string? chosen, string otherwise) =>
        string.IsNullOrWhiteSpace(chosen) ? otherwise : chosen.Trim();
}
