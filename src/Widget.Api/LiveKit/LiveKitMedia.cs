using Widget.Api.Rooms;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.LiveKit;

/// <summary>LiveKit as the media server of calls on our page, whose people are in the room over the hub.</summary>
internal sealed class LiveKitMedia(LiveKitAccounts accounts, LiveKitClient client, TimeProvider clock) : IRoomMedia
{
    // Only for connecting. A page that must connect again asks again, so that it gets in only while it is in the call.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    public string Transport => RoomRow.LiveKit;

    public async Task<bool> IsAvailableAsync(TenantId tenant, CancellationToken ct) => await accounts.OfAsync(tenant, ct) is not null;

    public async Task<bool> HasAgentAsync(TenantId tenant, CancellationToken ct) =>
        await accounts.OfAsync(tenant, ct) is { IsAgentNamed: true };

    public async Task<IReadOnlyList<string>> OriginsAsync(TenantId tenant, CancellationToken ct)
    {
        if (await accounts.OfAsync(tenant, ct) is not { } account) return [];
        // The client asks over HTTP why it was refused.
        return [new Uri(account.SocketUrl).GetLeftPart(UriPartial.Authority), account.Api.GetLeftPart(UriPartial.Authority)];
    }

    public async Task<RoomMediaAccess?> AccessAsync(RoomRow room, RoomParticipant participant, CancellationToken ct)
    {
        if (await accounts.OfAsync(room.TenantId, ct) is not { } account) return null;
        var name = LiveKitRoomName.Of(room.TenantId, room.Id);
        await TryCreateAsync(account, name, ct);
        var token = Token(account, name, participant.Id.ToString(), participant.Name, Lifetime);
        return new RoomMediaAccess(account.SocketUrl, token);
    }

    /// <summary>Creates a token with exactly what a participant needs. The page decides what it publishes.</summary>
    public string Token(LiveKitAccount account, string room, string identity, string name, TimeSpan lifetime) =>
        LiveKitTokens.Create(account, new VideoGrants { RoomJoin = true, Room = room }, clock.GetUtcNow(), lifetime, identity, name);

    /// <summary>Creates a room with our settings. It is also created when the first participant connects, with LiveKit's settings.</summary>
    public async Task TryCreateAsync(LiveKitAccount account, string room, CancellationToken ct)
    {
        try
        {
            await client.CreateRoomAsync(account, room, RoomSeats.Max, ct);
        }
        catch (LiveKitException e) when (e.IsTemporary)
        {
            // The page finds out whether the server can be reached.
        }
    }
}
