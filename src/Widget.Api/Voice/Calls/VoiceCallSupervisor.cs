using Widget.Api.Conversations;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Voice.Calls;

/// <summary>
/// What every call needs while a node runs it, whether the node is connected to the provider or the page relays the events: start,
/// commands, lease, end.
/// </summary>
public sealed class VoiceCallSupervisor(
    VoiceCallStore store,
    VoiceCallLog log,
    VoiceCallCompletion completion,
    LiveVoices voices,
    VoiceTimings timings,
    TimeProvider clock,
    IHostApplicationLifetime lifetime,
    ILogger<VoiceCallSupervisor> logger)
{
    /// <summary>Starts the dialogue. On the call's first connection it sends the model the earlier conversation.</summary>
    internal async Task BeginAsync(VoiceCall call, ActiveVoiceCall held, CancellationToken ct)
    {
        bool? isFirst = null;
        try
        {
            isFirst = await store.MarkAttachedAsync(call, logger.LogDatabaseUnavailable, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The visitor is waiting, so start the dialogue even if the row could not be updated.
            logger.LogUnexpected(LoggedException.Of(e), call.Id);
        }

        held.Begin(isFirst ?? call.AttachedAt is null);
    }

    /// <summary>Carries out a command of the visitor's page.</summary>
    internal void Take(VoiceCall call, ActiveVoiceCall held, VoiceCommand command)
    {
        switch (command.Kind)
        {
            case "press":
                held.PostRequest(() => held.Dialogue.Talk(pressed: true));
                break;
            case "release":
                held.PostRequest(() => held.Dialogue.Talk(pressed: false));
                break;
            case "interrupt":
                held.PostRequest(held.Dialogue.Interrupt);
                break;
            case "say" when command.Item is { } item:
                _ = SayAsync(call, held, item);
                break;
            case "look":
                _ = CheckAsync(call, held);
                break;
            default:
                break;
        }
    }

    /// <summary>Renews the lease regularly. Cancels <paramref name="lost"/> when another node has taken the call.</summary>
    internal async Task RenewAsync(VoiceCall call, ActiveVoiceCall held, CancellationTokenSource lost)
    {
        using var timer = new PeriodicTimer(timings.Renewal, clock);
        while (await timer.WaitForNextTickAsync(lost.Token))
        {
            if (await CheckAsync(call, held)) continue;
            await lost.CancelAsync();
            return;
        }
    }

    /// <summary>Ends a call: at the provider, then in the log, then in the row. Each step is idempotent.</summary>
    /// <param name="call">The call.</param>
    /// <param name="held">The call as this node runs it; null when it does not.</param>
    /// <param name="reason">Why. An earlier reason in the row stays.</param>
    /// <param name="hangUp">Ends the call at the provider; null when the page's connection is the call.</param>
    internal async Task EndAsync(VoiceCall call, ActiveVoiceCall? held, VoiceEndReason reason, Func<Task>? hangUp)
    {
        try
        {
            await store.ChangeAsync(call, row => row.BeginEnd(reason, clock.GetUtcNow()));
        }
        catch (Exception e)
        {
            // The call costs money until it is hung up, so hang up even if the database is unavailable.
            logger.LogFault(e, call.Id);
        }

        var hungUp = await HangUpAsync(call, hangUp);
        var endedAt = clock.GetUtcNow();
        if (held is not null) await held.CloseAsync(lifetime.ApplicationStopping);
        voices.Forget(call.ConversationId);
        // Only this node knows the usage of a call that it ran, so retry until it is saved. Otherwise another node can save the end just
        // as well.
        if (held is not null)
            await DatabaseRetry.RunAsync(_ => SaveAsync(), clock, logger.LogDatabaseUnavailable, lifetime.ApplicationStopping);
        else await SaveAsync();

        Task SaveAsync() => store.ChangeAsync(call, async (db, row) =>
        {
            row.BeginEnd(reason, endedAt);
            if (held is not null) row.Usage = VoiceCallStore.Larger(row.Usage, held.Usage);
            if (hungUp) await completion.CompleteAsync(db, row, endedAt, CancellationToken.None);
            else if (!row.IsOver) (row.LeaseOwner, row.LeaseUntil, row.NextCheckAt) = (null, null, clock.GetUtcNow() + timings.RetryingEnd);
        });
    }

    /// <summary>Lets another node or a reconnecting page take the call. Does not throw; a lease that can't be released expires.</summary>
    internal async Task ReleaseAsync(TenantId tenant, VoiceCallId id, TimeSpan next, ActiveVoiceCall? held = null)
    {
        try
        {
            await store.ReleaseLeaseAsync(tenant, id, next, held);
        }
        catch (Exception e)
        {
            logger.LogFault(e, id);
        }
    }

    private async Task SayAsync(VoiceCall call, ActiveVoiceCall held, string item)
    {
        try
        {
            var text = await DatabaseRetry.RunAsync(
                ct => log.FindTypedAsync(call, item, ct),
                clock,
                logger.LogDatabaseUnavailable,
                held.Ended);
            if (text is not null) held.Say(item, text);
        }
        catch (OperationCanceledException) when (held.Ended.IsCancellationRequested)
        {
            // The call is over. The typed message stays in the log.
        }
        catch (Exception e)
        {
            logger.LogFault(e, call.Id);
        }
    }

    // False when another node has the call. Does not throw: a call that costs by the minute must stay monitored.
    private async Task<bool> CheckAsync(VoiceCall call, ActiveVoiceCall held)
    {
        try
        {
            // A database that does not answer must not delay the time limit.
            using var late = new CancellationTokenSource(timings.Lease, clock);
            if (await store.RenewLeaseAsync(call, held, late.Token) is not { } row) return false;
            if (row.State != VoiceSessionState.Live) held.Post(() => held.End(row.EndReason ?? VoiceEndReason.Provider));
            return true;
        }
        catch (Exception e)
        {
            // Without the database, no other node can claim the call either. Keep it, and enforce the time limit from memory.
            logger.LogFault(e, call.Id);
            if (clock.GetUtcNow() > held.Deadline) held.Post(() => held.End(VoiceEndReason.TimeLimit));
            return true;
        }
    }

    // False when hanging up should be retried.
    private async Task<bool> HangUpAsync(VoiceCall call, Func<Task>? hangUp)
    {
        try
        {
            if (hangUp is not null) await hangUp();
            return true;
        }
        catch (Exception e)
        {
            logger.LogHangUpFailed(e, call.Id);
            return e is VoiceProviderException { Fault: not VoiceFault.Temporary }
                || clock.GetUtcNow() > call.CreatedAt + timings.GivingUpEnd;
        }
    }
}
