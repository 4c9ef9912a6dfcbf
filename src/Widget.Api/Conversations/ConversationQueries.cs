using Microsoft.EntityFrameworkCore;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Conversations;

/// <summary>A conversation with its visitor and its latest events, at the start of a call.</summary>
public sealed record ConversationSnapshot(Conversation Conversation, Visitor Visitor, IReadOnlyList<ConversationEvent> LatestEvents);

/// <summary>
/// Queries for other features, within their own transactions. So other features do not access the conversation tables themselves.
/// </summary>
public static class ConversationQueries
{
    /// <summary>Returns the seq of the conversation's latest event. Null if the tenant has no such conversation.</summary>
    public static async Task<int?> LastSeqAsync(TenantDb db, ConversationId id, CancellationToken ct)
    {
        await using var command = db.Command("select last_seq from conversations where id = $1", [id.Value]);
        return await command.ExecuteScalarAsync(ct) as int?;
    }

    /// <summary>Returns the conversation as it is now. Null if the tenant has no such conversation.</summary>
    /// <param name="db">An open transaction.</param>
    /// <param name="id">The conversation.</param>
    /// <param name="limit">Maximum number of latest events to read.</param>
    /// <param name="ct">Cancels the query.</param>
    public static async Task<ConversationSnapshot?> SnapshotAsync(TenantDb db, ConversationId id, int limit, CancellationToken ct)
    {
        if (await db.Conversations.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is not { } conversation) return null;
        if (await db.Visitors.AsNoTracking().SingleOrDefaultAsync(row => row.Id == conversation.VisitorId, ct) is not { } visitor)
            return null;
        var events = await ConversationLog.ReadAsync(db, id, Math.Max(0, conversation.LastSeq - limit), ct);
        return new ConversationSnapshot(conversation, visitor, events);
    }

    /// <summary>
    /// Returns the seq of an event before an answer, which may be complete or pending. Null if the visitor's conversation has no such
    /// answer. To follow the answer, read the log after this seq.
    /// </summary>
    public static async Task<int?> SeqBeforeAnswerAsync(
        TenantDb db,
        ConversationId id,
        VisitorId visitor,
        MessageId answer,
        CancellationToken ct)
    {
        // One statement sees one snapshot, in which an answer is either pending or in the log.
        await using var command = db.Command(
            """
            select coalesce(
              (select question_seq from pending_answers where message_id = $3 and conversation_id = $1),
              (select seq - 1 from conversation_events where message_id = $3 and conversation_id = $1))
            from conversations where id = $1 and visitor_id = $2
            """,
            [id.Value, visitor.Value, answer.Value]);
        return await command.ExecuteScalarAsync(ct) as int?;
    }

    /// <summary>
    /// Returns the latest event in which the visitor gave contact details or declined to: a <see cref="ContactGiven"/>, a
    /// <see cref="ContactDeclined"/>, or null if there is none.
    /// </summary>
    public static async Task<ConversationEvent?> LastContactAsync(TenantDb db, ConversationId id, CancellationToken ct)
    {
        await using var command = db.Command(
            $"""
            select {ConversationLog.Columns} from conversation_events
            where tenant_id = $1 and conversation_id = $2 and kind in ('contact_given', 'contact_declined')
            order by seq desc limit 1
            """,
            [db.TenantId.Value, id.Value]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var events = await ConversationLog.ReadAllAsync(rows, ct);
        return events.Count > 0 ? events[0] : null;
    }

    /// <summary>
    /// Returns what the visitor said last, and the widget's language for the visitor. Null if the conversation is not the visitor's.
    /// </summary>
    public static async Task<(string? Text, string? Locale)?> LastSaidAsync(
        TenantDb db,
        ConversationId id,
        VisitorId visitor,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select visitor.locale, (
              select data ->> 'text' from conversation_events
              where tenant_id = $1 and conversation_id = $2
                and (kind = 'visitor_message' or (kind = 'utterance' and data ->> 'speaker' = 'visitor'))
              order by seq desc limit 1)
            from conversations conversation
            join visitors visitor on visitor.tenant_id = conversation.tenant_id and visitor.id = conversation.visitor_id
            where conversation.tenant_id = $1 and conversation.id = $2 and conversation.visitor_id = $3
            """,
            [db.TenantId.Value, id.Value, visitor.Value]);
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;
        return (await row.IsDBNullAsync(1, ct) ? null : row.GetString(1), await row.IsDBNullAsync(0, ct) ? null : row.GetString(0));
    }
}
