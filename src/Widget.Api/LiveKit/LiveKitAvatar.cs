using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Rooms;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.LiveKit;

/// <summary>
/// The avatar of rooms at LiveKit: an agent, which a worker registered at LiveKit runs. Creating a dispatch is not idempotent, so it is
/// looked for first; its metadata has the number of the avatar's call.
/// </summary>
internal sealed class LiveKitAvatar(
    TenantDatabase database,
    TenantSettingsService settings,
    LiveKitAccounts accounts,
    LiveKitClient client) : IRoomAvatar
{
    public string Provider => AvatarRule.LiveKit;

    public async Task<AvatarCall> StartAsync(RoomRow room, CancellationToken ct)
    {
        if (await accounts.OfAsync(room.TenantId, ct) is not { } account)
            return new AvatarCall(null, RoomAvatarState.Failed, Error: "LiveKit is not set up here.");
        var name = LiveKitRoomName.Of(room.TenantId, room.Id);
        try
        {
            var known = (await client.ListDispatchesAsync(account, name, ct))
                .FirstOrDefault(dispatch => !dispatch.IsOver && NumberOf(dispatch) == room.AvatarNumber);
            known ??= await client.CreateDispatchAsync(account, name, await MetadataAsync(room, ct), ct);
            return new AvatarCall(known.Id, RoomAvatarState.Starting);
        }
        catch (LiveKitException e) when (e.IsTemporary)
        {
            // It is started again at the next look.
            return new AvatarCall("starting", RoomAvatarState.Starting);
        }
        catch (LiveKitException e)
        {
            return new AvatarCall(null, RoomAvatarState.Failed, Error: $"The avatar could not join. {e.Message}");
        }
    }

    public async Task<AvatarCall> CheckAsync(RoomRow room, string call, CancellationToken ct)
    {
        if (await accounts.OfAsync(room.TenantId, ct) is not { } account) return new AvatarCall(null, RoomAvatarState.Ended);
        try
        {
            var dispatches = await client.ListDispatchesAsync(account, LiveKitRoomName.Of(room.TenantId, room.Id), ct);
            if (!dispatches.Any(dispatch => dispatch.Id == call && !dispatch.IsOver)) return new AvatarCall(null, RoomAvatarState.Ended);
        }
        catch (LiveKitException)
        {
            // Unknown until LiveKit answers again.
        }

        return new AvatarCall(call, await AgentsAsync(room, ct) is [] ? RoomAvatarState.Starting : RoomAvatarState.In);
    }

    public async Task EndAsync(RoomRow room, string call, CancellationToken ct)
    {
        if (await accounts.OfAsync(room.TenantId, ct) is not { } account) return;
        var name = LiveKitRoomName.Of(room.TenantId, room.Id);
        await client.DeleteDispatchAsync(account, name, call, ct);
        foreach (var agent in await AgentsAsync(room, ct)) await client.RemoveParticipantAsync(account, name, agent, ct);
    }

    private async Task<IReadOnlyList<string>> AgentsAsync(RoomRow room, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(room.TenantId, ct);
        return await db.LiveKitSessions.AsNoTracking()
            .Where(row => row.RoomId == room.Id && row.IsAgent && row.JoinedAt != null && row.LeftAt == null)
            .Select(row => row.Identity)
            .Distinct()
            .ToListAsync(ct);
    }

    // What the agent needs to be the tenant's avatar. It has no secrets.
    private async Task<string> MetadataAsync(RoomRow room, CancellationToken ct)
    {
        var current = await settings.ReadAsync(room.TenantId, ct);
        return JsonSerializer.Serialize(
            new
            {
                number = room.AvatarNumber,
                tenant = room.TenantId.ToString(),
                room = room.Id,
                avatar_name = room.AvatarName ?? current.AgentName,
                greeting = current.Greeting,
                locale = current.Locale,
                replica_id = current.TavusReplicaId,
                persona_id = current.TavusPersonaId,
            });
    }

    private static int? NumberOf(AgentDispatch dispatch)
    {
        try
        {
            using var metadata = JsonDocument.Parse(dispatch.Metadata);
            return metadata.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("number", out var number)
                && number.TryGetInt32(out var value)
                    ? value
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
