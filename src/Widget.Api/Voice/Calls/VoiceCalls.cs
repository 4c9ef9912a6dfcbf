using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Voice.Calls;

/// <summary>Who asks about a call: a visitor, about their own, or a program of the tenant's, about any.</summary>
public sealed record VoiceCaller(TenantInfo Tenant, VisitorId? Visitor);

/// <summary>Voice calls as their visitors and the tenant's programs have them: open, say that one is there, speak, end.</summary>
public sealed partial class VoiceCalls(
    TenantDatabase database,
    TenantSettingsService settings,
    VoiceAccounts accounts,
    VoiceOffer offer,
    VoiceBriefing briefing,
    VoiceProviders providers,
    VoiceHolder holder,
    VoiceBus bus,
    VoiceFinish finish,
    VoiceTimings timings,
    TimeProvider clock,
    ILogger<VoiceCalls> logger)
{
    /// <summary>How soon after the end of a call at its provider's limit a new one goes on with it.</summary>
    private static readonly TimeSpan Continuing = TimeSpan.FromMinutes(1);

    /// <summary>Opens a call. The same client id again gives the same call, without the provider's answer.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="visitor">Whose call it will be.</param>
    /// <param name="thread">The conversation that it belongs to, which is the visitor's.</param>
    /// <param name="request">The page's offer, and what is wished.</param>
    /// <param name="ct">Ends the wait, not the opening.</param>
    public async Task<(VoiceCall? Call, string? Sdp, VoiceRefusal? Refusal)> OpenAsync(VoiceCaller caller, VisitorId visitor, ConversationId thread, VoiceSessionRequest request, CancellationToken ct)
    {
        var tenant = caller.Tenant.TenantId;
        var wishes = await settings.ReadAsync(tenant, ct);
        if (!wishes.Voice.Enabled) return (null, null, VoiceRefusal.NotOffered);
        if (await accounts.OfAsync(tenant, wishes.Voice, ct) is not { } account) return (null, null, VoiceRefusal.NoKey);
        if (offer.ModelOf(wishes.Voice, account) is not { } model) return (null, null, VoiceRefusal.NoModel);
        if (await offer.OverBudgetAsync(tenant, wishes, model, ct) is { } over) return (null, null, over);
        if (await briefing.PlanAsync(caller.Tenant, wishes, thread, request, offer.TranscriptionModelOf(wishes.Voice, account), ct) is not { } plan) return (null, null, VoiceRefusal.NoSuchConversation);
        await EndOthersAsync(tenant, thread, request.ClientId, ct);
        var (call, refusal, isNew) = await AddAsync(caller, visitor, thread, request, wishes.Voice, account, model, plan, ct);
        if (!isNew || call is null) return (call, null, refusal);

        // Whoever gives up waiting does not undo what the provider may have done; the outcome is written down all the same.
        return await AskAsync(call, account, request.Sdp).WaitAsync(ct);
    }

    /// <summary>The call; null when it is not the caller's.</summary>
    public async Task<VoiceCall?> FindAsync(VoiceCaller caller, VoiceCallId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant.TenantId, ct);
        return await db.FindCallAsync(id, ct) is { } call && (caller.Visitor is null || call.VisitorId == caller.Visitor) ? call : null;
    }

    /// <summary>The tenant's calls, newest first.</summary>
    public async Task<IReadOnlyList<VoiceCall>> ListAsync(TenantId tenant, VoiceCallId? before, int limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // Their ids are in the order in which they were made.
        return before is { } last
            ? await db.VoiceCalls.FromSql($"select * from voice_sessions where id < {last.Value} order by id desc limit {limit}").AsNoTracking().ToListAsync(ct)
            : await db.VoiceCalls.AsNoTracking().OrderByDescending(row => row.Id).Take(limit).ToListAsync(ct);
    }

    /// <summary>The page is still there; null when the call is not the caller's.</summary>
    public async Task<VoiceCall?> AliveAsync(VoiceCaller caller, VoiceCallId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant.TenantId, ct);
        if (await OwnAsync(db, caller, id, ct) is not { } call) return null;
        if (call.IsOver) return call;
        call.SeenAt = clock.GetUtcNow();
        await db.CommitAsync(ct);
        return call;
    }

    /// <summary>Ends the call. A second time changes nothing; null when the call is not the caller's.</summary>
    public async Task<VoiceCall?> EndAsync(TenantId tenant, VisitorId? visitor, VoiceCallId id, VoiceEndReason reason, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockAsync(id, ct) is not { } call || (visitor is not null && call.VisitorId != visitor)) return null;
        if (!call.BeginEnd(reason, clock.GetUtcNow())) return call;
        await db.CommitAsync(ct);
        await HaveLookedAtAsync(id, ct);
        return call;
    }

    /// <summary>What the visitor types in a call: written down, then said to the assistant. False when there is no such call or it is not open.</summary>
    public async Task<bool> SayAsync(VoiceCaller caller, VoiceCallId id, VoiceSayRequest request, CancellationToken ct)
    {
        var item = $"{VoiceBackstage.Typed}{request.ClientId}";
        await using (var db = await database.BeginAsync(caller.Tenant.TenantId, ct))
        {
            if (await OwnAsync(db, caller, id, ct) is not { State: VoiceSessionState.Live } call) return false;
            // The first command may have been lost, so a repeated request sends it again. The node that holds the call says it once.
            var isNew = await VoiceBackstage.AppendAsync(db, call, item, Speaker.Visitor, request.Text.Trim(), interrupted: false, ct);
            if (isNew) await db.CommitAsync(ct);
        }

        await bus.CommandAsync(id, new VoiceCommand("say", item), ct);
        return true;
    }

    /// <summary>One of the visitor's buttons. False when there is no such call or it is not open.</summary>
    public async Task<bool> CommandAsync(VoiceCaller caller, VoiceCallId id, VoiceCommand command, CancellationToken ct)
    {
        if (await FindAsync(caller, id, ct) is not { State: VoiceSessionState.Live }) return false;
        await bus.CommandAsync(id, command, ct);
        return true;
    }

    private async Task<(VoiceCall? Call, string? Sdp, VoiceRefusal? Refusal)> AskAsync(VoiceCall added, VoiceAccount account, string sdp)
    {
        VoiceAnswer answer;
        try
        {
            answer = await providers.Of(added.Protocol).OpenAsync(account, added.Model, added.Plan, sdp, CancellationToken.None);
        }
        catch (VoiceProviderException e)
        {
            LogNotOpened(e, added.Id);
            await ChangeAsync(added, async (db, row) =>
            {
                row.BeginEnd(VoiceEndReason.Failed, clock.GetUtcNow());
                await finish.EndAsync(db, row, CancellationToken.None);
            });
            return (null, null, VoiceRefusals.Of(e));
        }

        VoiceCall? call;
        try
        {
            call = await OpenedAsync(added, answer);
        }
        catch
        {
            await HangUpAsync(added, account, answer);
            throw;
        }

        if (call is null)
        {
            await HangUpAsync(added, account, answer);
            return (null, null, VoiceRefusal.NoSuchConversation);
        }

        if (call.Protocol != VoiceProtocol.SelfHosted) await holder.Start(call.TenantId, call.Id);
        return (call, answer.Sdp, null);
    }

    // Null when the call has been deleted or given up in the meantime.
    private async Task<VoiceCall?> OpenedAsync(VoiceCall added, VoiceAnswer answer)
    {
        VoiceCall? call = null;
        // Only this node knows the provider's id of the call, and no other node claims the call until its lease expires.
        using var patience = new CancellationTokenSource(timings.Lease, clock);
        await DatabaseRetry.RunAsync(
            _ => ChangeAsync(added, async (db, row) =>
            {
                if (row.IsOver) return;
                // A retry after a commit whose response was lost finds the row already changed.
                var isNew = row.OpenedAt is null;
                var now = clock.GetUtcNow();
                // If its end is wished by now, it is hung up next.
                (row.CallId, row.OpenedAt, row.SeenAt) = (answer.CallId ?? row.Id.ToString(), row.OpenedAt ?? now, now);
                if (row.State == VoiceSessionState.Creating) row.State = VoiceSessionState.Live;
                if (row.Protocol == VoiceProtocol.SelfHosted) (row.LeaseOwner, row.LeaseUntil) = (null, null);
                else row.LeaseUntil = now + timings.Lease;
                var started = new VoiceCallStarted { SessionId = row.Id.Value, Continues = row.Continues?.Value };
                if (isNew) await ConversationLog.AppendAsync(db, row.ConversationId, started, CancellationToken.None);
                call = row;
            }),
            clock,
            LogDatabaseAway,
            patience.Token);
        return call;
    }

    // A call without a row would cost money until the provider's own limit.
    private async Task HangUpAsync(VoiceCall call, VoiceAccount account, VoiceAnswer answer)
    {
        if (answer.CallId is not { } callId) return;
        try
        {
            await providers.Of(call.Protocol).HangUpAsync(account, callId, CancellationToken.None);
        }
        catch (VoiceProviderException e)
        {
            LogNotHungUp(e, call.Id);
        }
    }

    // Tells the node that holds the call to look at its row. It looks every few seconds anyway, so a database that fails now only delays it.
    private async Task HaveLookedAtAsync(VoiceCallId id, CancellationToken ct)
    {
        try
        {
            await bus.CommandAsync(id, new VoiceCommand("look"), ct);
        }
        catch (Exception e) when (DatabaseFaults.IsTransient(e))
        {
            LogDatabaseAway(e);
        }
    }

    // A visitor has one call. An earlier one, of a page that was reloaded, ends now.
    private async Task EndOthersAsync(TenantId tenant, ConversationId thread, string clientId, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var others = await db.VoiceCalls
            .FromSql($"select * from voice_sessions where conversation_id = {thread.Value} and client_id <> {clientId} and state in ('creating', 'live') for update")
            .ToListAsync(ct);
        var ended = others.Where(other => other.BeginEnd(VoiceEndReason.Left, clock.GetUtcNow())).ToList();
        if (ended.Count == 0) return;
        await db.CommitAsync(ct);
        foreach (var other in ended) await HaveLookedAtAsync(other.Id, ct);
    }

    private async Task<(VoiceCall? Call, VoiceRefusal? Refusal, bool IsNew)> AddAsync(
        VoiceCaller caller,
        VisitorId visitor,
        ConversationId thread,
        VoiceSessionRequest request,
        VoiceSettings wishes,
        VoiceAccount account,
        string model,
        VoicePlan plan,
        CancellationToken ct)
    {
        var tenant = caller.Tenant.TenantId;
        await using var db = await database.BeginAsync(tenant, ct);
        if (!await ConversationLog.LockAsync(db, thread, visitor, ct)) return (null, VoiceRefusal.NoSuchConversation, false);
        if (await db.VoiceCalls.AsNoTracking().SingleOrDefaultAsync(row => row.ConversationId == thread && row.ClientId == request.ClientId, ct) is { } known) return (known, null, false);
        await CallBudget.LockAsync(db, UsageMeter.Voice, ct);
        if (await offer.LongestCallAsync(db, wishes, ct) is not { } seconds) return (null, VoiceRefusal.OutOfBudget, false);

        var now = clock.GetUtcNow();
        var before = await db.VoiceCalls.AsNoTracking()
            .Where(row => row.ConversationId == thread && row.EndReason == VoiceEndReason.Continued && row.EndedAt > now - Continuing)
            .OrderByDescending(row => row.EndedAt)
            .FirstOrDefaultAsync(ct);
        var call = new VoiceCall
        {
            TenantId = tenant,
            Id = VoiceCallId.New(),
            ConversationId = thread,
            VisitorId = visitor,
            ClientId = request.ClientId,
            State = VoiceSessionState.Creating,
            Protocol = account.Protocol,
            Endpoint = account.Endpoint.AbsoluteUri,
            Account = account.Fingerprint,
            Model = model,
            Plan = plan,
            Watched = caller.Visitor is not null,
            ReservedSeconds = seconds,
            Continues = before?.Id,
            CreatedAt = now,
            SeenAt = now,
            Usage = [],
            NextCheckAt = now,
            LeaseOwner = holder.Node,
            LeaseUntil = now + timings.Lease + timings.Lease,
        };
        db.VoiceCalls.Add(call);
        await db.CommitAsync(ct);
        return (call, null, true);
    }

    private async Task ChangeAsync(VoiceCall call, Func<TenantDb, VoiceCall, Task> change)
    {
        await using var db = await database.BeginAsync(call.TenantId, CancellationToken.None);
        if (await db.LockAsync(call.Id, CancellationToken.None) is not { } row) return;
        await change(db, row);
        await db.CommitAsync(CancellationToken.None);
    }

    private static async Task<VoiceCall?> OwnAsync(TenantDb db, VoiceCaller caller, VoiceCallId id, CancellationToken ct) =>
        await db.LockAsync(id, ct) is { } call && (caller.Visitor is null || call.VisitorId == caller.Visitor) ? call : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Voice call {Call} was not opened")]
    private partial void LogNotOpened(Exception exception, VoiceCallId call);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Voice call {Call} could not be hung up")]
    private partial void LogNotHungUp(Exception exception, VoiceCallId call);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; a voice call is waiting for it")]
    private partial void LogDatabaseAway(Exception exception);
}
