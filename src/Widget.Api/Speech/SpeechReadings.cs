using System.Collections.Concurrent;
using Widget.Api.Conversations;
using Widget.Api.Visitors;
using Widget.Platform.Tenancy;

namespace Widget.Api.Speech;

/// <summary>Finds the answers that visitors may have read aloud.</summary>
internal sealed class SpokenAnswers(TenantDatabase database)
{
    /// <summary>A place in the log before an answer, given or still owed; null when it is not one of the visitor's conversation.</summary>
    public async Task<int?> FindAsync(VisitorTicket visitor, ConversationId conversation, MessageId message, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(visitor.Tenant, ct);
        // One statement sees one moment: an answer is owed or in the log, never neither.
        await using var command = db.Command(
            """
            select coalesce(
              (select question_seq from pending_answers where message_id = $3 and conversation_id = $1),
              (select seq - 1 from conversation_events where message_id = $3 and conversation_id = $1))
            from conversations where id = $1 and visitor_id = $2
            """,
            [conversation.Value, visitor.Visitor.Value, message.Value]);
        return await command.ExecuteScalarAsync(ct) as int?;
    }
}

/// <summary>Counts the streams that each visitor has open on this node.</summary>
internal sealed class SpeechStreams(SpeechOptions options)
{
    private readonly ConcurrentDictionary<VisitorId, int> _open = [];

    /// <summary>Null when the visitor has as many as may be; otherwise it is closed by disposing.</summary>
    public IDisposable? Open(VisitorId visitor)
    {
        if (_open.AddOrUpdate(visitor, 1, (_, count) => count + 1) <= options.MostStreams) return new Slot(this, visitor);
        Close(visitor);
        return null;
    }

    private void Close(VisitorId visitor)
    {
        if (_open.AddOrUpdate(visitor, 0, (_, count) => count - 1) == 0) _open.TryRemove(KeyValuePair.Create(visitor, 0));
    }

    private sealed class Slot(SpeechStreams streams, VisitorId visitor) : IDisposable
    {
        private int _closed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _closed, 1) == 0) streams.Close(visitor);
        }
    }
}
