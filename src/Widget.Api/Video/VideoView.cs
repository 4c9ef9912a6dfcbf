using System.Text.Json;
using Widget.Api.Calls;
using Widget.Api.Tenancy;
using Widget.Contracts;

namespace Widget.Api.Video;

/// <summary>A session as its caller sees it.</summary>
public sealed class VideoView(VideoSessions sessions, TenantSettingsService settings, LeaveTokens leaving, TimeProvider clock)
{
    public async Task<TavusSession> OfAsync(VideoSession session, VideoCaller caller, CancellationToken ct) =>
        (await OfAsync([session], caller, ct))[0];

    /// <summary>Several sessions of one tenant; the database is asked once for all of them.</summary>
    public async Task<IReadOnlyList<TavusSession>> OfAsync(IReadOnlyCollection<VideoSession> shown, VideoCaller caller, CancellationToken ct)
    {
        var places = await sessions.PositionsAsync(caller.Tenant, shown, ct);
        var greenScreen = shown.Any(IsOpen) && (await settings.ReadAsync(caller.Tenant, ct)).TavusGreenScreen;
        return [.. shown.Select(session => Of(session, caller, places.TryGetValue(session.Id, out var place) ? place : null, greenScreen))];
    }

    private static bool IsOpen(VideoSession session) => session.State is TavusSessionState.Waiting or TavusSessionState.Live;

    private TavusSession Of(VideoSession session, VideoCaller caller, int? position, bool greenScreen)
    {
        var open = IsOpen(session);
        return new TavusSession
        {
            SessionId = session.Id.Value,
            ThreadId = session.ConversationId.Value,
            State = session.IsInLine ? TavusSessionState.Queued : session.State,
            ConversationId = session.TavusConversationId,
            ConversationUrl = open ? session.ConversationUrl : null,
            ReplicaId = session.ReplicaId,
            MeetingToken = open ? session.MeetingToken : null,
            Position = position,
            MaxSeconds = session.ReservedSeconds,
            RemainingSeconds = session.Deadline is { } deadline ? (int)Math.Max(0, (deadline - (session.EndedAt ?? clock.GetUtcNow())).TotalSeconds) : null,
            GreenScreen = open && greenScreen,
            LeaveToken = session.IsOver ? null : leaving.Create(LeaveTokens.Video, session.TenantId, session.Id.Value),
            EndReason = session.IsOver || session.State == TavusSessionState.Ending ? session.EndReason : null,
            Problem = Problem(session),
            Record = caller.Visitor is null ? Record(session) : null,
        };
    }

    private static TavusCallRecord Record(VideoSession session) => new(
        session.CreatedAt,
        session.JoinedAt,
        session.EndedAt,
        session.Seconds,
        session.ShutdownReason,
        session.Recording is { } recording ? JsonSerializer.Deserialize<JsonElement>(recording) : null,
        session.Perception);

    private static string? Problem(VideoSession session) => session.EndReason switch
    {
        TavusEndReason.Failed => "The video call could not be opened. You can switch to text.",
        TavusEndReason.NoReplica => "The avatar did not come. You can try again, or switch to text.",
        TavusEndReason.TimeLimit => "The time for this call was up.",
        _ => null,
    };
}
