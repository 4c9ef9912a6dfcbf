using Widget.Api.Conversations;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Calls;

/// <summary>The end of a call, as it is written down: once, whoever comes to it. Within the caller's transaction.</summary>
public sealed class VoiceFinish(TimeProvider clock)
{
    /// <summary>The call is over at the provider: its time is counted and its end is told.</summary>
    /// <param name="db">The transaction that holds the call.</param>
    /// <param name="call">Which.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <param name="over">When the call ended, if earlier than now: waiting for the database does not count as call time.</param>
    public async Task EndAsync(TenantDb db, VoiceCall call, CancellationToken ct, DateTimeOffset? over = null)
    {
        if (call.IsOver) return;
        var now = over ?? clock.GetUtcNow();
        call.EndReason ??= VoiceEndReason.Provider;
        (call.EndedAt, call.NextCheckAt, call.LeaseOwner, call.LeaseUntil) = (now, null, null, null);
        if (call.OpenedAt is not { } opened)
        {
            (call.State, call.Seconds) = (VoiceSessionState.Failed, 0);
            return;
        }

        call.State = VoiceSessionState.Ended;
        // A provider that counts itself is paid by its own clock.
        var seconds = call.Usage.TryGetValue("provider_seconds", out var counted) && counted > 0 ? counted : Math.Round((now - opened).TotalSeconds);
        call.Seconds = (int)Math.Clamp(seconds, 0, int.MaxValue);
        await UsageMeter.CountAsync(db, UsageMeter.Voice, call.Id.Value, call.ConversationId, call.Seconds.Value, Tokens(call), ct);
        await ConversationLog.AppendAsync(
            db,
            call.ConversationId,
            new VoiceCallEnded { SessionId = call.Id.Value, Reason = call.EndReason.Value, Seconds = call.Seconds.Value },
            ct);
    }

    // The provider's own usage figures. If it reports only a total, that counts as input; a provider billed by time reports none.
    private static ModelUse Tokens(VoiceCall call)
    {
        var (input, output) = (Of("input_text_tokens") + Of("input_audio_tokens"), Of("output_text_tokens") + Of("output_audio_tokens"));
        if (input + output == 0) input = Of("total_tokens");
        return input + output == 0 ? default : new ModelUse(call.Model, input, output, 0);

        long Of(string figure) => Math.Max(0, call.Usage.GetValueOrDefault(figure));
    }
}
