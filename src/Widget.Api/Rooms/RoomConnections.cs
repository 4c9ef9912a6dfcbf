using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Rooms;

/// <summary>
/// The connections to this node, by room. PostgreSQL's notifications wake them for the room's log. A signal goes straight to a connection
/// of this node; one to another node waits in a table, because notifications are limited to 8,000 bytes, and a notification says where.
/// </summary>
internal sealed class RoomConnections(TenantDatabase database) : INotificationSubscriber
{
    /// <summary>The notification channel of the logs; its payload is tenant:room.</summary>
    internal const string EventsChannel = "room_events";

    private readonly ConcurrentDictionary<(TenantId Tenant, string Room), ConcurrentDictionary<Guid, RoomConnection>> _rooms = [];

    string INotificationSubscriber.Channel => EventsChannel;

    /// <summary>The ids of all connections of this node.</summary>
    public Guid[] Ids => [.. _rooms.Values.SelectMany(room => room.Keys)];

    public void Add(RoomConnection connection)
    {
        var key = (connection.Tenant, connection.Room);
        while (true)
        {
            var room = _rooms.GetOrAdd(key, _ => []);
            room[connection.Id] = connection;
            // Removed meanwhile, because it was empty.
            if (_rooms.TryGetValue(key, out var current) && ReferenceEquals(current, room)) return;
        }
    }

    public void Remove(RoomConnection connection)
    {
        var key = (connection.Tenant, connection.Room);
        if (!_rooms.TryGetValue(key, out var room)) return;
        room.TryRemove(connection.Id, out _);
        if (!room.IsEmpty) return;
        _rooms.TryRemove(KeyValuePair.Create(key, room));
        // One was added meanwhile.
        foreach (var added in room.Values) Add(added);
    }

    /// <summary>Makes this node's connections of a room read its log.</summary>
    public void Wake(TenantId tenant, string room)
    {
        if (!_rooms.TryGetValue((tenant, room), out var connections)) return;
        foreach (var connection in connections.Values) connection.WakeForLog();
    }

    /// <summary>Sends a signal to a participant.</summary>
    /// <returns>False if the participant is not in the call, or not connected.</returns>
    public async Task<bool> SignalAsync(RoomConnection from, RoomSignalRequest request, CancellationToken ct)
    {
        if (!from.Others.TryGetValue(request.To, out var to)) return false;
        if (to is not { State: RoomPresence.In, Connected: true, Connection: { } target }) return false;
        var signal = new RoomSignal(from.Participant, from.Instance, request.Description, request.Candidate);
        if (_rooms.TryGetValue((from.Tenant, from.Room), out var room) && room.TryGetValue(target, out var local))
        {
            local.Deliver(signal);
            return true;
        }

        var id = Guid.CreateVersion7();
        await using var batch = database.Batch(from.Tenant)
            .Add(
                "insert into room_signals (tenant_id, id, room_id, data) values ($1, $2, $3, $4)",
                [
                    from.Tenant.Value,
                    id,
                    from.Room,
                    new NpgsqlParameter
                    {
                        Value = StorableJson.Clean(JsonSerializer.Serialize(signal, RoomLog.Json)),
                        NpgsqlDbType = NpgsqlDbType.Jsonb,
                    },
                ])
            .Add(
                $"select pg_notify('{RoomSignalSubscriber.SignalsChannel}', concat_ws(':', $1, $2, $3, $4))",
                [from.Tenant.ToString(), from.Room, target.ToString(), id.ToString()]);
        await batch.RunAsync(ct);
        return true;
    }

    /// <summary>Takes signals that other nodes have left for a connection of this node.</summary>
    public async Task<IReadOnlyList<RoomSignal>> TakeAsync(RoomConnection connection, CancellationToken ct)
    {
        var ids = new List<Guid>();
        while (connection.RemoteSignals.TryDequeue(out var id)) ids.Add(id);
        if (ids.Count == 0) return [];
        await using var batch = database.Batch(connection.Tenant).Add(
            """
            with taken as (delete from room_signals where tenant_id = $1 and room_id = $2 and id = any($3) returning id, data)
            select data from taken order by id
            """,
            [connection.Tenant.Value, connection.Room, ids.ToArray()]);
        await using var rows = await batch.ReadAsync(ct);
        var signals = new List<RoomSignal>();
        while (await rows.ReadAsync(ct)) signals.Add(JsonSerializer.Deserialize<RoomSignal>(rows.GetString(0), RoomLog.Json)!);
        return signals;
    }

    // While this node did not listen, it may have missed notifications, so all connections read their logs.
    void INotificationSubscriber.Connected()
    {
        foreach (var connection in _rooms.Values.SelectMany(room => room.Values)) connection.WakeForLog();
    }

    void INotificationSubscriber.Receive(string payload)
    {
        if (payload.Split(':') is [var tenant, var room] && Guid.TryParse(tenant, out var id)) Wake(new TenantId(id), room);
    }

    internal void ReceiveSignal(TenantId tenant, string room, Guid connection, Guid signal)
    {
        if (_rooms.TryGetValue((tenant, room), out var connections) && connections.TryGetValue(connection, out var found))
            found.DeliverRemote(signal);
    }
}

/// <summary>Hears of signals from other nodes.</summary>
internal sealed class RoomSignalSubscriber(RoomConnections connections) : INotificationSubscriber
{
    /// <summary>The notification channel; its payload is tenant:room:connection:signal.</summary>
    internal const string SignalsChannel = "room_signals";

    string INotificationSubscriber.Channel => SignalsChannel;

    void INotificationSubscriber.Connected()
    {
        // Signals that were missed are repeated by the negotiation of the browsers.
    }

    void INotificationSubscriber.Receive(string payload)
    {
        if (payload.Split(':') is [var tenant, var room, var connection, var signal])
            connections.ReceiveSignal(new TenantId(Guid.Parse(tenant)), room, Guid.Parse(connection), Guid.Parse(signal));
    }
}

/// <summary>Says that this node's connections are there. If the node dies, they are taken for lost.</summary>
internal sealed partial class RoomHeartbeat(
    NpgsqlDataSource dataSource,
    RoomConnections connections,
    TimeProvider clock,
    ILogger<RoomHeartbeat> logger) : PeriodicWorker(Interval, clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override async Task TickAsync(CancellationToken ct)
    {
        if (connections.Ids is not { Length: > 0 } ids) return;
        await using var command = dataSource.CreateCommand("select renew_room_connections($1)");
        command.Parameters.Add(new() { Value = ids });
        await command.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; connections to rooms are renewed when it is back")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Renewing connections to rooms failed and is retried")]
    protected override partial void LogFailure(Exception exception);
}
