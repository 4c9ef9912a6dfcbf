using System.Runtime.CompilerServices;
using Widget.Contracts;

namespace Widget.Api.Rooms;

/// <summary>
/// What one participant's connection gets: the events of the log and signals to it. In the waiting room it gets only what concerns itself,
/// and the end of the call.
/// </summary>
internal sealed class RoomFeed(RoomLog log, RoomConnections connections, IHostApplicationLifetime lifetime)
{
    // Clients take a connection that is silent for longer as lost.
    internal TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Follows a room until the participant leaves, the room ends, or the node stops.</summary>
    public async IAsyncEnumerable<RoomUpdate> FollowAsync(
        RoomConnection connection,
        int after,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var lastSeq = after;
        while (true)
        {
            if (connection.TakeLogChanged())
            {
                bool isMore;
                do
                {
                    var events = await log.ReadAsync(connection.Tenant, connection.Room, lastSeq, ct);
                    isMore = events.Count == RoomLog.MaxEvents;
                    foreach (var entry in events)
                    {
                        lastSeq = entry.Seq;
                        connection.State.Add(entry);
                        Update(connection);
                        var wasWaiting = !connection.IsIn;
                        connection.IsIn = IsIn(connection);
                        if (wasWaiting && connection.IsIn && entry.Seq > connection.JoinedSeq)
                        {
                            // Admitted. From now on the participant may see what has happened, so the log is read again.
                            yield return new RoomUpdate { Event = entry };
                            (lastSeq, isMore) = (0, true);
                            break;
                        }

                        if (VisibleTo(connection, entry) is { } visible) yield return new RoomUpdate { Event = visible };
                        if (ClosedBy(connection, entry) is not { } closed) continue;
                        yield return new RoomUpdate { Closed = closed };
                        yield break;
                    }
                }
                while (isMore);
            }

            foreach (var signal in await connections.TakeAsync(connection, ct)) connection.Signals.Enqueue(signal);
            while (connection.Signals.TryDequeue(out var signal))
                if (connection.IsIn && IsFromCurrent(connection, signal)) yield return new RoomUpdate { Signal = signal };

            var woken = await connection.WaitAsync(KeepAliveInterval, ct, lifetime.ApplicationStopping);
            if (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                yield return new RoomUpdate { Closed = new RoomClosed("server-stopping", "The server restarts. The call continues.") };
                yield break;
            }

            if (!woken) yield return new RoomUpdate();
        }
    }

    /// <summary>The state of the room as the participant may see it.</summary>
    public static RoomState Visible(RoomRow row, RoomFold state, Guid participant, int seq)
    {
        var full = RoomMapper.StateOf(row, state, seq);
        return state.Find(participant) is { State: RoomPresence.In }
            ? full
            : full with { Participants = [.. full.Participants.Where(other => other.Id == participant)], Avatar = null, Recording = null };
    }

    /// <summary>Keeps what other threads ask about.</summary>
    public static void Update(RoomConnection connection) =>
        connection.Others = connection.State.Participants
            .Where(participant => participant.Id != connection.Participant)
            .ToDictionary(participant => participant.Id);

    public static bool IsIn(RoomConnection connection) =>
        connection.State.Find(connection.Participant) is { State: RoomPresence.In } self && self.Connection == connection.Id;

    private static RoomEvent? VisibleTo(RoomConnection connection, RoomEvent entry)
    {
        if (connection.IsIn || entry.Participant?.Id == connection.Participant) return entry;
        return entry.Kind == "ended" && entry.Room is { } facts
            ? entry with { By = null, Room = facts with { Avatar = null, Recording = null } }
            : null;
    }

    // Events from before this connection belong to earlier ones.
    private static RoomClosed? ClosedBy(RoomConnection connection, RoomEvent entry)
    {
        if (entry.Room is { State: RoomOpenState.Ended } facts)
        {
            return facts.EndReason == "expired"
                ? new RoomClosed("expired", "The time for this call is over.")
                : new RoomClosed("ended", "The call has ended.");
        }

        if (entry.Seq <= connection.JoinedSeq || entry.Participant is not { } self || self.Id != connection.Participant) return null;
        return self.State switch
        {
            RoomPresence.Removed => new RoomClosed("removed", "The host has removed you from this call."),
            RoomPresence.Declined => new RoomClosed("declined", "The host has not let you in."),
            RoomPresence.Left => new RoomClosed("left", "You have left the call."),
            _ when self.Connected && self.Connection != connection.Id =>
                new RoomClosed("replaced", "You have joined this call in another window."),
            _ => null,
        };
    }

    private static bool IsFromCurrent(RoomConnection connection, RoomSignal signal) =>
        connection.Others.TryGetValue(signal.From, out var sender) && sender.State == RoomPresence.In;
}
