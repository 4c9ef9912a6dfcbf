using Microsoft.EntityFrameworkCore;
using Widget.Api.Agents;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Voice.Calls;

/// <summary>A call that passed all checks and can be opened.</summary>
internal sealed record VoiceCallOpening(
    ConversationId Thread,
    VoiceSessionRequest Request,
    VoiceSettings Settings,
    VoiceAccount Account,
    string Model,
    VoicePlan Plan);

/// <summary>Opens calls at their provider.</summary>
public sealed partial class VoiceCallOpener(
    TenantDatabase database,
    VoiceCallStore store,
    ConversationAgents agents,
    VoiceAccounts accounts,
    VoiceAvailability availability,
    VoicePlanBuilder plans,
    VoiceProviders providers,
    VoiceCallHost host,
    VoiceCallCompletion completion,
    VoiceTimings timings,
    TimeProvider clock,
    ILogger<VoiceCallOpener> logger)
{
    /// <summary>A call can continue an earlier one that ended with the reason "continued" within this time.</summary>
    private static readonly TimeSpan ContinuationWindow = TimeSpan.FromMinutes(1);

    /// <summary>Checks whether the tenant can open a call, and plans it.</summary>
    internal async Task<(VoiceCallOpening? Opening, CallRefusal? Refusal)> PrepareAsync(
        TenantInfo tenant,
        ConversationId thread,
        VoiceSessionRequest request,
        CancellationToken ct)
    {
        var id = tenant.TenantId;
        var current = await agents.SettingsAsync(id, thread, ct);
        var voice = current.Voice;
        if (!voice.Enabled) return (null, VoiceRefusals.NotEnabled);
        if (await accounts.OfAsync(id, voice, ct) is not { } account) return (null, VoiceRefusals.NoKey);
        if (availability.ModelOf(voice, account) is not { } model) return (null, VoiceRefusals.NoModel);
        if (await availability.BudgetRefusalAsync(id, current, model, ct) is { } overBudget) return (null, overBudget);
        var plan = await plans.BuildAsync(tenant, current, thread, request, availability.TranscriptionModelOf(voice, account), ct);
        return plan is null
            ? (null, CallRefusal.NoConversation)
            : (new VoiceCallOpening(thread, request, voice, account, model, plan), null);
    }

    /// <summary>Adds the call's row and opens the call. A repeated client id returns the existing call.</summary>
    /// <param name="opening">The call to open.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="visitor">Who the call is for.</param>
    /// <param name="ct">Stops waiting. The call is opened and recorded all the same.</param>
    internal async Task<(VoiceCall? Call, string? Sdp, CallRefusal? Refusal)> OpenAsync(
        VoiceCallOpening opening,
        Caller caller,
        VisitorId visitor,
        CancellationToken ct)
    {
        var (call, refusal, isNew) = await AddAsync(opening, caller, visitor, ct);
        if (!isNew || call is null) return (call, null, refusal);

        // The provider may open the call even if the caller stops waiting, so the outcome is recorded in any case.
        return await OpenAtProviderAsync(call, opening.Account, opening.Request.Sdp).WaitAsync(ct);
    }

    private async Task<(VoiceCall? Call, string? Sdp, CallRefusal? Refusal)> OpenAtProviderAsync(
        VoiceCall added,
        VoiceAccount account,
        string sdp)
    {
        VoiceAnswer answer;
        try
        {
            answer = await providers.Of(added.Protocol).OpenAsync(account, added.Model, added.Plan, sdp, CancellationToken.None);
        }
        catch (VoiceProviderException e)
        {
            LogNotOpened(e, added.Id);
            await store.ChangeAsync(added, async (db, row) =>
            {
                row.BeginEnd(VoiceEndReason.Failed, clock.GetUtcNow());
                await completion.CompleteAsync(db, row, clock.GetUtcNow(), CancellationToken.None);
            });
            return (null, null, VoiceRefusals.Of(e));
        }

        VoiceCall? call;
        try
        {
            call = await SaveOpenedAsync(added, answer);
        }
        catch
        {
            await HangUpAsync(added, account, answer);
            throw;
        }

        if (call is null)
        {
            await HangUpAsync(added, account, answer);
            return (null, null, CallRefusal.NoConversation);
        }

        if (call.Protocol != VoiceProtocol.SelfHosted) await host.Start(call.TenantId, call.Id);
        return (call, answer.Sdp, null);
    }

    // Null when the call was deleted or ended in the meantime.
    private async Task<VoiceCall?> SaveOpenedAsync(VoiceCall added, VoiceAnswer answer)
    {
        VoiceCall? call = null;
        // Retry until the lease expires: only this node knows the provider's id of the call, and until then no other node claims the call.
        using var leaseExpires = new CancellationTokenSource(timings.Lease, clock);
        await DatabaseRetry.RunAsync(
            _ => store.ChangeAsync(added, async (db, row) =>
            {
                if (row.IsOver) return;
                // A retry after a commit whose response was lost finds the row already changed.
                var isNew = row.OpenedAt is null;
                var now = clock.GetUtcNow();
                (row.CallId, row.OpenedAt, row.SeenAt) = (answer.CallId ?? row.Id.ToString(), row.OpenedAt ?? now, now);
                // If its end was requested meanwhile, the call stays in the state Ending and is hung up next.
                if (row.State == VoiceSessionState.Creating) row.State = VoiceSessionState.Live;
                if (row.Protocol == VoiceProtocol.SelfHosted) (row.LeaseOwner, row.LeaseUntil) = (null, null);
                else row.LeaseUntil = now + timings.Lease;
                var started = new VoiceCallStarted { SessionId = row.Id.Value, Continues = row.Continues?.Value };
                if (isNew) await ConversationLog.AppendAsync(db, row.ConversationId, started, CancellationToken.None);
                call = row;
            }),
            clock,
            logger.LogDatabaseUnavailable,
            leaseExpires.Token);
        return call;
    }

    // Without a row, nothing else would end the call, and it would cost money until the provider's own limit.
    private async Task HangUpAsync(VoiceCall call, VoiceAccount account, VoiceAnswer answer)
    {
        if (answer.CallId is not { } callId) return;
        try
        {
            await providers.Of(call.Protocol).HangUpAsync(account, callId, CancellationToken.None);
        }
        catch (VoiceProviderException e)
        {
            logger.LogHangUpFailed(e, call.Id);
        }
    }

    private async Task<(VoiceCall? Call, CallRefusal? Refusal, bool IsNew)> AddAsync(
        VoiceCallOpening opening,
        Caller caller,
        VisitorId visitor,
        CancellationToken ct)
    {
        var (thread, request) = (opening.Thread, opening.Request);
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        if (!await ConversationLog.LockAsync(db, thread, visitor, ct)) return (null, CallRefusal.NoConversation, false);
        var known = await db.VoiceCalls.AsNoTracking()
            .SingleOrDefaultAsync(row => row.ConversationId == thread && row.ClientId == request.ClientId, ct);
        if (known is not null) return (known, null, false);
        await CallBudget.LockAsync(db, UsageMeter.Voice, ct);
        if (await availability.MaxCallSecondsAsync(db, opening.Settings, ct) is not { } seconds)
            return (null, VoiceRefusals.OutOfMinutes, false);

        var now = clock.GetUtcNow();
        var continued = await db.VoiceCalls.AsNoTracking()
            .Where(row => row.ConversationId == thread
                && row.EndReason == VoiceEndReason.Continued
                // A call that its page replaces may still be ending.
                && (row.EndedAt == null || row.EndedAt > now - ContinuationWindow))
            .OrderByDescending(row => row.EndedAt)
            .FirstOrDefaultAsync(ct);
        var call = new VoiceCall
        {
            TenantId = caller.Tenant,
            Id = VoiceCallId.New(),
            ConversationId = thread,
            VisitorId = visitor,
            ClientId = request.ClientId,
            State = VoiceSessionState.Creating,
            Protocol = opening.Account.Protocol,
            Endpoint = opening.Account.Endpoint.AbsoluteUri,
            Account = opening.Account.Fingerprint,
            Model = opening.Model,
            Plan = opening.Plan,
            Watched = caller.Visitor is not null,
            ReservedSeconds = seconds,
            Continues = continued?.Id,
            CreatedAt = now,
            SeenAt = now,
            Usage = [],
            NextCheckAt = now,
            LeaseOwner = store.Node,
            LeaseUntil = now + timings.Lease + timings.Lease,
        };
        db.VoiceCalls.Add(call);
        await db.CommitAsync(ct);
        return (call, null, true);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Opening voice call {Call} failed")]
    private partial void LogNotOpened(Exception exception, VoiceCallId call);
}
