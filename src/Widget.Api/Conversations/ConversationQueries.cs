using Microsoft.EntityFrameworkCore;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Conversations;

/// <summary>A conversation with its visitor and its latest events, as a call starts from it.</summary>
public sealed record ConversationSnapshot(Conversation Conversation, Visitor Visitor, IReadOnlyList<ConversationEvent> LatestEvents);

/// <summary>
/// Reads that other features need within their own transaction, so that they do not query the conversation tables themselves.
/// </summary>
public static class ConversationQueries
{
    /// <summary>The number of the conversation's latest event; null when the tenant has no such conversation.</summary>
    public static async Task<int?> LastSeqAsync(TenantDb db, ConversationId id, CancellationToken ct)
    {
        await using var command = db.Command("select last_seq from conversations where id = $1", [id.Value]);
        return await command.ExecuteScalarAsync(ct) as int?;
    }

    /// <summary>The conversation as it is now; null when the tenant has no such conversation.</summary>
    /// <param name="db">An open transaction.</param>
    /// <param name="id">The conversation.</param>
    /// <param name="most">How many of its latest events to read.</param>
    /// <param name="ct">Cancels the query.</param>
    public static async Task<ConversationSnapshot?> SnapshotAsync(TenantDb db, ConversationId id, int most, CancellationToken ct)
    {
        if (await db.Conversations.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is not { } conversation) return null;
        if (await db.Visitors.AsNoTracking().SingleOrDefaultAsync(row => row.Id == conversation.VisitorId, ct) is not { } visitor)
            return null;
        var events = await ConversationLog.ReadAsync(db, id, Math.Max(0, conversation.LastSeq - most), ct);
        return new ConversationSnapshot(conversation, visitor, events);
    }

    /// <summary>
    /// The number of an event before an answer, whether the answer is finished or still pending; null when the visitor's conversation has
    /// no such answer. To follow the answer, read the log from there.
    /// </summary>
    public static async Task<int?> SeqBeforeAnswerAsync(
        TenantDb db,
        ConversationId id,
        VisitorId visitor,
        MessageId answer,
        CancellationToken ct)
    {
        // One statement reads one snapshot: an answer is either pending or in the log.
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
}
