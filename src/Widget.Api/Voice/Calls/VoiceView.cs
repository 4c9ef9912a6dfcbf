using Widget.Api.Calls;
using Widget.Contracts;

namespace Widget.Api.Voice.Calls;

/// <summary>A call as its caller sees it.</summary>
public sealed class VoiceView(LeaveTokens leaving, TimeProvider clock)
{
    /// <param name="call">Which.</param>
    /// <param name="caller">Who sees it.</param>
    /// <param name="sdp">The provider's answer, where it has just come.</param>
    public VoiceSession Of(VoiceCall call, VoiceCaller caller, string? sdp = null) => new()
    {
        SessionId = call.Id.Value,
        ThreadId = call.ConversationId.Value,
        State = call.State,
        Sdp = sdp,
        Relay = call.Protocol == VoiceProtocol.SelfHosted,
        PushToTalk = call.Plan.Turns == TurnTaking.PushToTalk,
        MaxSeconds = call.ReservedSeconds,
        RemainingSeconds = call.Deadline is { } deadline ? (int)Math.Max(0, (deadline - (call.EndedAt ?? clock.GetUtcNow())).TotalSeconds) : null,
        LeaveToken = call.IsOver ? null : leaving.Create(LeaveTokens.Voice, call.TenantId, call.Id.Value),
        EndReason = call.State is VoiceSessionState.Creating or VoiceSessionState.Live ? null : call.EndReason,
        Problem = call.EndReason switch
        {
            VoiceEndReason.Failed => "The call could not be opened. You can switch to text.",
            VoiceEndReason.Provider => "The call was cut off. You can try again, or switch to text.",
            VoiceEndReason.Tampered => "The call was ended, since what the assistant was told was changed from this page.",
            VoiceEndReason.TimeLimit => "The time for this call was up.",
            _ => null,
        },
        Record = caller.Visitor is null
            ? new VoiceCallRecord(call.Protocol, call.Model, call.CreatedAt, call.OpenedAt, call.EndedAt, call.Seconds, call.Usage)
            : null,
    };
}
