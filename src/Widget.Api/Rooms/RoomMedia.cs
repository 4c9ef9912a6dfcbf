using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Rooms;

/// <summary>A media server (SFU): forwards audio and video in calls of more people than browsers can connect directly.</summary>
internal interface IRoomMedia
{
    /// <summary>The transport of rooms that use it.</summary>
    string Transport { get; }

    /// <summary>Whether the tenant has such a server. It may be unreachable.</summary>
    Task<bool> IsAvailableAsync(TenantId tenant, CancellationToken ct);

    /// <summary>Whether the tenant or the operator has named an agent that joins rooms there as the avatar.</summary>
    Task<bool> HasAgentAsync(TenantId tenant, CancellationToken ct);

    /// <summary>The origins that a page of a call connects to. Empty without a server.</summary>
    Task<IReadOnlyList<string>> OriginsAsync(TenantId tenant, CancellationToken ct);

    /// <summary>Lets a participant connect. Null if the tenant has no server any more.</summary>
    Task<RoomMediaAccess?> AccessAsync(RoomRow room, RoomParticipant participant, CancellationToken ct);
}

/// <summary>Decides whether one more person may be in a room.</summary>
internal static class RoomSeats
{
    /// <summary>The most people with direct connections, because each browser sends its picture to all others.</summary>
    public const int MaxPeers = 4;

    /// <summary>The largest number of people with a media server.</summary>
    public const int Max = 50;

    /// <summary>
    /// Takes a seat for a participant in a locked room. If browsers can't be connected directly to one more, the room moves to the media
    /// server in the same transaction, and stays there.
    /// </summary>
    /// <param name="room">The room.</param>
    /// <param name="participant">The participant who comes in.</param>
    /// <param name="media">The media server.</param>
    /// <param name="hasMedia">Whether the tenant has one. It is looked up before the transaction.</param>
    /// <param name="by">The participant who lets the person in.</param>
    /// <returns>False if the room is full.</returns>
    public static bool TryTake(LockedRoom room, Guid participant, IRoomMedia media, bool hasMedia, Guid? by)
    {
        var others = room.Participants.Count(other => other.Id != participant && other.State == RoomPresence.In);
        if (others >= LimitOf(room.Row)) return false;
        if (room.Row.Transport != RoomRow.Peer || others < MaxPeers) return true;
        if (!hasMedia) return false;
        room.Row.Transport = media.Transport;
        room.Add("transport", room.Facts with { Transport = media.Transport }, by);
        return true;
    }

    // A room that has moved has a limit above 4. A room that began at LiveKit may have a lower one from an earlier version, which did not
    // apply it there.
    private static int LimitOf(RoomRow row) =>
        row.Transport == RoomRow.Peer || row.MaxParticipants > MaxPeers ? row.MaxParticipants : Max;
}
