using Widget.Api.Rooms;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.LiveKit;

/// <summary>LiveKit as the media server of calls on our page. Participants join over the hub.</summary>
internal sealed class LiveKitMedia(LiveKitAccounts accounts, LiveKitClient client, TimeProvider clock) : IRoomMedia
{
    // Long enough to connect. A page that has to connect again asks for a new token and gets one only while it is in the call.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    public string Transport => RoomRow.LiveKit;

    public async Task<bool> IsAvailableAsync(TenantId tenant, CancellationToken ct) => await accounts.OfAsync(tenant, ct) is not null;

    public async Task<bool> HasAgentAsync(TenantId tenant, CancellationToken ct) =>
        await accounts.OfAsync(tenant, ct) is { IsAgentNamed: true };

    public async Task<IReadOnlyList<string>> OriginsAsync(TenantId tenant, CancellationToken ct)
    {
        if (await accounts.OfAsync(tenant, ct) is not { } account) return [];
        // After a refused connection, LiveKit's client asks over HTTP for the reason.
        return [Origin(new Uri(account.SocketUrl)), Origin(account.Api)];
    }

    // Headers are ASCII.
    private static string Origin(Uri address) =>
        $"{address.Scheme}://{address.IdnHost}{(address.IsDefaultPort ? "" : $":{address.Port}")}";

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

    /// <summary>
    /// Creates a room with our settings. Otherwise LiveKit creates it with its defaults when the first participant connects.
    /// </summary>
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
