using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Conversations;

/// <summary>A conversation with its visitor and its latest events, at the start of a call.</summary>
public sealed record ConversationSnapshot(Conversation Conversation, Visitor Visitor, IReadOnlyList<ConversationEvent> LatestEvents);

/// <param name="StartedAt">When the conversation was started.</param>
/// <param name="ContinuedAt">When it was last continued.</param>
/// <param name="VisitorMessages">Number of the visitor's written messages.</param>
public sealed record ConversationFigures(DateTimeOffset StartedAt, DateTimeOffset ContinuedAt, long VisitorMessages);

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
    /// Returns the seq of an event before an answer, which may be complete or pending, or before the message of a person. Null if the
    /// visitor's conversation has neither. To follow it, read the log after this seq.
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
              (select seq - 1 from conversation_events where message_id = $3 and conversation_id = $1),
              (select seq - 1 from conversation_events
               where tenant_id = $4 and conversation_id = $1 and kind = 'person_message' and data ->> 'messageId' = $3::text))
            from conversations where id = $1 and visitor_id = $2
            """,
            [id.Value, visitor.Value, answer.Value, db.TenantId.Value]);
        return await command.ExecuteScalarAsync(ct) as int?;
    }

    /// <summary>
    /// Returns the latest event in which the visitor gave contact details or declined to: a <see cref="ContactGiven"/>, a
    /// <see cref="PersonRequested"/> with an e-mail address, a <see cref="ContactDeclined"/>, or null if there is none.
    /// </summary>
    public static async Task<ConversationEvent?> LastContactAsync(TenantDb db, ConversationId id, CancellationToken ct)
    {
        await using var command = db.Command(
            $"""
            select {ConversationLog.Columns} from conversation_events
            where tenant_id = $1 and conversation_id = $2 and (
              kind in ('contact_given', 'contact_declined') or (kind = 'person_requested' and data ->> 'email' is not null))
            order by seq desc limit 1
            """,
            [db.TenantId.Value, id.Value]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var events = await ConversationLog.ReadAllAsync(rows, ct);
        return events.Count > 0 ? events[0] : null;
    }

    /// <summary>Returns the visitor's id on the tenant's site, if the site has verified it. Null otherwise.</summary>
    public static async Task<string?> VerifiedIdAsync(TenantDb db, VisitorId visitor, CancellationToken ct)
    {
        await using var command = db.Command(
            "select verified_id from visitors where tenant_id = $1 and id = $2",
            [db.TenantId.Value, visitor.Value]);
        return await command.ExecuteScalarAsync(ct) as string;
    }

    /// <summary>Returns the name that the tenant's site has given for the visitor. Null if it has given none.</summary>
    public static async Task<string?> NameAsync(TenantDb db, VisitorId visitor, CancellationToken ct)
    {
        await using var command = db.Command(
            "select traits ->> 'name' from visitors where tenant_id = $1 and id = $2",
            [db.TenantId.Value, visitor.Value]);
        return await command.ExecuteScalarAsync(ct) as string;
    }

    /// <summary>Returns the visitor's conversations.</summary>
    public static async Task<Guid[]> OfVisitorAsync(TenantDb db, VisitorId visitor, CancellationToken ct)
    {
        await using var command = db.Command(
            "select array(select id from conversations where tenant_id = $1 and visitor_id = $2)",
            [db.TenantId.Value, visitor.Value]);
        return (Guid[])(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>
    /// Returns what tells how promising the visitors of conversations are, oldest first: answers to qualification questions, booked,
    /// moved and cancelled meetings, and the assistant's messages whose question called for something.
    /// </summary>
    public static async Task<IReadOnlyList<ConversationEvent>> SignalsAsync(TenantDb db, Guid[] conversations, CancellationToken ct)
    {
        await using var command = db.Command(
            $"""
            select {ConversationLog.Columns} from conversation_events
            where tenant_id = $1 and conversation_id = any($2)
              and (kind in ('qualification_answered', 'meeting_booked', 'meeting_rescheduled', 'meeting_cancelled')
                or (kind = 'assistant_message' and data -> 'offers' <> '[]'))
            order by created_at, conversation_id, seq
            """,
            [db.TenantId.Value, conversations]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        return await ConversationLog.ReadAllAsync(rows, ct);
    }

    /// <summary>Returns events of some kinds in some conversations, newest first.</summary>
    /// <param name="db">An open transaction.</param>
    /// <param name="conversations">The conversations.</param>
    /// <param name="kinds">The kinds, as in the log's JSON.</param>
    /// <param name="before">The time, conversation and seq of the last event that was seen; null to begin with the newest.</param>
    /// <param name="limit">Maximum number of events.</param>
    /// <param name="ct">Cancels the query.</param>
    public static async Task<IReadOnlyList<(ConversationId Conversation, ConversationEvent Event)>> LatestAsync(
        TenantDb db,
        Guid[] conversations,
        string[] kinds,
        (DateTimeOffset At, Guid Conversation, int Seq)? before,
        int limit,
        CancellationToken ct)
    {
        await using var command = db.Command(
            $"""
            select {ConversationLog.Columns}, conversation_id from conversation_events
            where tenant_id = $1 and conversation_id = any($2) and kind = any($3)
              and ($4::timestamptz is null or (created_at, conversation_id, seq) < ($4, $5, $6))
            order by created_at desc, conversation_id desc, seq desc
            limit $7
            """,
            [
                db.TenantId.Value,
                conversations,
                kinds,
                new NpgsqlParameter { Value = (object?)before?.At ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                before?.Conversation ?? Guid.Empty,
                before?.Seq ?? 0,
                limit,
            ]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var events = new List<(ConversationId, ConversationEvent)>();
        while (await rows.ReadAsync(ct)) events.Add((new ConversationId(rows.GetGuid(5)), ConversationLog.Read(rows)));
        return events;
    }

    /// <summary>Returns figures about conversations, by their id.</summary>
    public static async Task<IReadOnlyDictionary<Guid, ConversationFigures>> FiguresAsync(
        TenantDb db,
        Guid[] conversations,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select id, created_at, updated_at, (
              select count(*) from conversation_events
              where tenant_id = $1 and conversation_id = conversation.id and kind = 'visitor_message')
            from conversations conversation where tenant_id = $1 and id = any($2)
            """,
            [db.TenantId.Value, conversations]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var figures = new Dictionary<Guid, ConversationFigures>();
        while (await rows.ReadAsync(ct))
        {
            figures[rows.GetGuid(0)] = new ConversationFigures(
                rows.GetFieldValue<DateTimeOffset>(1),
                rows.GetFieldValue<DateTimeOffset>(2),
                rows.GetInt64(3));
        }

        return figures;
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
