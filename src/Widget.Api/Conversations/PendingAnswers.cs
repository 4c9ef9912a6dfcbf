using Widget.Platform.Tenancy;

namespace Widget.Api.Conversations;

/// <summary>Questions that nobody has answered yet.</summary>
internal static class PendingAnswers
{
    /// <summary>
    /// Queues the visitor's last message for the assistant if nobody has answered it. Called when the assistant continues after the visitor
    /// waited for a person and nobody came. A node picks it up within a second.
    /// </summary>
    /// <param name="db">The transaction, which has locked the conversation.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="ct">Cancels the statement.</param>
    public static async Task AddForLastMessageAsync(TenantDb db, ConversationId conversation, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            insert into pending_answers (tenant_id, message_id, conversation_id, question_seq, lease_until)
            select $1, $3, $2, asked.seq, now()
            from (
              select seq, data ->> 'text' as text from conversation_events
              where tenant_id = $1 and conversation_id = $2 and kind = 'visitor_message'
              order by seq desc limit 1
            ) asked
            where asked.text <> '' and not exists (
              select from conversation_events answer
              where answer.tenant_id = $1 and answer.conversation_id = $2 and answer.seq > asked.seq and (
                answer.kind = 'person_message'
                or (answer.kind = 'assistant_message' and (answer.data ->> 'replyTo')::integer = asked.seq)))
            on conflict do nothing
            """,
            [db.TenantId.Value, conversation.Value, MessageId.New().Value]);
        await command.ExecuteNonQueryAsync(ct);
    }
}
