using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Rooms;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.LiveKit;

/// <summary>
/// Who is in rooms at LiveKit. Each stay of a participant has LiveKit's own id, and its row says when it began and ended, so webhooks may
/// come in any order, twice, or not at all: the list of participants corrects the rows.
/// </summary>
internal sealed class LiveKitPresence(
    TenantDatabase database,
    LiveKitAccounts accounts,
    LiveKitClient client,
    RoomLog log,
    RoomPeople people,
    TimeProvider clock) : IRoomPresence
{
    public string Transport => RoomRow.LiveKit;

    public async Task<(bool IsPresent, DateTimeOffset? EmptiedAt)> FindAsync(RoomRow room, CancellationToken ct)
    {
        if (await accounts.OfAsync(room.TenantId, ct) is { } account) await TryReconcileAsync(account, room, ct);
        await using var db = await database.BeginAsync(room.TenantId, ct);
        if (await RoomLog.FindAsync(db, room.Id, ct) is not var (_, state)) return (false, null);
        var stays = await db.LiveKitSessions.AsNoTracking().Where(row => row.RoomId == room.Id && !row.IsAgent).ToListAsync(ct);
        stays.RemoveAll(stay => HubPerson(state.Find, stay.Identity) is not null);
        return stays.Exists(IsIn)
            ? (true, null)
            : (false, stays.Max(stay => stay.LeftAt));
    }

    public async Task CloseAsync(RoomRow room, CancellationToken ct)
    {
        if (await accounts.OfAsync(room.TenantId, ct) is not { } account) return;
        await client.DeleteRoomAsync(account, LiveKitRoomName.Of(room.TenantId, room.Id), ct);
    }

    /// <summary>Records that a stay began, unless it is over already.</summary>
    public static Task JoinedAsync(TenantDb db, string room, LiveKitParticipant participant, DateTimeOffset at, CancellationToken ct) =>
        SetAsync(db, room, participant, participant.Joined ?? at, leftAt: null, ct);

    /// <summary>Records that a stay is over.</summary>
    public static Task LeftAsync(TenantDb db, string room, LiveKitParticipant participant, DateTimeOffset at, CancellationToken ct) =>
        SetAsync(db, room, participant, participant.Joined, at, ct);

    /// <summary>Records that all stays that began before are over.</summary>
    public static async Task FinishedAsync(TenantDb db, string room, DateTimeOffset at, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            update livekit_sessions set left_at = $3
            where tenant_id = $1 and room_id = $2 and left_at is null and (joined_at is null or joined_at <= $3)
            """,
            [db.TenantId.Value, room, at]);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Shows in the room's log who is there.</summary>
    public async Task ShowAsync(TenantId tenant, string roomId, CancellationToken ct)
    {
        await people.ChangeAsync(
            tenant,
            roomId,
            async room =>
            {
                var stays = await room.Db.LiveKitSessions.AsNoTracking().Where(row => row.RoomId == roomId && !row.IsAgent).ToListAsync(ct);
                foreach (var person in stays.GroupBy(stay => stay.Identity, StringComparer.Ordinal)) Show(room, person.Key, [.. person]);
                var isPresent = room.Participants.Any(participant => participant.State == RoomPresence.In);
                if (isPresent) (room.Row.UsedAt, room.Row.EmptiedAt) = (room.Row.UsedAt ?? room.Now, null);
                else room.Row.EmptiedAt ??= stays.Max(stay => stay.LeftAt);
                // The worker disconnects those who are no longer in the call.
                if (room.Row.AvatarWanted || stays.Exists(stay => IsIn(stay) && IsGone(room.Find, stay.Identity))) room.Due(room.Now);
                return null;
            },
            ct);
    }

    private static bool IsIn(LiveKitSessionRow stay) => stay is { JoinedAt: not null, LeftAt: null };

    // People of our page have the participant's id as their identity. They are in the room's log already.
    private static RoomParticipant? HubPerson(Func<Guid, RoomParticipant?> find, string identity) =>
        Guid.TryParse(identity, out var id) && find(id) is { IsAtHub: true } person ? person : null;

    private static bool IsGone(Func<Guid, RoomParticipant?> find, string identity) =>
        HubPerson(find, identity) is { State: not RoomPresence.In };

    private static void Show(LockedRoom room, string identity, IReadOnlyList<LiveKitSessionRow> stays)
    {
        if (HubPerson(room.Find, identity) is not null) return;
        var id = RoomService.PersonOf(room.Row, identity);
        var known = room.Find(id);
        var isIn = stays.Any(IsIn);
        if (known?.State == (isIn ? RoomPresence.In : RoomPresence.Left)) return;
        if (known is null && !isIn && stays.All(stay => stay.JoinedAt is null)) return;
        room.Add(
            isIn ? "joined" : "left",
            new RoomParticipant
            {
                Id = id,
                Name = stays.Select(stay => stay.Name).FirstOrDefault(name => !string.IsNullOrEmpty(name)) ?? identity,
                Role = known?.Role ?? RoomRole.Guest,
                State = isIn ? RoomPresence.In : RoomPresence.Left,
                Connected = isIn,
                Order = known?.Order ?? room.NextSeq,
                JoinedAt = known?.JoinedAt ?? stays.Min(stay => stay.JoinedAt),
                LeftAt = isIn ? null : stays.Max(stay => stay.LeftAt),
            });
    }

    // If LiveKit can't be asked, the webhooks count.
    private async Task TryReconcileAsync(LiveKitAccount account, RoomRow room, CancellationToken ct)
    {
        IReadOnlyList<LiveKitParticipant> there;
        try
        {
            there = await client.ListParticipantsAsync(account, LiveKitRoomName.Of(room.TenantId, room.Id), ct);
        }
        catch (LiveKitException)
        {
            return;
        }

        var now = clock.GetUtcNow();
        await using (var db = await database.BeginAsync(room.TenantId, ct))
        {
            foreach (var participant in there) await JoinedAsync(db, room.Id, participant, now, ct);
            await using var gone = db.Command(
                """
                update livekit_sessions set left_at = $4
                where tenant_id = $1 and room_id = $2 and left_at is null and joined_at is not null and not sid = any($3)
                """,
                [room.TenantId.Value, room.Id, there.Select(participant => participant.Sid).ToArray(), now]);
            await gone.ExecuteNonQueryAsync(ct);
            await db.CommitAsync(ct);
        }

        await TryRemoveAsync(account, room, there, ct);
    }

    // The log is read after the list, so people who have come back in the meantime stay. Failures are retried at the next check.
    private async Task TryRemoveAsync(
        LiveKitAccount account,
        RoomRow room,
        IReadOnlyList<LiveKitParticipant> there,
        CancellationToken ct)
    {
        if (await log.FindAsync(room.TenantId, room.Id, ct) is not var (_, state)) return;
        foreach (var person in there.Where(person => IsGone(state.Find, person.Identity)))
        {
            try
            {
                await client.RemoveParticipantAsync(account, LiveKitRoomName.Of(room.TenantId, room.Id), person.Identity, ct);
            }
            catch (LiveKitException)
            {
                // Retried at the next check, which is due while somebody is in the call.
            }
        }
    }

    private static async Task SetAsync(
        TenantDb db,
        string room,
        LiveKitParticipant participant,
        DateTimeOffset? joinedAt,
        DateTimeOffset? leftAt,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            insert into livekit_sessions as stay (tenant_id, room_id, sid, identity, name, is_agent, joined_at, left_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (tenant_id, room_id, sid) do update set
              name = coalesce(excluded.name, stay.name), is_agent = excluded.is_agent or stay.is_agent,
              joined_at = coalesce(stay.joined_at, excluded.joined_at), left_at = coalesce(stay.left_at, excluded.left_at)
            """,
            [
                db.TenantId.Value,
                room,
                participant.Sid,
                participant.Identity,
                new NpgsqlParameter { Value = (object?)participant.Name ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                !participant.IsPerson,
                new NpgsqlParameter { Value = (object?)joinedAt ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new NpgsqlParameter { Value = (object?)leftAt ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            ]);
        await command.ExecuteNonQueryAsync(ct);
    }
}
