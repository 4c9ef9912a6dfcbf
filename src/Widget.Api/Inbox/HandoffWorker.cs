using Npgsql;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Inbox;

/// <summary>A conversation that a node looks at.</summary>
internal sealed record HandoffLease(TenantId Tenant, ConversationId Conversation, Guid Worker);

/// <summary>
/// Offers conversations that wait to online reps, one after the other, and e-mails the reps if none of them accepts. It also brings snoozed
/// conversations back, replaces reps who are offline, and e-mails replies that the visitor has missed. Each step is one transaction that
/// looks at the state first, so it does no harm to repeat it.
/// </summary>
internal sealed partial class HandoffWorker(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    TenantSettingsService settings,
    InboxReps reps,
    HandoffMails mails,
    WakeUpSignal<HandoffQueue> signal,
    TimeProvider clock,
    ILogger<HandoffWorker> logger) : LeasedWorker<HandoffLease>(Pace, clock, signal)
{
    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(1), MaxPause: TimeSpan.FromSeconds(30));
    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(30), Renewal: TimeSpan.FromSeconds(10));
    private static readonly TimeSpan CleaningInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RecheckInterval = TimeSpan.FromMinutes(1);

    private DateTimeOffset _cleanedAt;

    protected override LeaseTimes? Lease => Times;

    protected override async Task<HandoffLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
    {
        if (Clock.GetUtcNow() - _cleanedAt > CleaningInterval)
        {
            _cleanedAt = Clock.GetUtcNow();
            await using var clean = dataSource.CreateCommand("select delete_unsent_attachments()");
            await clean.ExecuteNonQueryAsync(ct);
        }

        var claimed = await dataSource.ClaimAsync(
            "select tenant_id, conversation_id from claim_handoff($1, $2)",
            [slot.Id, Times.Length],
            row => new HandoffLease(new TenantId(row.GetGuid(0)), new ConversationId(row.GetGuid(1)), slot.Id),
            ct);
        return claimed.SingleOrDefault();
    }

    protected override async Task<bool> RenewAsync(HandoffLease lease, CancellationToken ct)
    {
        await using var batch = database.Batch(lease.Tenant).Add(
            """
            update handoffs set lease_until = clock_timestamp() + $4
            where tenant_id = $1 and conversation_id = $2 and lease_owner = $3 returning 1
            """,
            [lease.Tenant.Value, lease.Conversation.Value, lease.Worker, Times.Length]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    protected override async Task RunAsync(HandoffLease lease, CancellationToken ct)
    {
        // Read before the transaction, which holds the conversation's lock.
        var offerTime = TimeSpan.FromMinutes((await settings.ReadAsync(lease.Tenant, ct)).HandoffMinutes);
        var active = await reps.ListAsync(lease.Tenant, ct);
        var notice = await mails.PrepareAsync(lease.Tenant, lease.Conversation, ct);
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        if (await HeldConversation.LockAsync(db, lease.Conversation, ct) is not { Row: { } row } || row.LeaseOwner != lease.Worker) return;
        var step = new Step(db, row, active, offerTime, Clock.GetUtcNow());
        var due = row switch
        {
            { Spam: true } => null,
            { State: HandoffRow.Waiting } => await OfferAsync(step, notice, ct),
            { State: HandoffRow.Open } => await KeepAsync(step, ct),
            _ => null,
        };
        if (!row.Spam) due = Earlier(due, await TellVisitorAsync(step, notice, ct));
        await SetAsync(step, "due_at = $3, lease_owner = null, lease_until = null", [Time(due)], ct);
        await db.CommitAsync(ct);
        if (due <= Clock.GetUtcNow()) signal.Raise();
    }

    // Returns when to look again: at the end of the offer. Null if nobody is left, until a rep comes online.
    private static async Task<DateTimeOffset?> OfferAsync(Step step, HandoffNotice? notice, CancellationToken ct)
    {
        var (db, row) = (step.Db, step.Row);
        var offered = row.Offered;
        if (row.OfferedTo is { } asked)
        {
            if (row.OfferedUntil > step.Now && await PresenceService.IsPresentAsync(db, asked, ct)) return row.OfferedUntil;
            offered = [.. offered, asked];
        }

        if (await NextRepAsync(step, offered, ct) is { } next)
        {
            var until = step.Now + step.OfferTime;
            await SetAsync(
                step,
                "offered_to = $3, offered_until = $4, offered = $5",
                [next, Time(until), offered],
                ct);
            await using var took = db.Command(
                "update rep_presence set last_offered_at = clock_timestamp() where tenant_id = $1 and rep_id = $2",
                [db.TenantId.Value, next]);
            await took.ExecuteNonQueryAsync(ct);
            await InboxNotices.ChangedAsync(db, row.ConversationId, ct);
            return until;
        }

        await SetAsync(step, "offered_to = null, offered_until = null, offered = $3", [offered], ct);
        var mailOthersAt = await TellRepsAsync(step, notice, ct);

        // Nobody answered the visitor while reps were asked. Now the assistant answers again.
        if (offered.Length > 0 && row.GivenUpAt is null)
        {
            await SetAsync(step, "given_up_at = now()", [], ct);
            await ConversationLog.AppendAsync(db, row.ConversationId, new PersonLeft { Reason = PersonLeftReason.NoReply }, ct);
            await PendingAnswers.AddForLastMessageAsync(db, row.ConversationId, ct);
        }

        await InboxNotices.ChangedAsync(db, row.ConversationId, ct);
        return mailOthersAt;
    }

    // Once for each request: first the owner of the visitor's lead, and the others if the owner does not accept in time. Returns when to
    // tell the others; null if there is nothing left to tell.
    private static async Task<DateTimeOffset?> TellRepsAsync(Step step, HandoffNotice? notice, CancellationToken ct)
    {
        var row = step.Row;
        if (row.MailedSeq >= row.RequestedSeq)
        {
            if (row.MailOthersAt is not { } due || due > step.Now) return row.MailOthersAt;
            var told = await OwnerAsync(step, ct);
            await SetAsync(step, "mail_others_at = null", [], ct);
            if (notice is not null) await notice.TellRepsAsync(step.Db, [.. step.Reps.Where(rep => rep.Id != told?.Id)], row, ct);
            return null;
        }

        var owner = step.Reps.Count > 1 ? await OwnerAsync(step, ct) : null;
        DateTimeOffset? others = owner is null ? null : step.Now + step.OfferTime;
        await SetAsync(step, "mailed_seq = requested_seq, mail_others_at = $3", [Time(others)], ct);
        if (notice is not null) await notice.TellRepsAsync(step.Db, owner is null ? step.Reps : [owner], row, ct);
        return others;
    }

    // The owner of the visitor's lead, unless the owner is away.
    private static async Task<Rep?> OwnerAsync(Step step, CancellationToken ct)
    {
        await using var command = step.Db.Command(
            """
            select coalesce(top.owner_id, lead.owner_id)
            from lead_conversations link
            join conversations conversation on conversation.tenant_id = $1 and conversation.id = link.conversation_id
            join leads lead on lead.tenant_id = $1 and lead.id = link.lead_id
            left join leads top on top.tenant_id = $1 and top.id = lead.top_id
            where link.tenant_id = $1
              and conversation.visitor_id = (select visitor_id from conversations where tenant_id = $1 and id = $2)
              and coalesce(top.owner_id, lead.owner_id) is not null
            order by link.conversation_id = $2 desc, link.created_at desc
            limit 1
            """,
            [step.Db.TenantId.Value, step.Row.ConversationId.Value]);
        var owner = await command.ExecuteScalarAsync(ct) as Guid?;
        return step.Reps.FirstOrDefault(rep => rep.Id == owner && !rep.Away && rep.Email.Length > 0);
    }

    // The rep with the fewest conversations; of several, the one who was asked longest ago.
    private static async Task<Guid?> NextRepAsync(Step step, Guid[] offered, CancellationToken ct)
    {
        // Two nodes that offer conversations at the same time must see each other's offers.
        await step.Db.LockAsync("handoff offers", ct);
        await using var command = step.Db.Command(
            $"""
            select presence.rep_id from rep_presence presence
            where tenant_id = $1 and available and seen_at > now() - {Handoff.PresenceTime}
              and rep_id = any($2) and rep_id <> all($3)
            order by (
              select count(*) from handoffs handoff
              where handoff.tenant_id = $1 and not handoff.spam
                and ((handoff.state = 'open' and handoff.rep_id = presence.rep_id and handoff.snoozed_until is null)
                  or (handoff.state = 'waiting' and handoff.offered_to = presence.rep_id))), last_offered_at nulls first, rep_id
            limit 1
            """,
            [step.Db.TenantId.Value, step.Reps.Select(rep => rep.Id).ToArray(), offered]);
        return await command.ExecuteScalarAsync(ct) as Guid?;
    }

    // Ends a snooze, and puts the conversation back in the queue if its rep is offline and has not replied.
    private static async Task<DateTimeOffset?> KeepAsync(Step step, CancellationToken ct)
    {
        var (db, row) = (step.Db, step.Row);
        if (row.SnoozedUntil > step.Now) return row.SnoozedUntil;
        var isPresent = await PresenceService.IsPresentAsync(db, row.RepId!.Value, ct);
        if (row.SnoozedUntil is not null)
        {
            await SetAsync(step, "snoozed_until = null", [], ct);
            await InboxNotices.ChangedAsync(db, row.ConversationId, ct);
            if (!isPresent) return await RequeueAsync(step, ct);
        }

        if (row.UnansweredSince is not { } since) return null;
        if (isPresent || since + step.OfferTime > step.Now)
            return since + step.OfferTime > step.Now ? since + step.OfferTime : step.Now + RecheckInterval;
        return await RequeueAsync(step, ct);
    }

    private static async Task<DateTimeOffset?> RequeueAsync(Step step, CancellationToken ct)
    {
        var (db, row) = (step.Db, step.Row);
        var rep = row.RepId!.Value;
        await SetAsync(
            step,
            """
            state = 'waiting', requested_at = coalesce(unanswered_since, now()), offered = $3, given_up_at = null, mailed_seq = -1,
            mail_others_at = null
            """,
            [new[] { rep }],
            ct);
        var name = step.Reps.FirstOrDefault(known => known.Id == rep)?.Name;
        var left = new PersonLeft { RepId = rep, Name = name, Reason = PersonLeftReason.Transferred };
        await ConversationLog.AppendAsync(db, row.ConversationId, left, ct);
        await InboxNotices.ChangedAsync(db, row.ConversationId, ct);
        await InboxNotices.QueueMovedAsync(db, ct);
        return step.Now;
    }

    // Once for each reply that the visitor has not read after some minutes, if the visitor has left and an address is known.
    private static async Task<DateTimeOffset?> TellVisitorAsync(Step step, HandoffNotice? notice, CancellationToken ct)
    {
        var row = step.Row;
        if (row.RepliedSeq <= Math.Max(row.AnsweredSeq, row.VisitorReadSeq) || row.RepliedAt is not { } replied) return null;
        if (replied + HandoffMails.MissedAfter > step.Now) return replied + HandoffMails.MissedAfter;
        if (row.VisitorSeenAt is { } seen && seen + RecheckInterval > step.Now) return step.Now + RecheckInterval;
        await SetAsync(step, "answered_seq = replied_seq", [], ct);
        if (notice is not null) await notice.TellVisitorAsync(step.Db, row, ct);
        return null;
    }

    private static async Task SetAsync(Step step, string set, object[] values, CancellationToken ct)
    {
        await using var change = step.Db.Command(
            $"update handoffs set {set} where tenant_id = $1 and conversation_id = $2",
            [step.Db.TenantId.Value, step.Row.ConversationId.Value, .. values]);
        await change.ExecuteNonQueryAsync(ct);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null ? other : other is null || one < other ? one : other;

    private static NpgsqlParameter Time(DateTimeOffset? time) =>
        new() { Value = (object?)time?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; waiting visitors are offered to reps when it is back")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Offering a waiting visitor to the reps failed unexpectedly and is retried")]
    protected override partial void LogFailure(Exception exception);

    private sealed record Step(TenantDb Db, HandoffRow Row, IReadOnlyList<Rep> Reps, TimeSpan OfferTime, DateTimeOffset Now);
}
