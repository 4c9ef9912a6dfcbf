using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>
/// Brings a session into agreement with its call at Tavus. It handles callbacks, opens queued sessions, ends calls whose time is up or
/// whose visitor left, and collects the transcript afterwards. Callbacks are only hints: a call is over when Tavus's API confirms it. The
/// caller has the session's lease.
/// </summary>
public sealed partial class VideoSessionReconciler(
    TenantDatabase database,
    TavusCalls tavus,
    VideoSessionOpener opener,
    VideoSessionCompletion completion,
    VideoTimings timings,
    TimeProvider clock,
    ILogger<VideoSessionReconciler> logger)
{
    /// <summary>How long a program's session may wait in the queue. Programs do not report that they are still waiting.</summary>
    private static readonly TimeSpan MaxUnwatchedQueueTime = TimeSpan.FromMinutes(10);

    /// <summary>If Tavus does not answer, a call counts as over this long after its time limit.</summary>
    private static readonly TimeSpan MaxUnansweredTime = TimeSpan.FromMinutes(10);

    /// <summary>Checks a session and does the next step for it.</summary>
    public async Task ReconcileAsync(TenantId tenant, VideoSessionId id, CancellationToken ct)
    {
        if (await HandleCallbacksAsync(tenant, id, ct) is not { } handled) return;
        var (session, reportedOver) = handled;
        switch (session.State)
        {
            case TavusSessionState.Queued:
                await CheckQueuedAsync(session, ct);
                break;
            case TavusSessionState.Creating when !session.Watched:
                await ResumeOpeningAsync(session, ct);
                break;
            case TavusSessionState.Creating:
                // The node that was opening it died, so Tavus may or may not have the conversation. The page asks for another call.
                await ChangeAsync(session, (_, row, now) => row.BeginEnd(TavusEndReason.Failed, now), ct);
                await EndAtTavusAsync(session, ct);
                break;
            case TavusSessionState.Waiting or TavusSessionState.Live:
                await CheckOpenAsync(session, reportedOver, ct);
                break;
            case TavusSessionState.Ending:
                await EndAtTavusAsync(session, ct);
                break;
            default:
                await CollectResultsAsync(session, ct);
                break;
        }
    }

    private async Task CheckQueuedAsync(VideoSession session, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var maxSilence = session.Watched ? timings.QueueSilenceTimeout : MaxUnwatchedQueueTime;
        if (now - session.SeenAt > maxSilence)
        {
            await ChangeAsync(
                session,
                async (db, row, _) =>
                {
                    row.BeginEnd(TavusEndReason.Left, now);
                    await completion.CompleteAsync(db, row, null, null, ct);
                },
                ct);
            return;
        }

        var isFirst = false;
        await ChangeAsync(
            session,
            async (db, row, _) =>
            {
                if (row.State != TavusSessionState.Queued) return;
                isFirst = !await db.IsBlockedAsync(row, timings.HeadStart, ct);
                if (isFirst) (row.State, row.AskedAt) = (TavusSessionState.Creating, now);
                else row.NextCheckAt = now + timings.SlotRetryInterval;
            },
            ct);
        if (!isFirst) return;
        await opener.OpenAsync(session.TenantId, session.Id, ct);
        // If one slot was free, others may be too.
        await ChangeAsync(
            session,
            (db, row, _) =>
            {
                if (row.State != TavusSessionState.Queued) db.WakeQueue(row.Account);
                return true;
            },
            ct);
    }

    private async Task CheckOpenAsync(VideoSession session, bool reportedOver, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var current = await tavus.GetAsync(session, ct);
        if (current.IsOver)
        {
            await FinishAsync(session, current, ct);
            return;
        }

        if (ReasonToEnd(session, current, now) is { } reason && await BeginEndAsync(session, reason, now, ct))
        {
            await EndAtTavusAsync(session, ct);
            return;
        }

        await ChangeAsync(
            session,
            async (db, row, _) =>
            {
                await completion.ApplyAsync(db, row, current.Summary, ct);
                if (row.State is TavusSessionState.Waiting or TavusSessionState.Live)
                    row.NextCheckAt = NextCheck(row, now, soon: reportedOver || !current.IsKnown);
            },
            ct);
    }

    private TavusEndReason? ReasonToEnd(VideoSession session, TavusCallStatus current, DateTimeOffset now) =>
        now > session.Deadline + timings.EndGrace ? TavusEndReason.TimeLimit
        : session.Watched && now - session.SeenAt > timings.SilenceTimeout ? TavusEndReason.Left
        : session.State == TavusSessionState.Waiting && now - session.OpenedAt > timings.JoinTimeout && !current.Summary.Joined
            ? TavusEndReason.NoReplica
        : null;

    // False when the page has reported, or the avatar has joined, while we asked Tavus.
    private async Task<bool> BeginEndAsync(VideoSession session, TavusEndReason reason, DateTimeOffset now, CancellationToken ct)
    {
        var isEnding = false;
        await ChangeAsync(
            session,
            (_, row, _) =>
            {
                var isSeenAgain = reason == TavusEndReason.Left && now - row.SeenAt <= timings.SilenceTimeout;
                var hasJoined = reason == TavusEndReason.NoReplica && row.JoinedAt is not null;
                return isEnding = !isSeenAgain && !hasJoined && row.BeginEnd(reason, now);
            },
            ct);
        return isEnding;
    }

    // The earliest time at which the session may have to end, or the regular check if that is earlier.
    private DateTimeOffset NextCheck(VideoSession session, DateTimeOffset now, bool soon)
    {
        var next = now + (soon ? timings.EndRetryInterval : timings.ReconcileInterval);
        if (session.Watched) next = Earlier(next, session.SeenAt + timings.SilenceTimeout);
        if (session.State == TavusSessionState.Waiting) next = Earlier(next, session.OpenedAt + timings.JoinTimeout);
        next = Earlier(next, session.Deadline + timings.EndGrace);
        // Everything that is already due has just been checked.
        return next > now ? next : now + timings.EndRetryInterval;
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

    private async Task EndAtTavusAsync(VideoSession session, CancellationToken ct)
    {
        if (session.TavusConversationId is null && !await FindOrphanAsync(session, ct)) return;

        // Ask first, so that a call that has already ended is not ended again.
        var current = await tavus.GetAsync(session, ct);
        if (!current.IsOver && current.IsKnown)
        {
            var accepted = await tavus.EndAsync(session, ct);
            current = accepted is null ? TavusCallStatus.Unknown : await tavus.GetAsync(session, ct);
            // Tavus accepted the end but may still report the call as active. Then it ends now, by our clock.
            if (accepted is true && current is { IsKnown: true, IsOver: false })
                current = current with { IsOver = true, Conversation = null };
        }

        if (current.IsOver) await FinishAsync(session, current, ct);
        // Tavus can't be asked, perhaps because the key was removed. By now, its own time limit has ended the call.
        else if (!current.IsKnown && clock.GetUtcNow() > session.Deadline + MaxUnansweredTime)
            await FinishAsync(session, TavusCallStatus.Unknown, ct);
        else await RetryAsync(session, ct);
    }

    // The node that was opening a program's call died. The program waits for this call and will not ask for another one.
    private async Task ResumeOpeningAsync(VideoSession session, CancellationToken ct)
    {
        var (isSearched, found) = session.AskedAt is null ? (true, null) : await tavus.FindOrphanAsync(session, ct);
        if (found is not null && await opener.AdoptAsync(session, found, ct)) return;
        if (found is not null)
        {
            await ChangeAsync(session, (_, row, now) => row.BeginEnd(TavusEndReason.Failed, now), ct);
            await EndAtTavusAsync(session, ct);
        }
        else if (isSearched && (session.AskedAt is null || clock.GetUtcNow() - session.AskedAt > timings.OrphanSearchTime))
        {
            await opener.OpenAsync(session.TenantId, session.Id, ct);
        }
        else
        {
            await RetryAsync(session, ct);
        }
    }

    // Finds the conversation of a creation request whose response was lost. False when there is nothing to end now.
    private async Task<bool> FindOrphanAsync(VideoSession session, CancellationToken ct)
    {
        var (isSearched, found) = session.AskedAt is null ? (true, null) : await tavus.FindOrphanAsync(session, ct);
        if (found is null)
        {
            // The creation request may still be on its way to Tavus, so do not trust an early search that finds nothing.
            if (isSearched && (session.AskedAt is null || clock.GetUtcNow() - session.AskedAt > timings.OrphanSearchTime))
                await ChangeAsync(session, (db, row, _) => completion.CompleteAsync(db, row, null, null, ct), ct);
            else
                await RetryAsync(session, ct);
            return false;
        }

        (session.TavusConversationId, session.OpenedAt) = (found.Id, found.CreatedAt ?? session.AskedAt);
        await ChangeAsync(
            session,
            (_, row, _) => (row.TavusConversationId, row.OpenedAt) = (session.TavusConversationId, session.OpenedAt),
            ct);
        return true;
    }

    private async Task CollectResultsAsync(VideoSession session, CancellationToken ct)
    {
        var current = VideoSessionCompletion.IsComplete(session) ? TavusCallStatus.Unknown : await tavus.GetAsync(session, ct);
        await ApplyAsync(session, current.Summary, ct);
        await ChangeAsync(session, (_, row, now) => row.NextCheckAt = completion.NextResultCheck(row, now), ct);
    }

    private async Task FinishAsync(VideoSession session, TavusCallStatus status, CancellationToken ct)
    {
        await ChangeAsync(
            session,
            async (db, row, _) =>
            {
                row.ShutdownReason ??= status.Summary.ShutdownReason;
                // Use both times by Tavus's clock, or neither.
                var (began, ended) = (status.Conversation?.CreatedAt, status.Summary.ShutDownAt ?? status.Conversation?.UpdatedAt);
                await completion.CompleteAsync(db, row, ended is null ? null : began, began is null ? null : ended, ct);
            },
            ct);
        // The end is saved first, so that an unusable transcript cannot prevent it.
        await ApplyAsync(session, status.Summary, ct);
    }

    private async Task ApplyAsync(VideoSession session, TavusCallSummary summary, CancellationToken ct)
    {
        try
        {
            await ChangeAsync(session, (db, row, _) => completion.ApplyAsync(db, row, summary, ct), ct);
        }
        catch (Exception e) when (IsUnusable(e))
        {
            LogUnusable(SanitizedException.From(e), session.Id);
        }
    }

    private async Task<(VideoSession Session, bool ReportedOver)?> HandleCallbacksAsync(
        TenantId tenant,
        VideoSessionId id,
        CancellationToken ct)
    {
        try
        {
            return await TryHandleCallbacksAsync(tenant, id, ct);
        }
        catch (Exception e) when (IsUnusable(e))
        {
            LogUnusable(SanitizedException.From(e), id);
        }

        // The callbacks contain something that can't be stored. Skip them, so that they don't block the end of the call.
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockAsync(id, ct) is not { } session) return null;
        var now = clock.GetUtcNow();
        await db.VideoCallbacks
            .Where(row => row.SessionId == id && row.HandledAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.HandledAt, now), ct);
        await db.CommitAsync(ct);
        return (session, false);
    }

    private async Task<(VideoSession Session, bool ReportedOver)?> TryHandleCallbacksAsync(
        TenantId tenant,
        VideoSessionId id,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockAsync(id, ct) is not { } session) return null;
        var callbacks = await db.VideoCallbacks
            .Where(row => row.SessionId == id && row.HandledAt == null)
            .OrderBy(row => row.ReceivedAt)
            .ToListAsync(ct);
        if (callbacks.Count == 0) return (session, false);
        var events = callbacks.Select(row => TavusCallEvent.Read(JsonDocument.Parse(row.Body).RootElement)).OfType<TavusCallEvent>();
        var summary = TavusCallSummary.Of(events);
        await completion.ApplyAsync(db, session, summary, ct);
        foreach (var callback in callbacks) callback.HandledAt = clock.GetUtcNow();
        await db.CommitAsync(ct);
        return (session, summary.ShutDown);
    }

    // Whether Tavus's data caused the exception, and not an unavailable database.
    private static bool IsUnusable(Exception e) =>
        e is InvalidOperationException or ArgumentException
        || (e as PostgresException ?? e.InnerException as PostgresException) is { IsTransient: false };

    private Task RetryAsync(VideoSession session, CancellationToken ct) =>
        ChangeAsync(session, (_, row, now) => row.NextCheckAt = now + timings.EndRetryInterval, ct);

    private Task ChangeAsync<T>(VideoSession session, Func<TenantDb, VideoSession, DateTimeOffset, T> change, CancellationToken ct) =>
        ChangeAsync(
            session,
            (db, row, now) =>
            {
                change(db, row, now);
                return Task.CompletedTask;
            },
            ct);

    private async Task ChangeAsync(VideoSession session, Func<TenantDb, VideoSession, DateTimeOffset, Task> change, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(session.TenantId, ct);
        if (await db.LockAsync(session.Id, ct) is not { } row) return;
        await change(db, row, clock.GetUtcNow());
        await db.CommitAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What Tavus reported about video session {Session} can't be stored and is ignored")]
    private partial void LogUnusable(Exception exception, VideoSessionId session);
}
