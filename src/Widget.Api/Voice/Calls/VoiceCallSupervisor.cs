using Widget.Api.Conversations;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Voice.Calls;

/// <summary>
/// Starts the dialogue, handles commands, renews the lease and ends the call, for every call that this node runs. It makes no difference
/// whether the node is connected to the provider or the page relays the events.
/// </summary>
public sealed class VoiceCallSupervisor(
    VoiceCallStore store,
    VoiceCallLog log,
    VoiceCallCompletion completion,
    LiveVoiceUpdates voices,
    VoiceTimings timings,
    TimeProvider clock,
    IHostApplicationLifetime lifetime,
    ILogger<VoiceCallSupervisor> logger)
{
    /// <summary>Starts the dialogue. On the call's first connection it sends the model the earlier conversation.</summary>
    internal async Task StartDialogueAsync(VoiceCall call, ActiveVoiceCall activeCall, CancellationToken ct)
    {
        bool? isFirst = null;
        try
        {
            isFirst = await store.MarkAttachedAsync(call, logger.LogDatabaseUnavailable, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The visitor is waiting, so start the dialogue even if the row could not be updated.
            logger.LogUnexpected(SanitizedException.From(e), call.Id);
        }

        activeCall.StartDialogue(isFirst ?? call.AttachedAt is null);
    }

    /// <summary>Carries out a command of the visitor's page.</summary>
    internal void HandleCommand(VoiceCall call, ActiveVoiceCall activeCall, VoiceCommand command)
    {
        switch (command.Kind)
        {
            case "press":
                activeCall.PostRequest(() => activeCall.Dialogue.HandlePushToTalk(pressed: true));
                break;
            case "release":
                activeCall.PostRequest(() => activeCall.Dialogue.HandlePushToTalk(pressed: false));
                break;
            case "interrupt":
                activeCall.PostRequest(activeCall.Dialogue.Interrupt);
                break;
            case "say" when command.Item is { } item:
                _ = HandleTypedMessageAsync(call, activeCall, item);
                break;
            case "look":
                _ = RenewOnceAsync(call, activeCall);
                break;
            default:
                break;
        }
    }

    /// <summary>Renews the lease regularly. Cancels <paramref name="lost"/> when another node has claimed the call.</summary>
    internal async Task RenewAsync(VoiceCall call, ActiveVoiceCall activeCall, CancellationTokenSource lost)
    {
        using var timer = new PeriodicTimer(timings.Renewal, clock);
        while (await timer.WaitForNextTickAsync(lost.Token))
        {
            if (await RenewOnceAsync(call, activeCall)) continue;
            await lost.CancelAsync();
            return;
        }
    }

    /// <summary>Ends a call: at the provider, then in the log, then in the row. Each step is idempotent.</summary>
    /// <param name="call">The call.</param>
    /// <param name="activeCall">The call as this node runs it; null when this node does not run it.</param>
    /// <param name="reason">The reason. If the row already has one, that one is kept.</param>
    /// <param name="hangUp">Ends the call at the provider; null when only the page is connected to the provider.</param>
    internal async Task EndAsync(VoiceCall call, ActiveVoiceCall? activeCall, VoiceEndReason reason, Func<Task>? hangUp)
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

        var isHungUp = await HangUpAsync(call, hangUp);
        var endedAt = clock.GetUtcNow();
        if (activeCall is not null) await activeCall.CloseAsync(lifetime.ApplicationStopping);
        voices.Remove(call.ConversationId);
        // Only this node knows the usage of a call that it ran, so retry until it is saved. Any other call can be ended by another node.
        if (activeCall is not null)
            await DatabaseRetry.RunAsync(_ => SaveAsync(), clock, logger.LogDatabaseUnavailable, lifetime.ApplicationStopping);
        else await SaveAsync();

        Task SaveAsync() => store.ChangeAsync(call, async (db, row) =>
        {
            row.BeginEnd(reason, endedAt);
            if (activeCall is not null) row.Usage = VoiceCallStore.MergeUsage(row.Usage, activeCall.Usage);
            if (isHungUp) await completion.CompleteAsync(db, row, endedAt, CancellationToken.None);
            else if (!row.IsOver)
                (row.LeaseOwner, row.LeaseUntil, row.NextCheckAt) = (null, null, clock.GetUtcNow() + timings.EndRetryInterval);
        });
    }

    /// <summary>Lets another node or a reconnecting page take the call. Does not throw; a lease that can't be released expires.</summary>
    internal Task ReleaseAsync(TenantId tenant, VoiceCallId id, TimeSpan next) => ReleaseAsync(tenant, id, store.Node, next, null);

    /// <inheritdoc cref="ReleaseAsync(TenantId, VoiceCallId, TimeSpan)"/>
    internal Task ReleaseAsync(VoiceCall call, TimeSpan next, ActiveVoiceCall activeCall) =>
        ReleaseAsync(call.TenantId, call.Id, store.OwnerOf(call), next, activeCall);

    private async Task ReleaseAsync(TenantId tenant, VoiceCallId id, Guid? owner, TimeSpan next, ActiveVoiceCall? activeCall)
    {
        try
        {
            await store.ReleaseLeaseAsync(tenant, id, owner, next, activeCall);
        }
        catch (Exception e)
        {
            logger.LogFault(e, id);
        }
    }

    private async Task HandleTypedMessageAsync(VoiceCall call, ActiveVoiceCall activeCall, string item)
    {
        try
        {
            var text = await DatabaseRetry.RunAsync(
                ct => log.FindTypedAsync(call, item, ct),
                clock,
                logger.LogDatabaseUnavailable,
                activeCall.Ended);
            if (text is not null) activeCall.HandleTypedMessage(item, text);
        }
        catch (OperationCanceledException) when (activeCall.Ended.IsCancellationRequested)
        {
            // The call is over. The typed message stays in the log.
        }
        catch (Exception e)
        {
            logger.LogFault(e, call.Id);
        }
    }

    // False when another node has the lease. Does not throw, because a call that costs money must stay monitored.
    private async Task<bool> RenewOnceAsync(VoiceCall call, ActiveVoiceCall activeCall)
    {
        try
        {
            // A database that does not answer must not delay the time limit.
            using var timeout = new CancellationTokenSource(timings.Lease, clock);
            if (await store.RenewLeaseAsync(call, activeCall, timeout.Token) is not { } row) return false;
            if (row.State != VoiceSessionState.Live) activeCall.Post(() => activeCall.End(row.EndReason ?? VoiceEndReason.Provider));
            return true;
        }
        catch (Exception e)
        {
            // Without the database, no other node can claim the call either. Keep it, and enforce the time limit from memory.
            logger.LogFault(e, call.Id);
            if (clock.GetUtcNow() > activeCall.Deadline) activeCall.Post(() => activeCall.End(VoiceEndReason.TimeLimit));
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
                || clock.GetUtcNow() > call.CreatedAt + timings.MaxEndRetryTime;
        }
    }
}
