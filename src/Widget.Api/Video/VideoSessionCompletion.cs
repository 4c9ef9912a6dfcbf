using Widget.Api.Answers;
using Widget.Api.Conversations;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>
/// Applies what Tavus reports about a call to the session and its conversation: the avatar has joined, the call is over, the transcript is
/// ready. It applies each fact once, in the caller's transaction.
/// </summary>
public sealed class VideoSessionCompletion(VideoTimings timings, ContactFinder contacts, TimeProvider clock)
{
    /// <summary>Applies what is new in a summary.</summary>
    public async Task ApplyAsync(TenantDb db, VideoSession session, TavusCallSummary summary, CancellationToken ct)
    {
        if (summary.Joined) await JoinAsync(db, session, ct);
        session.ShutdownReason ??= summary.ShutdownReason;
        session.Recording ??= summary.Recording;
        session.Perception ??= summary.Perception;
        if (summary.Transcript is { } transcript && session.TranscribedAt is null) await MergeTranscriptAsync(db, session, transcript, ct);
    }

    /// <summary>Records that the avatar has joined. The first report counts.</summary>
    public async Task JoinAsync(TenantDb db, VideoSession session, CancellationToken ct)
    {
        if (session.JoinedAt is not null || session.OpenedAt is null) return;
        session.JoinedAt = clock.GetUtcNow();
        if (session.State != TavusSessionState.Waiting) return;
        session.State = TavusSessionState.Live;
        await ConversationLog.AppendAsync(db, session.ConversationId, new TavusConversationJoined { SessionId = session.Id.Value }, ct);
    }

    /// <summary>Records the end of a call that is over at Tavus: its usage, the event in the conversation, and the final state.</summary>
    /// <param name="db">The transaction that has locked the session.</param>
    /// <param name="session">The session.</param>
    /// <param name="began">When the call began by Tavus's clock; null unless its end is also known by that clock.</param>
    /// <param name="ended">When the call ended by Tavus's clock.</param>
    /// <param name="ct">Cancels the work.</param>
    public async Task CompleteAsync(TenantDb db, VideoSession session, DateTimeOffset? began, DateTimeOffset? ended, CancellationToken ct)
    {
        if (session.IsOver) return;
        var now = clock.GetUtcNow();
        session.EndReason ??= ReasonOf(session.ShutdownReason);
        session.State = TavusSessionState.Ended;
        session.EndedAt = now;
        session.MeetingToken = null;
        var lasted = session.OpenedAt is not { } opened ? TimeSpan.Zero : (ended - began) ?? (now - opened);
        session.Seconds = (int)Math.Clamp(Math.Round(lasted.TotalSeconds), 0, int.MaxValue);
        session.NextCheckAt = NextResultCheck(session, now);
        // Its slot or its place in the queue is now free.
        db.WakeQueue(session.Account);
        if (session.OpenedAt is null) return;
        await UsageMeter.CountAsync(db, UsageMeter.Video, session.Id.Value, session.ConversationId, session.Seconds.Value, default, ct);
        await ConversationLog.AppendAsync(
            db,
            session.ConversationId,
            new TavusConversationEnded { SessionId = session.Id.Value, Reason = session.EndReason.Value, Seconds = session.Seconds.Value },
            ct);
    }

    /// <summary>When to ask Tavus again for the results of an ended call; null when they are complete or no longer expected.</summary>
    public DateTimeOffset? NextResultCheck(VideoSession session, DateTimeOffset now)
    {
        if (IsComplete(session)) return null;
        var elapsed = now - (session.EndedAt ?? now);
        foreach (var delay in timings.ResultDelays)
            if (delay > elapsed) return session.EndedAt + delay;
        return null;
    }

    /// <summary>Whether all results of the call have arrived.</summary>
    public static bool IsComplete(VideoSession session) =>
        session.TavusConversationId is null || session is { TranscribedAt: not null, Perception: not null, ShutdownReason: not null };

    // Tavus's shutdown_reason is free text, so match parts of it.
    internal static TavusEndReason ReasonOf(string? text) => text switch
    {
        null => TavusEndReason.Tavus,
        _ when text.Contains("max_call_duration", StringComparison.OrdinalIgnoreCase) => TavusEndReason.TimeLimit,
        _ when text.Contains("participant_left", StringComparison.OrdinalIgnoreCase) => TavusEndReason.Left,
        _ when text.Contains("participant_absent", StringComparison.OrdinalIgnoreCase) => TavusEndReason.Left,
        _ when text.Contains("could_not_join", StringComparison.OrdinalIgnoreCase) => TavusEndReason.NoReplica,
        _ => TavusEndReason.Tavus,
    };

    private async Task MergeTranscriptAsync(
        TenantDb db,
        VideoSession session,
        IReadOnlyList<TranscriptLine> transcript,
        CancellationToken ct)
    {
        // While this transaction has the lock, pages cannot add utterances.
        await ConversationLog.LockAsync(db, session.ConversationId, visitor: null, ct);
        var utterances = await ConversationLog.UtterancesAsync(db, session.ConversationId, session.Id.Value, TranscriptMerge.MaxLines, ct);
        var (missing, matches) = TranscriptMerge.Compare(
            [.. utterances.Select(entry => (entry.Speaker == Speaker.Visitor, entry.Text))],
            transcript);
        await ConfirmReportedAsync(db, session, utterances, LineOf, ct);
        foreach (var index in missing)
        {
            var line = transcript[index];
            await ConversationLog.AppendAsync(
                db,
                session.ConversationId,
                new Utterance
                {
                    ClientId = $"{UtteranceIds.Of(session)}transcript:{index}",
                    SessionId = session.Id.Value,
                    Mode = "video",
                    Speaker = line.IsVisitor ? Speaker.Visitor : Speaker.Assistant,
                    Text = line.Text,
                    SpokenAt = session.OpenedAt + line.After,
                    Recognized = line.IsVisitor
                        ? await contacts.FindAsync(db, session.ConversationId, line.Text, session.Wish.Locale, ct)
                        : null,
                },
                ct);
        }

        session.TranscribedAt = clock.GetUtcNow();

        TranscriptLine? LineOf(int utterance) => matches.TryGetValue(utterance, out var line) ? transcript[line] : null;
    }

    // Pages are not trusted. A reported line is confirmed if the transcript contains it. If the wording differs, the transcript's wording
    // replaces it.
    private static async Task ConfirmReportedAsync(
        TenantDb db,
        VideoSession session,
        IReadOnlyList<Utterance> utterances,
        Func<int, TranscriptLine?> lineOf,
        CancellationToken ct)
    {
        var confirmed = new List<ConfirmedUtterance>();
        var unconfirmed = new List<int>();
        for (var index = 0; index < utterances.Count; index++)
        {
            if (!utterances[index].Reported) continue;
            if (lineOf(index) is { } line)
                confirmed.Add(new ConfirmedUtterance(utterances[index].Seq, IsConfirmedBy(utterances[index], line) ? null : line.Text));
            else unconfirmed.Add(utterances[index].Seq);
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
    private static bool IsConfirmedBy(Utterance utterance, TranscriptLine line)
    {
        var (reported, said) = (CollapseSpaces(utterance.Text), CollapseSpaces(line.Text));
        return utterance.Speaker == Speaker.Visitor
            || reported == said
            || (utterance.Interrupted && said.StartsWith(reported, StringComparison.Ordinal));
    }

    private static string CollapseSpaces(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
