using Widget.Api.Answers;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Inbox;

/// <summary>
/// What reps do with a conversation besides writing. Each action is one transaction that locks the conversation, so of two reps who act at
/// the same time, the second one sees what the first one did.
/// </summary>
internal sealed class HandoffActions(
    TenantDatabase database,
    AnswerStops answers,
    IEnumerable<ICallEnder> calls,
    InboxReps reps,
    TenantSettingsService settings,
    WakeUpSignal<HandoffQueue> queue)
{
    /// <summary>
    /// Gives the conversation to the rep, unless another one has it. Answers in progress end before, and voice and video calls with the
    /// assistant at once, so that it says nothing afterwards.
    /// </summary>
    public async Task<InboxOutcome> AcceptAsync(TenantId tenant, ConversationId conversation, InboxRep rep, CancellationToken ct)
    {
        await answers.StopAsync(tenant, conversation, ct);
        var names = await reps.NamesAsync(tenant, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        if (await HeldConversation.LockAsync(db, conversation, ct) is not { } held) return InboxRefusal.NoSuchConversation;
        if (held.Holder(names) is { } holder) return holder.Id == rep.Id ? InboxOutcome.Done : InboxOutcome.Taken(holder);
        await AnswerStops.DropAsync(db, conversation, ct);
        await using var accept = db.Command(
            """
            insert into handoffs (tenant_id, conversation_id, state, rep_id) values ($1, $2, 'open', $3)
            on conflict (tenant_id, conversation_id) do update set
              state = 'open', rep_id = excluded.rep_id, offered_to = null, offered_until = null, offered = '{}', given_up_at = null,
              snoozed_until = null, spam = false, due_at = now()
            """,
            [tenant.Value, conversation.Value, rep.Id]);
        await accept.ExecuteNonQueryAsync(ct);
        await ConversationLog.AppendAsync(db, conversation, new PersonJoined { RepId = rep.Id, Name = rep.Name }, ct);
        await CommitAsync(db, conversation, ct);
        // The conversation is the rep's now, so no new call can begin, and the request's end must not stop this.
        foreach (var ender in calls) await ender.EndForPersonAsync(tenant, conversation, CancellationToken.None);
        return InboxOutcome.Done;
    }

    /// <summary>Gives the conversation back to the assistant.</summary>
    public Task<InboxOutcome> ReturnAsync(TenantId tenant, ConversationId conversation, InboxRep rep, CancellationToken ct) =>
        LeaveAsync(tenant, conversation, rep, HandoffRow.Assistant, PersonLeftReason.Returned, ct);

    /// <summary>Closes the conversation. One that waits may be closed by any rep.</summary>
    public Task<InboxOutcome> CloseAsync(TenantId tenant, ConversationId conversation, InboxRep rep, CancellationToken ct) =>
        LeaveAsync(tenant, conversation, rep, HandoffRow.Closed, PersonLeftReason.Closed, ct);

    /// <summary>Puts a closed conversation in the queue. The visitor does not know, so the assistant answers until a rep accepts.</summary>
    public async Task<InboxOutcome> ReopenAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await HeldConversation.LockAsync(db, conversation, ct) is not { } held) return InboxRefusal.NoSuchConversation;
        if (held.Row?.State != HandoffRow.Closed) return InboxRefusal.WrongState;
        await ChangeAsync(
            db,
            conversation,
            "state = 'waiting', requested_at = now(), given_up_at = now(), offered = '{}', spam = false, mailed_seq = -1, due_at = now()",
            [],
            ct);
        await CommitAsync(db, conversation, ct);
        return InboxOutcome.Done;
    }

    /// <summary>
    /// Offers the conversation to another rep, who must be there, or puts it back in the queue. Until somebody accepts, the visitor waits.
    /// If the visitor talks to the assistant and has asked for nobody, the assistant answers until then.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="rep">The rep who acts.</param>
    /// <param name="to">The rep who gets the offer; null for the queue.</param>
    /// <param name="mustHold">Whether the conversation must be the acting rep's.</param>
    /// <param name="ct">Cancels the action.</param>
    public async Task<InboxOutcome> TransferAsync(
        TenantId tenant,
        ConversationId conversation,
        InboxRep rep,
        InboxRep? to,
        bool mustHold,
        CancellationToken ct)
    {
        var names = await reps.NamesAsync(tenant, ct);
        var offerTime = TimeSpan.FromMinutes((await settings.ReadAsync(tenant, ct)).HandoffMinutes);
        await using var db = await database.BeginAsync(tenant, ct);
        if (await HeldConversation.LockAsync(db, conversation, ct) is not { } held) return InboxRefusal.NoSuchConversation;
        if (mustHold && held.HeldBy(rep, names) is { IsDone: false } refusal) return refusal;
        var holder = held.Holder(names);
        if (to is not null && holder?.Id == to.Id) return InboxOutcome.Done;
        if (to is not null && !await PresenceService.IsPresentAsync(db, to.Id, ct)) return InboxRefusal.RepAway;
        await using var offer = db.Command(
            """
            insert into handoffs as handoff
              (tenant_id, conversation_id, state, offered_to, offered_until, offered, given_up_at, mailed_seq, due_at)
            values ($1, $2, 'waiting', $3, case when $3::uuid is not null then now() + $4 end, $5, now(), -1, now())
            on conflict (tenant_id, conversation_id) do update set
              state = 'waiting',
              requested_at = case handoff.state when 'waiting' then handoff.requested_at else coalesce(handoff.unanswered_since, now()) end,
              offered_to = excluded.offered_to, offered_until = excluded.offered_until, offered = excluded.offered,
              given_up_at = case handoff.state when 'open' then null when 'waiting' then handoff.given_up_at else now() end,
              snoozed_until = null, spam = false, mailed_seq = -1, due_at = now()
            """,
            [
                tenant.Value,
                conversation.Value,
                Handoff.Uuid(to?.Id),
                offerTime,
                // The rep who gives it away is not asked again.
                holder is null ? [] : new[] { holder.Id },
            ]);
        await offer.ExecuteNonQueryAsync(ct);
        if (holder is not null) await LeftAsync(db, conversation, holder, PersonLeftReason.Transferred, ct);
        await CommitAsync(db, conversation, ct);
        return InboxOutcome.Done;
    }

    /// <summary>Puts the conversation aside until a time, or until the visitor writes.</summary>
    public async Task<InboxOutcome> SnoozeAsync(
        TenantId tenant,
        ConversationId conversation,
        InboxRep rep,
        DateTimeOffset? until,
        CancellationToken ct)
    {
        var names = await reps.NamesAsync(tenant, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        if (await HeldConversation.LockAsync(db, conversation, ct) is not { } held) return InboxRefusal.NoSuchConversation;
        if (held.HeldBy(rep, names) is { IsDone: false } refusal) return refusal;
        var end = new Npgsql.NpgsqlParameter
        {
            Value = (object?)until?.ToUniversalTime() ?? DBNull.Value,
            NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz,
        };
        await ChangeAsync(db, conversation, "snoozed_until = $3, due_at = now()", [end], ct);
        await CommitAsync(db, conversation, ct);
        return InboxOutcome.Done;
    }

    /// <summary>Marks a conversation as spam, which closes it without a word, or takes the mark back.</summary>
    public async Task<InboxOutcome> MarkSpamAsync(TenantId tenant, ConversationId conversation, bool spam, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await HeldConversation.LockAsync(db, conversation, ct) is not { } held) return InboxRefusal.NoSuchConversation;
        if (held.Row is null) return InboxRefusal.WrongState;
        await ChangeAsync(
            db,
            conversation,
            spam
                ? "spam = true, state = 'closed', offered_to = null, offered_until = null, snoozed_until = null, unanswered_since = null, "
                    + "due_at = null, answered_seq = replied_seq"
                : "spam = false, due_at = now()",
            [],
            ct);
        await CommitAsync(db, conversation, ct);
        return InboxOutcome.Done;
    }

    private async Task<InboxOutcome> LeaveAsync(
        TenantId tenant,
        ConversationId conversation,
        InboxRep rep,
        string state,
        PersonLeftReason reason,
        CancellationToken ct)
    {
        var names = await reps.NamesAsync(tenant, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        if (await HeldConversation.LockAsync(db, conversation, ct) is not { } held) return InboxRefusal.NoSuchConversation;
        if (held.Row?.State == state) return InboxOutcome.Done;
        if (held.Holder(names) is { } holder && holder.Id != rep.Id) return InboxOutcome.Taken(holder);
        if (!held.IsOpen && !held.IsWaiting) return InboxRefusal.WrongState;
        await ChangeAsync(
            db,
            conversation,
            "state = $3, offered_to = null, offered_until = null, snoozed_until = null, unanswered_since = null, due_at = now()",
            [state],
            ct);
        await LeftAsync(db, conversation, held.Holder(names), reason, ct);
        await CommitAsync(db, conversation, ct);
        return InboxOutcome.Done;
    }

    private static Task LeftAsync(
        TenantDb db,
        ConversationId conversation,
        InboxRep? holder,
        PersonLeftReason reason,
        CancellationToken ct) =>
        ConversationLog.AppendAsync(
            db,
            conversation,
            new PersonLeft { RepId = holder?.Id, Name = holder?.Name, Reason = reason },
            ct);

    private static async Task ChangeAsync(
        TenantDb db,
        ConversationId conversation,
        string set,
        object[] values,
        CancellationToken ct)
    {
        await using var change = db.Command(
            $"update handoffs set {set} where tenant_id = $1 and conversation_id = $2",
            [db.TenantId.Value, conversation.Value, .. values]);
        await change.ExecuteNonQueryAsync(ct);
    }

    private async Task CommitAsync(TenantDb db, ConversationId conversation, CancellationToken ct)
    {
        await InboxNotices.ChangedAsync(db, conversation, ct);
        await InboxNotices.QueueMovedAsync(db, ct);
        await db.CommitAsync(ct);
        queue.Raise();
    }
}
