using Microsoft.EntityFrameworkCore;
using Widget.Api.Attachments;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Inbox;

/// <summary>What reps write, and how far they have read.</summary>
internal sealed class RepMessages(
    TenantDatabase database,
    AttachmentStore attachments,
    InboxReps reps,
    WakeUpSignal<HandoffQueue> queue,
    TimeProvider clock)
{
    /// <summary>Appends a rep's message, once for each client id. The conversation must be the rep's.</summary>
    /// <exception cref="ClientIdTakenException">The client id was used for something else.</exception>
    public async Task<(PersonMessage? Message, InboxOutcome Outcome)> ReplyAsync(
        TenantId tenant,
        ConversationId conversation,
        InboxRep rep,
        ReplyRequest request,
        CancellationToken ct)
    {
        var names = await reps.NamesAsync(tenant, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        if (await HeldConversation.LockAsync(db, conversation, ct) is not { } held) return (null, InboxRefusal.NoSuchConversation);
        if (request.ClientId is { } clientId && await ConversationLog.FindAsync<PersonMessage>(db, conversation, clientId, ct) is { } sent)
            return (sent, InboxOutcome.Done);
        if (held.HeldBy(rep, names) is { IsDone: false } refusal) return (null, refusal);
        if (await attachments.SendAsync(db, conversation, rep.Id, request.Attachments, ct) is not { } files)
            return (null, InboxRefusal.NoSuchAttachment);
        var message = await ConversationLog.AppendAsync(
            db,
            conversation,
            new PersonMessage
            {
                ClientId = request.ClientId,
                MessageId = Guid.CreateVersion7(),
                RepId = rep.Id,
                Name = rep.Name,
                Text = (request.Text ?? "").Trim(),
                Attachments = files,
            },
            ct);
        await using (var replied = db.Command(
            """
            update handoffs set replied_seq = $3, replied_at = now(), unanswered_since = null, snoozed_until = null, due_at = now()
            where tenant_id = $1 and conversation_id = $2
            """,
            [tenant.Value, conversation.Value, message.Seq]))
        {
            await replied.ExecuteNonQueryAsync(ct);
        }

        await MarkReadAsync(db, conversation, rep.Id, message.Seq, ct);
        await InboxNotices.ChangedAsync(db, conversation, ct);
        await db.CommitAsync(ct);
        queue.Raise();
        return (message, InboxOutcome.Done);
    }

    /// <summary>Adds a note, once for each client id. Null if there is no such conversation.</summary>
    public async Task<InboxNote?> AddNoteAsync(
        TenantId tenant,
        ConversationId conversation,
        InboxRep rep,
        NoteRequest request,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (!await ConversationLog.LockAsync(db, conversation, visitor: null, ct)) return null;
        if (request.ClientId is { } id
            && await db.Notes.AsNoTracking().SingleOrDefaultAsync(row => row.ConversationId == conversation && row.ClientId == id, ct)
                is { } added)
        {
            return new InboxNote(added.Id, rep, added.Text, added.CreatedAt);
        }

        var note = new ConversationNote
        {
            TenantId = tenant,
            Id = Guid.CreateVersion7(),
            ConversationId = conversation,
            RepId = rep.Id,
            ClientId = request.ClientId,
            Text = request.Text.Trim(),
            CreatedAt = clock.GetUtcNow(),
        };
        db.Notes.Add(note);
        await db.SaveChangesAsync(ct);
        await InboxNotices.ChangedAsync(db, conversation, ct);
        await db.CommitAsync(ct);
        return new InboxNote(note.Id, rep, note.Text, note.CreatedAt);
    }

    /// <summary>
    /// Records how far a rep has read. The visitor sees it if the conversation is the rep's. Returns false if there is no such
    /// conversation.
    /// </summary>
    public async Task<bool> ReadAsync(TenantId tenant, ConversationId conversation, InboxRep rep, int seq, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await ConversationQueries.LastSeqAsync(db, conversation, ct) is not { } last) return false;
        seq = Math.Min(seq, last);
        if (await MarkReadAsync(db, conversation, rep.Id, seq, ct))
        {
            if (await IsHeldByAsync(db, conversation, rep.Id, ct))
                await InboxNotices.ToVisitorAsync(db, new VisitorNotice { Conversation = conversation.Value, ReadSeq = seq }, ct);
            await InboxNotices.ChangedAsync(db, conversation, ct);
        }

        await db.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// Tells the other reps that a rep is typing, and the visitor, if the conversation is the rep's. Returns false if there is no such
    /// conversation.
    /// </summary>
    public async Task<bool> TypingAsync(TenantId tenant, ConversationId conversation, InboxRep rep, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await ConversationQueries.LastSeqAsync(db, conversation, ct) is null) return false;
        if (await IsHeldByAsync(db, conversation, rep.Id, ct))
        {
            var typing = new VisitorNotice { Conversation = conversation.Value, Typing = new TypingRep(rep.Id, rep.Name) };
            await InboxNotices.ToVisitorAsync(db, typing, ct);
        }

        await InboxNotices.SendAsync(
            db,
            new InboxNotice
            {
                Tenant = tenant.Value,
                Conversation = conversation.Value,
                Typing = new InboxTyping(conversation.Value, rep),
            },
            ct);
        await db.CommitAsync(ct);
        return true;
    }

    private static async Task<bool> IsHeldByAsync(TenantDb db, ConversationId conversation, Guid rep, CancellationToken ct)
    {
        await using var command = db.Command(
            "select 1 from handoffs where tenant_id = $1 and conversation_id = $2 and state = 'open' and rep_id = $3",
            [db.TenantId.Value, conversation.Value, rep]);
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    // False if the rep had read as far already.
    private static async Task<bool> MarkReadAsync(TenantDb db, ConversationId conversation, Guid rep, int seq, CancellationToken ct)
    {
        await using var read = db.Command(
            """
            insert into handoff_readers as reader (tenant_id, conversation_id, rep_id, read_seq) values ($1, $2, $3, $4)
            on conflict (tenant_id, conversation_id, rep_id) do update set read_seq = excluded.read_seq
            where reader.read_seq < excluded.read_seq
            """,
            [db.TenantId.Value, conversation.Value, rep, seq]);
        return await read.ExecuteNonQueryAsync(ct) > 0;
    }
}
