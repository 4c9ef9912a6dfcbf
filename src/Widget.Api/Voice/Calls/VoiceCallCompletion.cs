using Widget.Api.Conversations;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Calls;

/// <summary>Records the end of a call: its usage, the event in the conversation, and the final state of the row.</summary>
public sealed class VoiceCallCompletion
{
    /// <summary>Records the end in the caller's transaction. A second time changes nothing.</summary>
    /// <param name="db">The transaction that has locked the call.</param>
    /// <param name="call">The call. It is over at the provider.</param>
    /// <param name="endedAt">When it ended. Waiting for the database does not count as call time.</param>
    /// <param name="ct">Cancels the work.</param>
    public async Task CompleteAsync(TenantDb db, VoiceCall call, DateTimeOffset endedAt, CancellationToken ct)
    {
        if (call.IsOver) return;
        call.EndReason ??= VoiceEndReason.Provider;
        (call.EndedAt, call.NextCheckAt, call.LeaseOwner, call.LeaseUntil) = (endedAt, null, null, null);
        if (call.OpenedAt is not { } openedAt)
        {
            (call.State, call.Seconds) = (VoiceSessionState.Failed, 0);
            return;
        }

        call.State = VoiceSessionState.Ended;
        call.Seconds = SecondsOf(call, endedAt - openedAt);
        await UsageMeter.CountAsync(db, UsageMeter.Voice, call.Id.Value, call.ConversationId, call.Seconds.Value, TokensOf(call), ct);
        var ended = new VoiceCallEnded { SessionId = call.Id.Value, Reason = call.EndReason.Value, Seconds = call.Seconds.Value };
        await ConversationLog.AppendAsync(db, call.ConversationId, ended, ct);
    }

    // A provider that reports the duration bills by it.
    private static int SecondsOf(VoiceCall call, TimeSpan elapsed)
    {
        var reported = call.Usage.GetValueOrDefault("provider_seconds");
        return (int)Math.Clamp(reported > 0 ? reported : Math.Round(elapsed.TotalSeconds), 0, int.MaxValue);
    }

    // If the provider reports only a total, that counts as input. A provider that bills by time reports no tokens.
    private static ModelUse TokensOf(VoiceCall call)
    {
        var (input, output) = (Of("input_text_tokens") + Of("input_audio_tokens"), Of("output_text_tokens") + Of("output_audio_tokens"));
        if (input + output == 0) input = Of("total_tokens");
        return input + output == 0 ? default : new ModelUse(call.Model, input, output, 0);

        long Of(string figure) => Math.Max(0, call.Usage.GetValueOrDefault(figure));
    }
}
