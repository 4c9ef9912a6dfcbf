using System.Text.Json;
using Widget.Api.Calls;
using Widget.Api.Tenancy;
using Widget.Contracts;

namespace Widget.Api.Video;

/// <summary>Maps sessions to the API's responses.</summary>
public sealed class VideoSessionMapper(VideoSessions sessions, TenantSettingsService settings, LeaveTokens leaveTokens, TimeProvider clock)
{
    /// <summary>Maps one session.</summary>
    public async Task<TavusSession> OfAsync(VideoSession session, Caller caller, CancellationToken ct) =>
        (await OfAsync([session], caller, ct))[0];

    /// <summary>Maps several sessions of one tenant with one query for all queue positions.</summary>
    public async Task<IReadOnlyList<TavusSession>> OfAsync(IReadOnlyCollection<VideoSession> listed, Caller caller, CancellationToken ct)
    {
        var positions = await sessions.PositionsAsync(caller.Tenant, listed, ct);
        var greenScreen = listed.Any(IsOpen) && (await settings.ReadAsync(caller.Tenant, ct)).TavusGreenScreen;
        return [.. listed.Select(session => Of(session, caller, PositionOf(session), greenScreen))];

        int? PositionOf(VideoSession session) => positions.TryGetValue(session.Id, out var position) ? position : null;
    }

    private static bool IsOpen(VideoSession session) => session.State is TavusSessionState.Waiting or TavusSessionState.Live;

    private TavusSession Of(VideoSession session, Caller caller, int? position, bool greenScreen)
    {
        var isOpen = IsOpen(session);
        return new TavusSession
        {
            SessionId = session.Id.Value,
            ThreadId = session.ConversationId.Value,
            State = session.IsWaitingForSlot ? TavusSessionState.Queued : session.State,
            ConversationId = session.TavusConversationId,
            ConversationUrl = isOpen ? session.ConversationUrl : null,
            ReplicaId = session.ReplicaId,
            MeetingToken = isOpen ? session.MeetingToken : null,
            Position = position,
            MaxSeconds = session.ReservedSeconds,
            RemainingSeconds = CallTime.Remaining(session.Deadline, session.EndedAt, clock.GetUtcNow()),
            GreenScreen = isOpen && greenScreen,
            LeaveToken = session.IsOver ? null : leaveTokens.Create(LeaveTokens.Video, session.TenantId, session.Id.Value),
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
        TavusEndReason.Failed => "The video call couldn't be started. You can switch to text.",
        TavusEndReason.NoReplica => "The avatar didn't join the call. You can try again, or switch to text.",
        TavusEndReason.TimeLimit => "This call reached its time limit.",
        _ => null,
    };
}
