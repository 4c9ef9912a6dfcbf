using Microsoft.EntityFrameworkCore;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Voice.Dialogue;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Calls;

/// <summary>Voice calls as visitors and the tenant's programs use them: open, keep alive, speak, end.</summary>
public sealed class VoiceCalls(
    TenantDatabase database,
    VoiceCallOpener opener,
    VoiceBus bus,
    VoiceCallLog log,
    TimeProvider clock,
    ILogger<VoiceCalls> logger)
{
    /// <summary>
    /// Opens a call. The conversation's other calls end. A repeated client id returns the existing call, without the provider's SDP answer.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="visitor">Who the call is for.</param>
    /// <param name="thread">The visitor's conversation.</param>
    /// <param name="request">The page's SDP offer and its options.</param>
    /// <param name="ct">Stops waiting. The call is opened and recorded all the same.</param>
    public async Task<(VoiceCall? Call, string? Sdp, CallRefusal? Refusal)> OpenAsync(
        TenantInfo tenant,
        Caller caller,
        VisitorId visitor,
        ConversationId thread,
        VoiceSessionRequest request,
        CancellationToken ct)
    {
        var (opening, refusal) = await opener.PrepareAsync(tenant, thread, request, ct);
        if (opening is null) return (null, null, refusal);
        await EndOthersAsync(caller.Tenant, thread, request.ClientId, ct);
        return await opener.OpenAsync(opening, caller, visitor, ct);
    }

    /// <summary>The call; null when the caller may not use it.</summary>
    public async Task<VoiceCall?> FindAsync(Caller caller, VoiceCallId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        return await db.FindCallAsync(id, ct) is { } call && caller.MayUse(call.VisitorId) ? call : null;
    }

    /// <summary>The tenant's calls, newest first.</summary>
    public async Task<IReadOnlyList<VoiceCall>> ListAsync(TenantId tenant, VoiceCallId? before, int limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // Ids sort by creation time.
        return before is { } last
            ? await db.VoiceCalls
                .FromSql($"select * from voice_sessions where id < {last.Value} order by id desc limit {limit}")
                .AsNoTracking()
                .ToListAsync(ct)
            : await db.VoiceCalls.AsNoTracking().OrderByDescending(row => row.Id).Take(limit).ToListAsync(ct);
    }

    /// <summary>Records that the page is still open. Null when the caller may not use the call.</summary>
    public async Task<VoiceCall?> AliveAsync(Caller caller, VoiceCallId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        if (await LockOwnAsync(db, caller, id, ct) is not { } call) return null;
        if (call.IsOver) return call;
        call.SeenAt = clock.GetUtcNow();
        await db.CommitAsync(ct);
        return call;
    }

    /// <summary>Ends the call. A second time changes nothing. Null when the caller may not use the call.</summary>
    public async Task<VoiceCall?> EndAsync(Caller caller, VoiceCallId id, VoiceEndReason reason, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        if (await LockOwnAsync(db, caller, id, ct) is not { } call) return null;
        if (!call.BeginEnd(reason, clock.GetUtcNow())) return call;
        await db.CommitAsync(ct);
        await RequestCheckAsync(id, ct);
        return call;
    }

    /// <summary>Saves a typed message and passes it to the assistant. False when the caller has no such call in progress.</summary>
    public async Task<bool> SayAsync(Caller caller, VoiceCallId id, VoiceSayRequest request, CancellationToken ct)
    {
        var item = $"{VoiceCallLog.TypedPrefix}{request.ClientId}";
        await using (var db = await database.BeginAsync(caller.Tenant, ct))
        {
            if (await LockOwnAsync(db, caller, id, ct) is not { State: VoiceSessionState.Live } call) return false;
            var typed = new SpokenUtterance(item, Speaker.Visitor, request.Text.Trim(), Interrupted: false);
            if (await log.AppendAsync(db, call, typed, ct)) await db.CommitAsync(ct);
        }

        // The first command may have been lost, so a repeated request sends it again. The node that runs the call handles it once.
        await bus.CommandAsync(id, new VoiceCommand("say", item), ct);
        return true;
    }

    /// <summary>Sends a command to the node that runs the call. False when the caller has no such call in progress.</summary>
    public async Task<bool> CommandAsync(Caller caller, VoiceCallId id, VoiceCommand command, CancellationToken ct)
    {
        if (await FindAsync(caller, id, ct) is not { State: VoiceSessionState.Live }) return false;
        await bus.CommandAsync(id, command, ct);
        return true;
    }

    // A visitor has one call at a time. When the page is reloaded, it opens a new call.
    private async Task EndOthersAsync(TenantId tenant, ConversationId thread, string clientId, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var others = await db.VoiceCalls
            .FromSql(
                $"""
                select * from voice_sessions
                where conversation_id = {thread.Value} and client_id <> {clientId} and state in ('creating', 'live') for update
                """)
            .ToListAsync(ct);
        var ended = others.Where(other => other.BeginEnd(VoiceEndReason.Left, clock.GetUtcNow())).ToList();
        if (ended.Count == 0) return;
        await db.CommitAsync(ct);
        foreach (var other in ended) await RequestCheckAsync(other.Id, ct);
    }

    // The node that runs the call also checks the row every few seconds, so a failure here only delays the end.
    private async Task RequestCheckAsync(VoiceCallId id, CancellationToken ct)
    {
        try
        {
            await bus.CommandAsync(id, new VoiceCommand("look"), ct);
        }
        catch (Exception e) when (DatabaseFaults.IsTransient(e))
        {
            logger.LogDatabaseUnavailable(e);
        }
    }

    private static async Task<VoiceCall?> LockOwnAsync(TenantDb db, Caller caller, VoiceCallId id, CancellationToken ct) =>
        await db.LockAsync(id, ct) is { } call && caller.MayUse(call.VisitorId) ? call : null;
}
