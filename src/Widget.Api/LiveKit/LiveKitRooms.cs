using Widget.Api.Rooms;
using Widget.Contracts;

namespace Widget.Api.LiveKit;

/// <summary>Lets people into rooms at LiveKit, or into a peer-to-peer room if LiveKit is not configured.</summary>
internal sealed class LiveKitRooms(
    RoomService rooms,
    RoomPeople people,
    LiveKitAccounts accounts,
    LiveKitMedia media)
{
    private const string NotConfigured =
        "LiveKit is not configured here, so the browsers connect to one another. Open the page in url, or join /hubs/rooms with the token.";

    private const string OtherTransport = "A peer-to-peer call with this room_name is going on. Use another room_name.";

    /// <returns>The way in; or the field and what is wrong with it; or an error alone if the call is over.</returns>
    public async Task<(JoinRoomResult? Result, string? Field, string? Error)> JoinAsync(
        RoomCaller caller,
        JoinRoomRequest request,
        string identity,
        string name,
        CancellationToken ct)
    {
        var account = await accounts.OfAsync(caller.Tenant, ct);
        var transport = account is null ? RoomRow.Peer : RoomRow.LiveKit;
        var wanted = new CreateRoomRequest { RoomId = request.RoomName, WaitingRoom = false };
        var (room, field, error) = await rooms.CreateAsync(caller, wanted, transport, ct);
        if (room is null) return (null, field == "roomId" ? "room_name" : field, error);
        if (room.State == RoomOpenState.Ended) return (null, null, "This call is over. Use another room_name.");
        if (room.Transport != transport && transport == RoomRow.LiveKit) return (null, "room_name", OtherTransport);
        // Nobody takes the place of a person who is in the room over the hub.
        if (Guid.TryParse(identity, out var person) && room.Participants.Any(other => other.Id == person && other.IsAtHub))
            return (null, "identity", "identity belongs to a person in this call.");
        if (request.InviteAvatar)
            await people.SetAvatarAsync(caller.Tenant, room.Id, wanted: true, request.AvatarName, RoomActor.Staff, ct);

        var result = new JoinRoomResult
        {
            Token = "",
            RoomName = request.RoomName,
            Identity = identity,
            LiveKitUrl = account?.SocketUrl,
            AvatarInvited = request.InviteAvatar,
            AvatarName = request.InviteAvatar ? request.AvatarName : null,
            Transport = transport,
        };
        if (account is not null)
        {
            var livekit = LiveKitRoomName.Of(caller.Tenant, room.Id);
            await media.TryCreateAsync(account, livekit, ct);
            return (result with { Token = media.Token(account, livekit, identity, name, LiveKitEndpoints.Lifetime) }, null, null);
        }

        var found = await rooms.FindAsync(caller, room.Id, ct) ?? throw new InvalidOperationException($"Room {room.Id} is gone.");
        var link = rooms.Link(caller, found.Row, found.State, new RoomLinkRequest { Role = RoomRole.Host, Name = name });
        return link.Link is { } own
            ? (result with { Token = own.Token, Url = own.Url, Message = NotConfigured }, null, null)
            : (null, null, link.Fault!.Message);
    }
}
