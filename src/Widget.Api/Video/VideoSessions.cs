using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Api.Tavus;
using Widget.Api.Tenancy;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Video;

/// <summary>Who asks about a call: a visitor, about their own, or a program of the tenant's, about any.</summary>
public sealed record VideoCaller(TenantId Tenant, VisitorId? Visitor);

/// <summary>Video calls as their visitors and the tenant's programs have them: open, say that one is there, end.</summary>
public sealed class VideoSessions(
    TenantDatabase database,
    TenantSettingsService settings,
    TavusAccounts accounts,
    VideoOffer offer,
    SessionOpener opener,
    SessionFinish finish,
    SessionLeases leases,
    WakeUpSignal<VideoSessionWorker> signal,
    VideoTimings timings,
    IHostApplicationLifetime lifetime,
    TimeProvider clock)
{
    /// <summary>More than an hour's call has; a page that reports more is none of ours.</summary>
    private const int MostUtterances = 1_000;

    /// <summary>How long after the end a page may still report.</summary>
    private static readonly TimeSpan LateWords = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Opens a call, or takes a place in the line for one. The same client id again gives the same session.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="visitor">Whose call it will be.</param>
    /// <param name="thread">The conversation of ours that it belongs to, which is the visitor's.</param>
    /// <param name="request">What is wished.</param>
    /// <param name="ct">Ends the wait, not the opening.</param>
    public async Task<(VideoSession? Session, VideoRefusal? Refusal)> OpenAsync(
        VideoCaller caller,
        VisitorId visitor,
        ConversationId thread,
        TavusSessionRequest request,
        CancellationToken ct)
    {
        if (caller.Visitor is not null && (request.ReplicaId ?? request.PersonaId ?? request.AgentName) is not null) return (null, VideoRefusal.NotTheVisitors);
        var wishes = await settings.ReadAsync(caller.Tenant, ct);
        wishes = wishes with { TavusReplicaId = request.ReplicaId ?? wishes.TavusReplicaId, TavusPersonaId = request.PersonaId ?? wishes.TavusPersonaId };
        if (VideoOffer.Missing(wishes) is { } missing) return (null, missing);
        if (await accounts.OfAsync(caller.Tenant, ct) is not { } account) return (null, VideoRefusal.NoKey);
        if (request.PersonaId is not null && !account.IsTenants) return (null, VideoRefusal.SharedAccount);
        if (request.ClientId is { } wish && await FindAsync(caller, thread, wish, ct) is { } before) return (before, null);
        if (await offer.OverBudgetAsync(caller.Tenant, wishes, ct) is { } over) return (null, over);
        await EndOthersAsync(caller.Tenant, thread, request.ClientId, ct);
        var (session, refusal, added) = await AddAsync(caller, visitor, thread, request, wishes, account, ct);
        if (!added || session is not { State: TavusSessionState.Creating }) return (session, refusal); // it is there, waits, or may not be

        // Whoever gives up waiting does not undo what Tavus may have done; the outcome is written down all the same.
        var opening = OpenHeldAsync(session);
        refusal = await opening.WaitAsync(ct);
        return refusal is null ? (await FindAsync(caller, session.Id, ct), null) : (null, refusal);
    }

    /// <summary>The session; null when it is not the caller's.</summary>
    public async Task<VideoSession?> FindAsync(VideoCaller caller, VideoSessionId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        return await db.VideoSessions.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && (caller.Visitor == null || row.VisitorId == caller.Visitor), ct);
    }

    private async Task<VideoSession?> FindAsync(VideoCaller caller, ConversationId thread, string clientId, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        return await db.VideoSessions.AsNoTracking().SingleOrDefaultAsync(
            row => row.ConversationId == thread && row.ClientId == clientId && (caller.Visitor == null || row.VisitorId == caller.Visitor), ct);
    }

    /// <summary>The tenant's calls, newest first.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="before">Older than this one.</param>
    /// <param name="limit">Most of them.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<IReadOnlyList<VideoSession>> ListAsync(TenantId tenant, VideoSessionId? before, int limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // Their ids are in the order in which they were made.
        return before is { } last
            ? await db.VideoSessions.FromSql($"select * from tavus_sessions where id < {last.Value} order by id desc limit {limit}").AsNoTracking().ToListAsync(ct)
            : await db.VideoSessions.AsNoTracking().OrderByDescending(row => row.Id).Take(limit).ToListAsync(ct);
    }

    /// <summary>The page is still there, and perhaps sees the avatar; null when the session is not the caller's.</summary>
    public async Task<VideoSession?> AliveAsync(VideoCaller caller, VideoSessionId id, bool replicaJoined, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        if (await OwnAsync(db, caller, id, ct) is not { } session) return null;
        if (!session.IsOver)
        {
            session.SeenAt = clock.GetUtcNow();
            if (replicaJoined) await finish.JoinAsync(db, session, ct);
            await db.CommitAsync(ct);
        }

        return session;
    }

    /// <summary>Ends the call. A second time changes nothing; null when the session is not the caller's.</summary>
    public async Task<VideoSession?> EndAsync(VideoCaller caller, VideoSessionId id, TavusEndReason reason, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        if (await OwnAsync(db, caller, id, ct) is not { } session) return null;
        if (session.BeginEnd(reason, clock.GetUtcNow()))
        {
            await db.CommitAsync(ct);
            signal.Raise();
        }

        return session;
    }

    /// <summary>
    /// Writes down what was said, once each; null when the session is not the caller's. When Tavus's transcript is there, which has everything,
    /// nothing is added any more.
    /// </summary>
    /// <returns>How many were new.</returns>
    public async Task<int?> HearAsync(VideoCaller caller, VideoSessionId id, IReadOnlyList<HeardUtterance> utterances, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        if (await OwnAsync(db, caller, id, ct) is not { } session) return null;
        if (session.TranscribedAt is not null || session.OpenedAt is null || session.EndedAt < clock.GetUtcNow() - LateWords) return 0;
        await ConversationLog.LockAsync(db, session.ConversationId, visitor: null, ct);
        string ClientIdOf(HeardUtterance heard) => $"{UtteranceIds.Of(session)}heard:{heard.Id}";
        var before = await ConversationLog.KnownAsync(db, session.ConversationId, [.. utterances.Select(ClientIdOf)], ct);
        var known = new HashSet<string>(before, StringComparer.Ordinal);
        var added = 0;
        foreach (var heard in utterances)
        {
            var clientId = ClientIdOf(heard);
            if (session.Heard >= MostUtterances) break;
            if (!known.Add(clientId)) continue;
            session.Heard++;
            var utterance = new Utterance
            {
                ClientId = clientId,
                SessionId = session.Id.Value,
                Mode = "video",
                Speaker = heard.Speaker,
                Text = heard.Text.Trim(),
                Interrupted = heard.Interrupted,
                // A program with the tenant's API key is trusted; a visitor's page is not.
                Reported = caller.Visitor is not null,
            };
            await ConversationLog.AppendAsync(db, session.ConversationId, utterance, ct);
            added++;
        }

        await db.CommitAsync(ct);
        return added;
    }

    /// <summary>The places, from 1, of those sessions of one tenant that wait in the line of their account.</summary>
    public async Task<IReadOnlyDictionary<VideoSessionId, int>> PositionsAsync(
        TenantId tenant,
        IReadOnlyCollection<VideoSession> sessions,
        CancellationToken ct)
    {
        var places = new Dictionary<VideoSessionId, int>();
        var waiting = sessions.Where(session => session.IsInLine).ToList();
        if (waiting.Count == 0) return places;
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
        while (await rows.ReadAsync(ct)) places[new VideoSessionId(rows.GetGuid(0))] = rows.GetInt32(1);
        return places;
    }

    private static async Task<int> PositionAsync(TenantDb db, string account, DateTimeOffset since, Guid session, CancellationToken ct)
    {
        await using var command = db.Command("select tavus_queue_position($1, $2, $3)", [account, since, session]);
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task<VideoRefusal?> OpenHeldAsync(VideoSession session)
    {
        var lease = leases.Hold(session.TenantId, session.Id) ?? throw new InvalidOperationException($"Session {session.Id} is in work before it is opened.");
        try
        {
            return await opener.OpenAsync(session.TenantId, session.Id, lifetime.ApplicationStopping);
        }
        finally
        {
            await leases.ReleaseAsync(lease);
        }
    }

    // A visitor has one call. An earlier one, of a page that was reloaded, gives its slot back now.
    private async Task EndOthersAsync(TenantId tenant, ConversationId thread, string? clientId, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var others = await db.VideoSessions
            .FromSql($"select * from tavus_sessions where conversation_id = {thread.Value} and state not in ('ending', 'ended', 'failed') for update")
            .ToListAsync(ct);
        var ended = others.Where(other => other.ClientId != clientId).Count(other => other.BeginEnd(TavusEndReason.Left, clock.GetUtcNow()));
        if (ended == 0) return;
        await db.CommitAsync(ct);
        signal.Raise();
    }

    private async Task<(VideoSession? Session, VideoRefusal? Refusal, bool Added)> AddAsync(
        VideoCaller caller,
        VisitorId visitor,
        ConversationId thread,
        TavusSessionRequest request,
        TenantSettings wishes,
        TavusAccount account,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        if (!await ConversationLog.LockAsync(db, thread, visitor, ct)) return (null, VideoRefusal.NoSuchConversation, false);
        var clientId = request.ClientId ?? Guid.CreateVersion7().ToString("N");
        if (await db.VideoSessions.AsNoTracking().SingleOrDefaultAsync(row => row.ConversationId == thread && row.ClientId == clientId, ct) is { } known) return (known, null, false);
        await CallBudget.LockAsync(db, UsageMeter.Video, ct);
        if (await offer.LongestCallAsync(db, wishes, ct) is not { } seconds) return (null, VideoRefusal.OutOfBudget, false);

        var now = clock.GetUtcNow();
        var id = VideoSessionId.New();
        // Nobody overtakes those who wait already.
        var waits = await PositionAsync(db, account.Fingerprint, now, id.Value, ct) > 0;
        var session = new VideoSession
        {
            TenantId = caller.Tenant,
            Id = id,
            ConversationId = thread,
            VisitorId = visitor,
            ClientId = clientId,
            State = waits ? TavusSessionState.Queued : TavusSessionState.Creating,
            Account = account.Fingerprint,
            ReplicaId = wishes.TavusReplicaId!,
            PersonaId = string.IsNullOrWhiteSpace(wishes.TavusPersonaId) ? null : wishes.TavusPersonaId,
            Wish = new VideoWish(request.Page, request.Locale, request.AgentName),
            Watched = caller.Visitor is not null,
            ReservedSeconds = seconds,
            Name = $"widget-{id.Value:N}",
            CallbackToken = RandomNumberGenerator.GetBytes(32),
            CreatedAt = now,
            QueuedAt = waits ? now : null,
            SeenAt = now,
            NextCheckAt = now,
            LeaseOwner = waits ? null : leases.Node,
            LeaseUntil = waits ? null : now + timings.Lease,
        };
        db.VideoSessions.Add(session);
        await db.CommitAsync(ct);
        return (session, null, true);
    }

    private static async Task<VideoSession?> OwnAsync(TenantDb db, VideoCaller caller, VideoSessionId id, CancellationToken ct) =>
        await db.LockAsync(id, ct) is { } session && (caller.Visitor is null || session.VisitorId == caller.Visitor) ? session : null;
}
