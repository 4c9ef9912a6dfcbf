using System.Globalization;
using Widget.Contracts;

namespace Widget.Api.Rooms;

/// <summary>Rooms as the API shows them.</summary>
internal static class RoomMapper
{
    public static Room RoomOf(RoomRow row, RoomFold state, RoomLink? link = null) => new()
    {
        Id = row.Id,
        RoomId = row.Id,
        CompanionId = row.CompanionId,
        UserId = row.UserId,
        ExpiresAt = row.SentExpiry ?? row.ExpiresAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        Name = row.Name,
        Agent = row.CompanionId,
        ConversationId = row.ConversationId?.Value,
        RepId = row.RepId,
        State = row.EndedAt is null ? RoomOpenState.Open : RoomOpenState.Ended,
        Transport = row.Transport,
        WaitingRoom = row.WaitingRoom,
        MaxParticipants = row.MaxParticipants,
        CreatedAt = row.CreatedAt,
        EndedAt = row.EndedAt,
        EndReason = row.EndReason,
        Participants = state.Participants,
        Avatar = state.Facts?.Avatar,
        Recording = state.Facts?.Recording,
        Seq = row.LastSeq,
        Link = link,
    };

    public static RoomState StateOf(RoomRow row, RoomFold state, int seq) => new()
    {
        Id = row.Id,
        Seq = seq,
        Name = row.Name,
        Agent = row.CompanionId,
        State = state.Facts?.State ?? RoomOpenState.Open,
        Transport = state.Facts?.Transport ?? row.Transport,
        WaitingRoom = row.WaitingRoom,
        CreatedAt = row.CreatedAt,
        ExpiresAt = state.Facts?.ExpiresAt ?? row.ExpiresAt,
        EndedAt = state.Facts?.EndedAt,
        EndReason = state.Facts?.EndReason,
        Participants = state.Participants,
        Avatar = state.Facts?.Avatar,
        Recording = state.Facts?.Recording,
    };
}
