using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>
/// One look at a session whose lease the caller holds: takes up what Tavus called back with, decides whether the call should end, ends it at Tavus
/// and asks Tavus where nothing was heard. What a callback says of the end is believed when Tavus, asked, says the same.
/// </summary>
public sealed partial class SessionKeeping(
    TenantDatabase database,
    SessionAtTavus tavus,
    SessionOpener opener,
    SessionFinish finish,
    VideoTimings timings,
    TimeProvider clock,
    ILogger<SessionKeeping> logger)
{
    private static readonly TimeSpan LongestInLineUnwatched = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestUnanswered = TimeSpan.FromMinutes(10);

    public async Task LookAsync(TenantId tenant, VideoSessionId id, CancellationToken ct)
    {
        if (await TakeUpCallbacksAsync(tenant, id, ct) is not { } seen) return;
        var (session, shutDown) = seen;
        switch (session.State)
        {
            case TavusSessionState.Queued:
                await LookAtLineAsync(session, ct);
                break;
            case TavusSessionState.Creating:
                // Its opener's lease ran out: the node died on the way, and nobody knows how far it came.
                await ChangeAsync(session, (_, row, now) => row.BeginEnd(TavusEndReason.Failed, now), ct);
                await EndAtTavusAsync(session, ct);
                break;
            case TavusSessionState.Waiting or TavusSessionState.Live:
                await LookAtCallAsync(session, shutDown, ct);
                break;
            case TavusSessionState.Ending:
                await EndAtTavusAsync(session, ct);
                break;
            default:
                await LookAtAftermathAsync(session, ct);
                break;
        }
    }

    private async Task<(VideoSession Session, bool ShutDown)?> TakeUpCallbacksAsync(TenantId tenant, VideoSessionId id, CancellationToken ct)
    {
        try
        {
            return await TryTakeUpCallbacksAsync(tenant, id, ct);
        }
        catch (Exception e) when (IsUnusable(e))
        {
            LogUnusable(LoggedException.Of(e), id);
        }

        // Something in them cannot be kept. They must not stand between the call and its end.
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockAsync(id, ct) is not { } session) return null;
        await db.VideoCallbacks.Where(row => row.SessionId == id && row.HandledAt == null).ExecuteUpdateAsync(set => set.SetProperty(row => row.HandledAt, clock.GetUtcNow()), ct);
        await db.CommitAsync(ct);
        return (session, false);
    }

    private async Task<(VideoSession Session, bool ShutDown)?> TryTakeUpCallbacksAsync(TenantId tenant, VideoSessionId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockAsync(id, ct) is not { } session) return null;
        var callbacks = await db.VideoCallbacks.Where(row => row.SessionId == id && row.HandledAt == null).OrderBy(row => row.ReceivedAt).ToListAsync(ct);
        if (callbacks.Count == 0) return (session, false);
        var report = CallReport.Of(callbacks.Select(row => CallEvent.Read(JsonDocument.Parse(row.Body).RootElement)).OfType<CallEvent>());
        await finish.TakeUpAsync(db, session, report, ct);
        foreach (var callback in callbacks) callback.HandledAt = clock.GetUtcNow();
        await db.CommitAsync(ct);
        return (session, report.ShutDown);
    }

    // What Tavus said, and not the database, is at fault.
    private static bool IsUnusable(Exception e) =>
        e is InvalidOperationException or ArgumentException || (e as Npgsql.PostgresException ?? e.InnerException as Npgsql.PostgresException) is { IsTransient: false };

    private async Task LookAtLineAsync(VideoSession session, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var patience = session.Watched ? timings.SilenceInLine : LongestInLineUnwatched;
        if (now - session.SeenAt > patience)
        {
            await ChangeAsync(session, async (db, row, _) =>
            {
                row.BeginEnd(TavusEndReason.Left, now);
                await finish.EndAsync(db, row, null, null, ct);
            }, ct);
            return;
        }

        var first = false;
        await ChangeAsync(session, async (db, row, _) =>
        {
            if (row.State != TavusSessionState.Queued) return;
            first = !await db.IsBlockedAsync(row, timings.HeadStart, ct);
            if (first) (row.State, row.AskedAt) = (TavusSessionState.Creating, now);
            else row.NextCheckAt = now + timings.TryingForSlot;
        }, ct);
        if (!first) return;
        await opener.OpenAsync(session.TenantId, session.Id, ct);
        // Where there was one slot, there may be more.
        await ChangeAsync(session, (db, row, _) =>
        {
            if (row.State != TavusSessionState.Queued) db.WakeQueue(row.Account);
            return true;
        }, ct);
    }

    private async Task LookAtCallAsync(VideoSession session, bool saidToBeOver, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var gone = session.Watched && now - session.SeenAt > timings.Silence;
        var late = session.State == TavusSessionState.Waiting && now - session.OpenedAt > timings.Joining;
        var overdue = now > session.Deadline + timings.Overtime;
        var current = await tavus.AskAsync(session, ct);
        if (current.IsOver)
        {
            await FinishAsync(session, current, ct);
            return;
        }

        if (current.Report.Joined) late = false;
        if (gone || late || overdue)
        {
            var reason = overdue ? TavusEndReason.TimeLimit : gone ? TavusEndReason.Left : TavusEndReason.NoReplica;
            var ending = false;
            // The page may have spoken, or the avatar come, while Tavus was being asked.
            await ChangeAsync(session, (_, row, _) => ending = !(reason == TavusEndReason.Left && now - row.SeenAt <= timings.Silence)
                && !(reason == TavusEndReason.NoReplica && row.JoinedAt is not null) && row.BeginEnd(reason, now), ct);
            if (ending)
            {
                await EndAtTavusAsync(session, ct);
                return;
            }
        }

        await ChangeAsync(session, async (db, row, _) =>
        {
            await finish.TakeUpAsync(db, row, current.Report, ct);
            if (row.State is TavusSessionState.Waiting or TavusSessionState.Live) row.NextCheckAt = NextLook(row, now, saidToBeOver || !current.Known);
        }, ct);
    }

    // The first moment at which something may be amiss, and now and then in between.
    private DateTimeOffset NextLook(VideoSession session, DateTimeOffset now, bool soon)
    {
        var next = now + (soon ? timings.RetryingEnd : timings.Reconciling);
        if (session.Watched && session.SeenAt + timings.Silence is var silent && silent < next) next = silent;
        if (session.State == TavusSessionState.Waiting && session.OpenedAt + timings.Joining is { } late && late < next) next = late;
        if (session.Deadline + timings.Overtime is { } overdue && overdue < next) next = overdue;
        // What is due already was looked at just now.
        return next > now ? next : now + timings.RetryingEnd;
    }

    private async Task EndAtTavusAsync(VideoSession session, CancellationToken ct)
    {
        if (session.TavusConversationId is null)
        {
            var (searched, found) = session.AskedAt is null ? (true, null) : await tavus.FindLostAsync(session, ct);
            if (found is null)
            {
                // Only a search that Tavus answered says that there is none; and the request may still be on its way there.
                if (searched && (session.AskedAt is null || clock.GetUtcNow() - session.AskedAt > timings.LookingForLost))
                    await ChangeAsync(session, (db, row, _) => finish.EndAsync(db, row, null, null, ct), ct);
                else
                    await AgainAsync(session, ct);
                return;
            }

            (session.TavusConversationId, session.OpenedAt) = (found.Id, found.CreatedAt ?? session.AskedAt);
            await ChangeAsync(session, (_, row, _) => (row.TavusConversationId, row.OpenedAt) = (session.TavusConversationId, session.OpenedAt), ct);
        }

        // Tavus may have ended it itself, or for us before our node died: it is asked first, so that nothing is ended twice.
        var current = await tavus.AskAsync(session, ct);
        if (!current.IsOver && current.Known)
        {
            var accepted = await tavus.EndAsync(session, ct);
            current = accepted is null ? CallAtTavus.Unknown : await tavus.AskAsync(session, ct);
            // It was told, and may not have got about yet: then the end is now, by our clock.
            if (accepted is true && current is { Known: true, IsOver: false }) current = current with { IsOver = true, Conversation = null };
        }

        if (current.IsOver) await FinishAsync(session, current, ct);
        // Nobody can ask any more, perhaps for want of the key: Tavus's own limit has ended it by now.
        else if (!current.Known && clock.GetUtcNow() > session.Deadline + LongestUnanswered) await FinishAsync(session, CallAtTavus.Unknown, ct);
        else await AgainAsync(session, ct);
    }

    private async Task LookAtAftermathAsync(VideoSession session, CancellationToken ct)
    {
        var current = SessionFinish.IsComplete(session) ? CallAtTavus.Unknown : await tavus.AskAsync(session, ct);
        await TakeUpAsync(session, current.Report, ct);
        await ChangeAsync(session, (_, row, now) => row.NextCheckAt = finish.NextAftermath(row, now), ct);
    }

    private async Task FinishAsync(VideoSession session, CallAtTavus answer, CancellationToken ct)
    {
        await ChangeAsync(session, async (db, row, _) =>
        {
            row.ShutdownReason ??= answer.Report.ShutdownReason;
            // Both moments by Tavus's clock, or neither.
            var (began, ended) = (answer.Conversation?.CreatedAt, answer.Report.ShutDownAt ?? answer.Conversation?.UpdatedAt);
            await finish.EndAsync(db, row, ended is null ? null : began, began is null ? null : ended, ct);
        }, ct);
        // What was said comes after: whatever is wrong with it, the call is ended and counted.
        await TakeUpAsync(session, answer.Report, ct);
    }

    private async Task TakeUpAsync(VideoSession session, CallReport report, CancellationToken ct)
    {
        try
        {
            await ChangeAsync(session, (db, row, _) => finish.TakeUpAsync(db, row, report, ct), ct);
        }
        catch (Exception e) when (IsUnusable(e))
        {
            LogUnusable(LoggedException.Of(e), session.Id);
        }
    }

    private Task AgainAsync(VideoSession session, CancellationToken ct) => ChangeAsync(session, (_, row, now) =>
    {
        row.NextCheckAt = now + timings.RetryingEnd;
        return true;
    }, ct);

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

    [LoggerMessage(Level = LogLevel.Error, Message = "What Tavus says of video session {Session} cannot be kept and is passed over")]
    private partial void LogUnusable(Exception exception, VideoSessionId session);
}
