using Widget.Api.Conversations;
using Widget.Contracts;

namespace Widget.Api.Rooms;

/// <summary>How people go, and how a room ends, in a room that the transaction has locked.</summary>
internal static class RoomExits
{
    /// <summary>Records that a participant is no longer in the room.</summary>
    public static void Leave(LockedRoom room, RoomParticipant self, RoomPresence state, string kind, Guid? by)
    {
        room.Add(
            kind,
            self with
            {
                State = state,
                Connected = false,
                LeftAt = room.Now,
                LostAt = null,
                Microphone = false,
                Camera = false,
                Screen = false,
            },
            by);
        if (RecordingConsent.Next(room) is { } facts) room.Add("recording", facts);
        // The worker disconnects the participant from the media server.
        if (room.Row.Transport != RoomRow.Peer) room.Due(room.Now);
        if (room.Participants.Any(other => other.State == RoomPresence.In)) return;
        room.Row.EmptiedAt ??= room.Row.UsedAt is null ? null : room.Now;
        room.Due(room.Now);
    }

    /// <summary>Ends a locked room.</summary>
    public static async Task EndAsync(LockedRoom room, string reason, RoomActor by, CancellationToken ct)
    {
        (room.Row.EndedAt, room.Row.EndReason) = (room.Now, reason);
        var facts = room.Facts;
        var avatar = facts.Avatar is { State: not RoomAvatarState.Failed } there
            ? there with { State = RoomAvatarState.Ended, Url = null }
            : facts.Avatar;
        room.Add(
            "ended",
            facts with { State = RoomOpenState.Ended, EndedAt = room.Now, EndReason = reason, Avatar = avatar },
            by.Participant);
        await using var delete = room.Db.Command(
            "delete from room_connections where tenant_id = $1 and room_id = $2",
            [room.Db.TenantId.Value, room.Row.Id]);
        await delete.ExecuteNonQueryAsync(ct);
        // The worker ends what is left.
        room.Row.DueAt = room.Now;
        if (room.Row.ConversationId is not { } conversation) return;
        var until = room.Row.EmptiedAt ?? room.Now;
        var seconds = room.Row.UsedAt is { } used && until > used ? (int)(until - used).TotalSeconds : 0;
        await ConversationLog.AppendAsync(
            room.Db,
            conversation,
            new CallEnded { RoomId = room.Row.Id, Reason = reason, Seconds = seconds },
            ct);
    }
}
