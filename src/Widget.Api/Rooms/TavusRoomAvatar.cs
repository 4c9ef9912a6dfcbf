using System.Globalization;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Video;
using Widget.Contracts;

namespace Widget.Api.Rooms;

/// <summary>The avatar of calls on our page: a video call at Tavus, which participants see in a frame beside one another.</summary>
internal sealed class TavusRoomAvatar(VideoSessions sessions, ConversationThreads threads, TenantSettingsService settings) : IRoomAvatar
{
    // A private room opens with a token, which the room's log must not contain.
    private const string IsPrivate = "The AI agent can't join this call, because the company's video rooms are private.";

    public string Provider => AvatarRule.Tavus;

    public async Task<AvatarCall> StartAsync(RoomRow room, CancellationToken ct)
    {
        if ((await settings.ReadAsync(room.TenantId, ct)).TavusPrivateRoom)
            return new AvatarCall(null, RoomAvatarState.Failed, Error: IsPrivate);
        var caller = new Caller(room.TenantId, Visitor: null);
        var (conversation, visitor) = room is { ConversationId: { } own, VisitorId: { } person }
            ? (own, person)
            : await threads.OfPersonAsync(room.TenantId, $"room:{room.Id}", ct);
        var request = new TavusSessionRequest
        {
            // The same number opens the same session.
            ClientId = string.Create(CultureInfo.InvariantCulture, $"room:{room.Id}:{room.AvatarNumber}"),
            AgentName = room.AvatarName,
        };
        var (session, refusal) = await sessions.OpenAsync(caller, visitor, conversation, request, ct);
        return session is not null ? Of(session) : new AvatarCall(null, RoomAvatarState.Failed, Error: refusal!.Message);
    }

    public async Task<AvatarCall> CheckAsync(RoomRow room, string call, CancellationToken ct) =>
        await sessions.FindAsync(new Caller(room.TenantId, Visitor: null), new VideoSessionId(Guid.Parse(call)), ct) is { } session
            ? Of(session)
            : new AvatarCall(null, RoomAvatarState.Ended);

    public Task EndAsync(RoomRow room, string call, CancellationToken ct) => sessions.EndAsync(
        new Caller(room.TenantId, Visitor: null),
        new VideoSessionId(Guid.Parse(call)),
        TavusEndReason.Developer,
        ct);

    private static AvatarCall Of(VideoSession session)
    {
        var id = session.Id.Value.ToString();
        return session.State switch
        {
            TavusSessionState.Queued => new AvatarCall(id, RoomAvatarState.Queued),
            TavusSessionState.Creating => new AvatarCall(id, RoomAvatarState.Starting),
            TavusSessionState.Waiting or TavusSessionState.Live => new AvatarCall(id, RoomAvatarState.In, session.ConversationUrl),
            TavusSessionState.Failed => new AvatarCall(null, RoomAvatarState.Failed, Error: "The avatar could not join."),
            _ => new AvatarCall(null, RoomAvatarState.Ended),
        };
    }
}
