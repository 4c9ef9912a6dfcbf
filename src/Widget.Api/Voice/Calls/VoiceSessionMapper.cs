using Widget.Api.Calls;
using Widget.Contracts;

namespace Widget.Api.Voice.Calls;

/// <summary>Maps a call to the API's response.</summary>
public sealed class VoiceSessionMapper(LeaveTokens leaveTokens, TimeProvider clock)
{
    /// <param name="call">The call.</param>
    /// <param name="caller">Who asks. Only programs get the record with model and usage.</param>
    /// <param name="sdp">The provider's SDP answer, when the call was just opened.</param>
    public VoiceSession Of(VoiceCall call, Caller caller, string? sdp = null) => new()
    {
        SessionId = call.Id.Value,
        ThreadId = call.ConversationId.Value,
        State = call.State,
        Sdp = sdp,
        Relay = call.Protocol == VoiceProtocol.SelfHosted,
        PushToTalk = call.Plan.Turns == TurnTaking.PushToTalk,
        MaxSeconds = call.ReservedSeconds,
        RemainingSeconds = CallTime.Remaining(call.Deadline, call.EndedAt, clock.GetUtcNow()),
        LeaveToken = call.IsOver ? null : leaveTokens.Create(LeaveTokens.Voice, call.TenantId, call.Id.Value),
        EndReason = call.State is VoiceSessionState.Creating or VoiceSessionState.Live ? null : call.EndReason,
        Problem = call.EndReason switch
        {
            VoiceEndReason.Failed => "The call couldn't be started. You can switch to text.",
            VoiceEndReason.Provider => "The call was disconnected. You can try again, or switch to text.",
            VoiceEndReason.Tampered => "The call was ended because the assistant's instructions were changed from this page.",
            VoiceEndReason.TimeLimit => "This call reached its time limit.",
            _ => null,
        },
        Record = caller.Visitor is null
            ? new VoiceCallRecord(call.Protocol, call.Model, call.CreatedAt, call.OpenedAt, call.EndedAt, call.Seconds, call.Usage)
            : null,
    };
}
