using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Agents;
using Widget.Api.Answers;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Api.Tavus;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Video;

/// <summary>Video calls as visitors and the tenant's programs use them: open, keep alive, end.</summary>
public sealed class VideoSessions(
    TenantDatabase database,
    ConversationAgents agents,
    TavusAccounts accounts,
    VideoAvailability availability,
    VideoSessionOpener opener,
    VideoSessionCompletion completion,
    SessionLeases leases,
    ContactFinder contacts,
    WakeUpSignal<VideoSessionWorker> signal,
    VideoTimings timings,
    IHostApplicationLifetime lifetime,
    TimeProvider clock)
{
    /// <summary>The largest number of utterances that a page may report. A call of an hour has fewer.</summary>
    private const int MaxUtterances = 1_000;

    /// <summary>How long after the end a page may still report utterances.</summary>
    private static readonly TimeSpan LateUtteranceTime = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Opens a call, or joins the queue for one. The conversation's other calls end. A repeated client id returns the existing session.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="visitor">Who the call is for.</param>
    /// <param name="thread">The visitor's conversation.</param>
    /// <param name="request">The options of the call.</param>
    /// <param name="ct">Stops waiting. The call is opened and recorded all the same.</param>
    public async Task<(VideoSession? Session, CallRefusal? Refusal)> OpenAsync(
        Caller caller,
        VisitorId visitor,
        ConversationId thread,
        TavusSessionRequest request,
        CancellationToken ct)
    {
        if (caller.Visitor is not null && (request.ReplicaId ?? request.PersonaId ?? request.AgentName) is not null)
            return (null, VideoRefusals.NotForVisitors);
        var current = await agents.SettingsAsync(caller.Tenant, thread, ct);
        current = current with
        {
            TavusReplicaId = request.ReplicaId ?? current.TavusReplicaId,
            TavusPersonaId = request.PersonaId ?? current.TavusPersonaId,
        };
        if (VideoAvailability.SetupRefusal(current) is { } notSetUp) return (null, notSetUp);
        if (await accounts.OfAsync(caller.Tenant, ct) is not { } account) return (null, VideoRefusals.NoKey);
        if (request.PersonaId is not null && !account.BelongsToTenant) return (null, VideoRefusals.SharedAccount);
        if (request.ClientId is { } clientId && await FindAsync(caller, thread, clientId, ct) is { } existing) return (existing, null);
        if (await availability.BudgetRefusalAsync(caller.Tenant, current, ct) is { } overBudget) return (null, overBudget);
        await EndOthersAsync(caller.Tenant, thread, request.ClientId, ct);
        var (session, refusal, isNew) = await AddAsync(caller, visitor, thread, request, current, account, ct);
        // There is nothing to open: the session existed already, is queued, or was refused.
        if (!isNew || session is not { State: TavusSessionState.Creating }) return (session, refusal);

        // Tavus may open the call even if the caller stops waiting, so the outcome is recorded in any case.
        var opening = OpenLeasedAsync(session);
        refusal = await opening.WaitAsync(ct);
        return refusal is null ? (await FindAsync(caller, session.Id, ct), null) : (null, refusal);
    }

    /// <summary>The session; null when the caller may not use it.</summary>
    public async Task<VideoSession?> FindAsync(Caller caller, VideoSessionId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        return await db.VideoSessions.AsNoTracking()
            .SingleOrDefaultAsync(row => row.Id == id && (caller.Visitor == null || row.VisitorId == caller.Visitor), ct);
    }

    private async Task<VideoSession?> FindAsync(Caller caller, ConversationId thread, string clientId, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        return await db.VideoSessions.AsNoTracking().SingleOrDefaultAsync(
            row => row.ConversationId == thread
                && row.ClientId == clientId
                && (caller.Visitor == null || row.VisitorId == caller.Visitor),
            ct);
    }

    /// <summary>The tenant's calls, newest first.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="before">Returns older calls than this one; null for the newest.</param>
    /// <param name="limit">The largest number of calls to return.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<IReadOnlyList<VideoSession>> ListAsync(TenantId tenant, VideoSessionId? before, int limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // Ids sort by creation time.
        return before is { } last
            ? await db.VideoSessions
                .FromSql($"select * from tavus_sessions where id < {last.Value} order by id desc limit {limit}")
                .AsNoTracking()
                .ToListAsync(ct)
            : await db.VideoSessions.AsNoTracking().OrderByDescending(row => row.Id).Take(limit).ToListAsync(ct);
    }

    /// <summary>
    /// Records that the page is still open, and whether it sees the avatar. Null when the caller may not use the session.
    /// </summary>
    public async Task<VideoSession?> AliveAsync(Caller caller, VideoSessionId id, bool replicaJoined, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        if (await LockOwnAsync(db, caller, id, ct) is not { } session) return null;
        if (!session.IsOver)
        {
            session.SeenAt = clock.GetUtcNow();
            if (replicaJoined) await completion.JoinAsync(db, session, ct);
            await db.CommitAsync(ct);
        }

        return session;
    }

    /// <summary>Ends the call. A second time changes nothing. Null when the caller may not use the session.</summary>
    public async Task<VideoSession?> EndAsync(Caller caller, VideoSessionId id, TavusEndReason reason, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        if (await LockOwnAsync(db, caller, id, ct) is not { } session) return null;
        if (session.BeginEnd(reason, clock.GetUtcNow()))
        {
            await db.CommitAsync(ct);
            signal.Raise();
        }

        return session;
    }

    /// <summary>
    /// Adds reported utterances to the log, each once. When Tavus's complete transcript is merged, further reports are ignored.
    /// </summary>
    /// <returns>How many were new; null when the caller may not use the session.</returns>
    public async Task<int?> AddUtterancesAsync(
        Caller caller,
        VideoSessionId id,
        IReadOnlyList<HeardUtterance> utterances,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        if (await LockOwnAsync(db, caller, id, ct) is not { } session) return null;
        var isTooLate = session.TranscribedAt is not null || session.EndedAt < clock.GetUtcNow() - LateUtteranceTime;
        if (isTooLate || session.OpenedAt is null) return 0;
        await ConversationLog.LockAsync(db, session.ConversationId, visitor: null, ct);
        string ClientIdOf(HeardUtterance reported) => $"{UtteranceIds.Of(session)}heard:{reported.Id}";
        var before = await ConversationLog.ExistingClientIdsAsync(db, session.ConversationId, [.. utterances.Select(ClientIdOf)], ct);
        var known = new HashSet<string>(before, StringComparer.Ordinal);
        var added = 0;
        foreach (var reported in utterances)
        {
            var clientId = ClientIdOf(reported);
            if (session.Heard >= MaxUtterances) break;
            if (!known.Add(clientId)) continue;
            session.Heard++;
            var text = reported.Text.Trim();
            var utterance = new Utterance
            {
                ClientId = clientId,
                SessionId = session.Id.Value,
                Mode = "video",
                Speaker = reported.Speaker,
                Text = text,
                Interrupted = reported.Interrupted,
                // A program with the tenant's API key is trusted; a visitor's page is not.
                Reported = caller.Visitor is not null,
                Recognized = reported.Speaker == Speaker.Visitor
                    ? await contacts.FindAsync(db, session.ConversationId, text, session.Wish.Locale, ct)
                    : null,
            };
            await ConversationLog.AppendAsync(db, session.ConversationId, utterance, ct);
            added++;
        }

        await db.CommitAsync(ct);
        return added;
    }

    /// <summary>
    /// The queue positions, from 1, of the sessions that wait in their account's queue. All sessions belong to one tenant.
    /// </summary>
    public async Task<IReadOnlyDictionary<VideoSessionId, int>> PositionsAsync(
        TenantId tenant,
        IReadOnlyCollection<VideoSession> sessions,
        CancellationToken ct)
    {
        var positions = new Dictionary<VideoSessionId, int>();
        var waiting = sessions.Where(session => session.IsWaitingForSlot).ToList();
        if (waiting.Count == 0) return positions;
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = db.Command(
            """
            select session, tavus_queue_position(account, since, session)
            from unnest($1::uuid[], $2::text[], $3::timestamptz[]) waiting (session, account, since)
            """,
            [
                waiting.ConvertAll(session => session.Id.Value).ToArray(),
                waiting.ConvertAll(session => session.Account).ToArray(),
                waiting.ConvertAll(session => session.CreatedAt).ToArray(),
            ]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) positions[new VideoSessionId(rows.GetGuid(0))] = rows.GetInt32(1);
        return positions;
    }

    private static async Task<int> PositionAsync(TenantDb db, string account, DateTimeOffset since, Guid session, CancellationToken ct)
    {
        await using var command = db.Command("select tavus_queue_position($1, $2, $3)", [account, since, session]);
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task<CallRefusal?> OpenLeasedAsync(VideoSession session)
    {
        var lease = leases.TryHold(session.TenantId, session.Id)
            ?? throw new InvalidOperationException($"This node already has a lease on the new session {session.Id}.");
        try
        {
            return await opener.OpenAsync(session.TenantId, session.Id, lifetime.ApplicationStopping);
        }
        finally
        {
            await leases.ReleaseAsync(lease);
        }
    }

    // A visitor has one call at a time. When the page is reloaded, it opens a new call, and the earlier call frees its slot.
    private async Task EndOthersAsync(TenantId tenant, ConversationId thread, string? clientId, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var others = await db.VideoSessions
            .FromSql(
                $"""
                select * from tavus_sessions
                where conversation_id = {thread.Value} and state not in ('ending', 'ended', 'failed') for update
                """)
            .ToListAsync(ct);
        var now = clock.GetUtcNow();
        var ended = others.Where(other => other.ClientId != clientId).Count(other => other.BeginEnd(TavusEndReason.Left, now));
        if (ended == 0) return;
        await db.CommitAsync(ct);
        signal.Raise();
    }

    private async Task<(VideoSession? Session, CallRefusal? Refusal, bool IsNew)> AddAsync(
        Caller caller,
        VisitorId visitor,
        ConversationId thread,
        TavusSessionRequest request,
        TenantSettings current,
        TavusAccount account,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        if (!await ConversationLog.LockAsync(db, thread, visitor, ct)) return (null, CallRefusal.NoConversation, false);
        var clientId = request.ClientId ?? Guid.CreateVersion7().ToString("N");
        var known = await db.VideoSessions.AsNoTracking()
            .SingleOrDefaultAsync(row => row.ConversationId == thread && row.ClientId == clientId, ct);
        if (known is not null) return (known, null, false);
        await CallBudget.LockAsync(db, UsageMeter.Video, ct);
        if (await availability.MaxCallSecondsAsync(db, current, ct) is not { } seconds) return (null, VideoRefusals.OutOfMinutes, false);

        var now = clock.GetUtcNow();
        var id = VideoSessionId.New();
        // A new session may not overtake the sessions that already wait.
        var mustWait = await PositionAsync(db, account.Fingerprint, now, id.Value, ct) > 0;
        var session = new VideoSession
        {
            TenantId = caller.Tenant,
            Id = id,
            ConversationId = thread,
            VisitorId = visitor,
            ClientId = clientId,
            State = mustWait ? TavusSessionState.Queued : TavusSessionState.Creating,
            Account = account.Fingerprint,
            ReplicaId = current.TavusReplicaId!,
            PersonaId = string.IsNullOrWhiteSpace(current.TavusPersonaId) ? null : current.TavusPersonaId,
            Wish = await WishAsync(caller.Tenant, thread, request, ct),
            Watched = caller.Visitor is not null,
            ReservedSeconds = seconds,
            Name = $"widget-{id.Value:N}",
            CallbackToken = RandomNumberGenerator.GetBytes(32),
            CreatedAt = now,
            QueuedAt = mustWait ? now : null,
            SeenAt = now,
            NextCheckAt = now,
            LeaseOwner = mustWait ? null : leases.Node,
            LeaseUntil = mustWait ? null : now + timings.Lease,
        };
        db.VideoSessions.Add(session);
        await db.CommitAsync(ct);
        return (session, null, true);
    }

    // A persona of the agent's own knows its name and what to do. The tenant's persona is told.
    private async Task<VideoSessionDetails> WishAsync(
        TenantId tenant,
        ConversationId thread,
        TavusSessionRequest request,
        CancellationToken ct)
    {
        var agent = request.PersonaId is null ? await agents.OfAsync(tenant, thread, ct) : null;
        return agent is null or { TavusPersonaId: not null }
            ? new VideoSessionDetails(request.Page, request.Locale, request.AgentName)
            : new VideoSessionDetails(request.Page, request.Locale, request.AgentName ?? agent.Name, AgentOverlay.Instructions(agent));
    }

    private static async Task<VideoSession?> LockOwnAsync(TenantDb db, Caller caller, VideoSessionId id, CancellationToken ct) =>
        await db.LockAsync(id, ct) is { } session && caller.MayUse(session.VisitorId) ? session : null;
}
