using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Rooms;

/// <summary>A room that this transaction has locked, with the state of its log. Changes are saved together.</summary>
internal sealed class LockedRoom(TenantDb db, RoomRow row, RoomFold state, DateTimeOffset now)
{
    private readonly List<(string Subject, RoomEvent Event)> _new = [];

    public TenantDb Db => db;

    public RoomRow Row => row;

    public DateTimeOffset Now => now;

    public IReadOnlyList<RoomParticipant> Participants => state.Participants;

    // Events of earlier versions do not name the transport.
    public RoomFacts Facts => (state.Facts ?? new RoomFacts { State = RoomOpenState.Open, ExpiresAt = row.ExpiresAt }) with
    {
        Transport = state.Facts?.Transport ?? row.Transport,
    };

    /// <summary>Whether people are, or were, in the room over the hub, so that the hub's rules hold.</summary>
    public bool UsesHub => row.Transport == RoomRow.Peer || state.UsesHub;

    public bool IsOver => row.EndedAt is not null || row.ExpiresAt <= now;

    /// <summary>The seq of the next event.</summary>
    public int NextSeq => row.LastSeq + 1;

    public RoomParticipant? Find(Guid id) => state.Find(id);

    /// <summary>The present state. Events up to now do not change it any more.</summary>
    public RoomFold Copy()
    {
        var copy = new RoomFold();
        RoomEvent Present() => new() { Seq = row.LastSeq, Id = Guid.Empty, At = now, Kind = "state" };
        foreach (var participant in Participants) copy.Add(Present() with { Participant = participant });
        copy.Add(Present() with { Room = Facts });
        return copy;
    }

    public RoomEvent Add(string kind, RoomParticipant participant, Guid? by = null) => Add(
        participant.Id.ToString(),
        new RoomEvent { Seq = NextSeq, Id = NewId(), At = now, Kind = kind, By = by, Participant = participant });

    public RoomEvent Add(string kind, RoomFacts facts, Guid? by = null) =>
        Add("room", new RoomEvent { Seq = NextSeq, Id = NewId(), At = now, Kind = kind, By = by, Room = facts });

    public RoomEvent Add(RoomChat chat) =>
        Add("chat", new RoomEvent { Seq = NextSeq, Id = chat.MessageId, At = now, Kind = "chat", By = chat.From, Chat = chat });

    /// <summary>Makes a node look at the room at this time, or earlier if it is due earlier.</summary>
    public void Due(DateTimeOffset at)
    {
        if (row.DueAt is null || row.DueAt > at) row.DueAt = at;
    }

    /// <summary>Saves the events and the row, commits, and tells all nodes.</summary>
    public async Task CommitAsync(RoomConnections connections, CancellationToken ct)
    {
        // The events refer to the row, which may be new.
        await db.SaveChangesAsync(ct);
        if (_new.Count > 0)
        {
            await using var insert = db.Command(
                $"""
                with appended as (
                  insert into room_events (tenant_id, room_id, seq, id, subject, data)
                  select $1, $2, * from unnest($3::integer[], $4::uuid[], $5::text[], $6::jsonb[])
                )
                select pg_notify('{RoomConnections.EventsChannel}', $1::text || ':' || $2)
                """,
                [
                    db.TenantId.Value,
                    row.Id,
                    _new.ConvertAll(entry => entry.Event.Seq).ToArray(),
                    _new.ConvertAll(entry => entry.Event.Id).ToArray(),
                    _new.ConvertAll(entry => entry.Subject).ToArray(),
                    new Npgsql.NpgsqlParameter
                    {
                        Value = _new.ConvertAll(entry => StorableJson.Clean(JsonSerializer.Serialize(entry.Event, RoomLog.Json))).ToArray(),
                        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb,
                    },
                ]);
            await insert.ExecuteNonQueryAsync(ct);
        }

        await db.CommitAsync(ct);
        // This node need not wait for the notification.
        if (_new.Count > 0) connections.Wake(db.TenantId, row.Id);
    }

    private static Guid NewId() => Guid.CreateVersion7();

    private RoomEvent Add(string subject, RoomEvent entry)
    {
        row.LastSeq = entry.Seq;
        state.Add(entry);
        _new.Add((subject, entry));
        return entry;
    }
}

/// <summary>The log of rooms. A transaction that appends locks the room's row, so seqs have no gaps.</summary>
internal sealed class RoomLog(TenantDatabase database, TimeProvider clock)
{
    /// <summary>The largest number of events that are read at once.</summary>
    public const int MaxEvents = 500;

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    // The latest event of each subject is the state.
    private const string StateSql =
        """
        select distinct on (subject) data from room_events
        where tenant_id = $1 and room_id = $2 and subject <> 'chat'
        order by subject, seq desc
        """;

    private const string StatesSql =
        """
        select distinct on (room_id, subject) room_id, data from room_events
        where tenant_id = $1 and room_id = any($2) and subject <> 'chat'
        order by room_id, subject, seq desc
        """;

    /// <summary>Locks a room in a transaction. Null if the tenant has no such room.</summary>
    public async Task<LockedRoom?> LockAsync(TenantDb db, string room, CancellationToken ct)
    {
        var row = await db.Rooms.FromSql($"select * from rooms where tenant_id = {db.TenantId.Value} and id = {room} for update")
            .SingleOrDefaultAsync(ct);
        if (row is null) return null;
        var state = new RoomFold();
        await using var command = db.Command(StateSql, [db.TenantId.Value, room]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) state.Add(Read(rows.GetString(0)));
        return new LockedRoom(db, row, state, clock.GetUtcNow());
    }

    /// <summary>Adds a room's first event to the transaction that creates it.</summary>
    public LockedRoom Begin(TenantDb db, RoomRow row)
    {
        db.Rooms.Add(row);
        return new LockedRoom(db, row, new RoomFold(), clock.GetUtcNow());
    }

    /// <summary>Returns a room with its state. Null if the tenant has no such room.</summary>
    public async Task<(RoomRow Row, RoomFold State)?> FindAsync(TenantId tenant, string room, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await FindAsync(db, room, ct);
    }

    /// <summary>Returns a room with its state, in a transaction. Null if the tenant has no such room.</summary>
    public static async Task<(RoomRow Row, RoomFold State)?> FindAsync(TenantDb db, string room, CancellationToken ct)
    {
        var row = await db.Rooms.AsNoTracking().SingleOrDefaultAsync(entry => entry.Id == room, ct);
        if (row is null) return null;
        var state = new RoomFold();
        await using var command = db.Command(StateSql, [db.TenantId.Value, room]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) state.Add(Read(rows.GetString(0)));
        return (row, state);
    }

    /// <summary>Returns the states of rooms.</summary>
    public static async Task<IReadOnlyDictionary<string, RoomFold>> StatesAsync(
        TenantDb db,
        IReadOnlyCollection<string> rooms,
        CancellationToken ct)
    {
        var states = rooms.ToDictionary(room => room, _ => new RoomFold());
        await using var command = db.Command(StatesSql, [db.TenantId.Value, rooms.ToArray()]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) states[rows.GetString(0)].Add(Read(rows.GetString(1)));
        return states;
    }

    /// <summary>Returns at most <see cref="MaxEvents"/> events after a seq, oldest first.</summary>
    public async Task<IReadOnlyList<RoomEvent>> ReadAsync(TenantId tenant, string room, int after, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            "select data from room_events where tenant_id = $1 and room_id = $2 and seq > $3 order by seq limit $4",
            [tenant.Value, room, after, MaxEvents]);
        await using var rows = await batch.ReadAsync(ct);
        var events = new List<RoomEvent>();
        while (await rows.ReadAsync(ct)) events.Add(Read(rows.GetString(0)));
        return events;
    }

    private static RoomEvent Read(string data) => JsonSerializer.Deserialize<RoomEvent>(data, Json)!;
}
