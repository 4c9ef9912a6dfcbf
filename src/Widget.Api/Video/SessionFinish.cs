using Widget.Api.Conversations;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>Brings what Tavus says of a call into the session and its conversation, each fact once. Within the caller's transaction.</summary>
public sealed class SessionFinish(VideoTimings timings, TimeProvider clock)
{
    /// <summary>Takes up what is new in a report.</summary>
    public async Task TakeUpAsync(TenantDb db, VideoSession session, CallReport report, CancellationToken ct)
    {
        if (report.Joined) await JoinAsync(db, session, ct);
        session.ShutdownReason ??= report.ShutdownReason;
        session.Recording ??= report.Recording;
        session.Perception ??= report.Perception;
        if (report.Transcript is { } transcript && session.TranscribedAt is null) await TranscribeAsync(db, session, transcript, ct);
    }

    /// <summary>The avatar is there; the first to say so counts.</summary>
    public async Task JoinAsync(TenantDb db, VideoSession session, CancellationToken ct)
    {
        if (session.JoinedAt is not null || session.OpenedAt is null) return;
        session.JoinedAt = clock.GetUtcNow();
        if (session.State != TavusSessionState.Waiting) return;
        session.State = TavusSessionState.Live;
        await ConversationLog.AppendAsync(db, session.ConversationId, new TavusConversationJoined { SessionId = session.Id.Value }, ct);
    }

    /// <summary>The call is over at Tavus: its minutes are counted and its end is told, once.</summary>
    /// <param name="db">The transaction that holds the session.</param>
    /// <param name="session">Which.</param>
    /// <param name="began">When it was opened by Tavus's clock, if that is known together with its end.</param>
    /// <param name="ended">When it ended, by the same clock.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task EndAsync(TenantDb db, VideoSession session, DateTimeOffset? began, DateTimeOffset? ended, CancellationToken ct)
    {
        if (session.IsOver) return;
        var now = clock.GetUtcNow();
        session.EndReason ??= ReasonOf(session.ShutdownReason);
        session.State = TavusSessionState.Ended;
        session.EndedAt = now;
        session.MeetingToken = null;
        var lasted = session.OpenedAt is not { } opened ? TimeSpan.Zero : (ended - began) ?? (now - opened);
        session.Seconds = (int)Math.Clamp(Math.Round(lasted.TotalSeconds), 0, int.MaxValue);
        session.NextCheckAt = NextAftermath(session, now);
        // Its slot is free, or its place in the line.
        db.WakeQueue(session.Account);
        if (session.OpenedAt is null) return;
        await UsageMeter.CountAsync(db, UsageMeter.Video, session.Id.Value, session.ConversationId, session.Seconds.Value, default, ct);
        await ConversationLog.AppendAsync(
            db,
            session.ConversationId,
            new TavusConversationEnded { SessionId = session.Id.Value, Reason = session.EndReason.Value, Seconds = session.Seconds.Value },
            ct);
    }

    /// <summary>When to ask again for what belongs to an ended call; null when everything is there, or it is too late for more.</summary>
    public DateTimeOffset? NextAftermath(VideoSession session, DateTimeOffset now)
    {
        if (IsComplete(session)) return null;
        var elapsed = now - (session.EndedAt ?? now);
        foreach (var wait in timings.Aftermath)
            if (wait > elapsed) return session.EndedAt + wait;
        return null;
    }

    /// <summary>Nothing more can come.</summary>
    public static bool IsComplete(VideoSession session) =>
        session.TavusConversationId is null || session is { TranscribedAt: not null, Perception: not null, ShutdownReason: not null };

    // Free text, so it is told by parts of it (Tavus's "shutdown_reason").
    internal static TavusEndReason ReasonOf(string? words) => words switch
    {
        null => TavusEndReason.Tavus,
        _ when words.Contains("max_call_duration", StringComparison.OrdinalIgnoreCase) => TavusEndReason.TimeLimit,
        _ when words.Contains("participant_left", StringComparison.OrdinalIgnoreCase) => TavusEndReason.Left,
        _ when words.Contains("participant_absent", StringComparison.OrdinalIgnoreCase) => TavusEndReason.Left,
        _ when words.Contains("could_not_join", StringComparison.OrdinalIgnoreCase) => TavusEndReason.NoReplica,
        _ => TavusEndReason.Tavus,
    };

    private async Task TranscribeAsync(TenantDb db, VideoSession session, IReadOnlyList<TranscriptLine> transcript, CancellationToken ct)
    {
        // Under the conversation's lock nothing is heard in between.
        await ConversationLog.LockAsync(db, session.ConversationId, visitor: null, ct);
        var heard = await ConversationLog.UtterancesAsync(db, session.ConversationId, session.Id.Value, TranscriptMerge.MostLines, ct);
        var (missing, known) = TranscriptMerge.Compare([.. heard.Select(entry => (entry.Speaker == Speaker.Visitor, entry.Text))], transcript);
        await CheckAsync(db, session, heard, place => known.TryGetValue(place, out var line) ? transcript[line] : null, ct);
        foreach (var place in missing)
        {
            var line = transcript[place];
            await ConversationLog.AppendAsync(
                db,
                session.ConversationId,
                new Utterance
                {
                    ClientId = $"{UtteranceIds.Of(session)}transcript:{place}",
                    SessionId = session.Id.Value,
                    Mode = "video",
                    Speaker = line.IsVisitor ? Speaker.Visitor : Speaker.Assistant,
                    Text = line.Text,
                    SpokenAt = session.OpenedAt + line.After,
                },
                ct);
        }

        session.TranscribedAt = clock.GetUtcNow();
    }

    // Pages can report anything. A reported line is confirmed if the transcript contains it; if the wording differs, the transcript's
    // wording counts.
    private static async Task CheckAsync(
        TenantDb db,
        VideoSession session,
        IReadOnlyList<Utterance> heard,
        Func<int, TranscriptLine?> lineOf,
        CancellationToken ct)
    {
        var confirmed = new List<ConfirmedUtterance>();
        var unconfirmed = new List<int>();
        for (var place = 0; place < heard.Count; place++)
        {
            if (!heard[place].Reported) continue;
            if (lineOf(place) is { } line) confirmed.Add(new ConfirmedUtterance(heard[place].Seq, IsSaidIn(heard[place], line) ? null : line.Text));
            else unconfirmed.Add(heard[place].Seq);
        }

        if (confirmed.Count + unconfirmed.Count == 0) return;
        await ConversationLog.AppendAsync(
            db,
            session.ConversationId,
            new UtterancesChecked { SessionId = session.Id.Value, Confirmed = confirmed, Unconfirmed = unconfirmed },
            ct);
    }

    // The assistant's words must match exactly, because one different digit changes an offer; an interrupted line must match the
    // beginning. The visitor's own words need not match.
    private static bool IsSaidIn(Utterance heard, TranscriptLine line)
    {
        var (reported, said) = (OneLine(heard.Text), OneLine(line.Text));
        return heard.Speaker == Speaker.Visitor || reported == said || (heard.Interrupted && said.StartsWith(reported, StringComparison.Ordinal));
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
