using System.Runtime.CompilerServices;
using Npgsql;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Handoffs;

/// <summary>What a visitor's page does while a person has the conversation, besides sending messages.</summary>
public sealed class HandoffVisitors(TenantDatabase database, ConversationFeed feed, TimeProvider clock)
{
    // How often a connected page is recorded. Idle watchers get a keep-alive every 20 seconds.
    private static readonly TimeSpan SeenInterval = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Follows a conversation for the visitor's page, which counts as connected meanwhile. The other parameters and the updates are those
    /// of <see cref="ConversationFeed.WatchAsync"/>; the first update may be about the person at the other end.
    /// </summary>
    public async IAsyncEnumerable<ConversationUpdate> WatchAsync(
        TenantId tenant,
        ConversationId conversation,
        int after,
        [EnumeratorCancellation] CancellationToken ct)
    {
        if (await TrySeeAsync(tenant, conversation, ct) is { } known && known != new PresenceUpdate())
            yield return new ConversationUpdate { Presence = known };
        var seenAt = clock.GetTimestamp();
        await foreach (var update in feed.WatchAsync(tenant, conversation, after, ct))
        {
            yield return update;
            if (clock.GetElapsedTime(seenAt) < SeenInterval && update.Event is not PersonJoined) continue;
            await TrySeeAsync(tenant, conversation, ct);
            seenAt = clock.GetTimestamp();
        }
    }

    // Whether the page is connected is not worth ending its stream for.
    private async Task<PresenceUpdate?> TrySeeAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        try
        {
            return await SeenAsync(tenant, conversation, ct);
        }
        catch (Exception e) when (e is NpgsqlException || DatabaseFaults.IsTransient(e))
        {
            return null;
        }
    }

    /// <summary>Whether the visitor may not write any more.</summary>
    public async Task<bool> IsBannedAsync(TenantId tenant, VisitorId visitor, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add("select 1 from visitor_bans where tenant_id = $1 and visitor_id = $2", [tenant.Value, visitor.Value]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    /// <summary>Whether a rep has the conversation, so that the assistant must not speak.</summary>
    public async Task<bool> IsPersonSpeakingAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add(
                "select 1 from handoffs where tenant_id = $1 and conversation_id = $2 and state = 'open'",
                [tenant.Value, conversation.Value]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    /// <summary>
    /// Records that the visitor chose the assistant, once for each client id. Null if the conversation is not the visitor's.
    /// </summary>
    /// <exception cref="ClientIdTakenException">The client id was used for something else.</exception>
    public async Task<AssistantChosen?> ChooseAssistantAsync(
        TenantId tenant,
        VisitorId visitor,
        ConversationId conversation,
        string clientId,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (!await ConversationLog.LockAsync(db, conversation, visitor, ct)) return null;
        if (await ConversationLog.FindAsync<AssistantChosen>(db, conversation, clientId, ct) is { } sent) return sent;
        var chosen = new AssistantChosen { ClientId = clientId };
        // The assistant had the conversation all along, which is nothing to report.
        if (!await Handoff.ChooseAssistantAsync(db, conversation, ct)) return chosen;
        chosen = await ConversationLog.AppendAsync(db, conversation, chosen, ct);
        await PendingAnswers.AddForLastMessageAsync(db, conversation, ct);
        await db.CommitAsync(ct);
        return chosen;
    }

    // Returns what the visitor should know at the start. Null if no person was ever asked for.
    private async Task<PresenceUpdate?> SeenAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add(
                "update handoffs set visitor_seen_at = now() where tenant_id = $1 and conversation_id = $2",
                [tenant.Value, conversation.Value])
            .Add(
                """
                select (select max(read_seq) from handoff_readers where tenant_id = $1 and conversation_id = $2),
                       case handoff.state when 'waiting' then (
                         select count(*)::integer from handoffs ahead
                         where ahead.tenant_id = $1 and ahead.state = 'waiting' and not ahead.spam
                           and (ahead.requested_at, ahead.conversation_id) <= (handoff.requested_at, handoff.conversation_id)) end
                from handoffs handoff where handoff.tenant_id = $1 and handoff.conversation_id = $2
                """,
                [tenant.Value, conversation.Value]);
        await using var row = await batch.ReadAsync(ct);
        if (!await row.ReadAsync(ct)) return null;
        return new PresenceUpdate
        {
            ReadSeq = row.IsDBNull(0) ? null : row.GetInt32(0),
            Position = row.IsDBNull(1) ? null : row.GetInt32(1),
        };
    }

    /// <summary>Tells the staff that the visitor is typing. Returns false if the conversation is not the visitor's.</summary>
    public async Task<bool> TypingAsync(TenantId tenant, VisitorId visitor, ConversationId conversation, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (!await IsOfAsync(db, visitor, conversation, ct)) return false;
        var typing = new InboxTyping(conversation.Value, Rep: null);
        await InboxNotices.SendAsync(
            db,
            new InboxNotice { Tenant = tenant.Value, Conversation = conversation.Value, Typing = typing },
            ct);
        await db.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// Records how far the visitor has read, on whichever device. Returns false if the conversation is not the visitor's.
    /// </summary>
    public async Task<bool> ReadAsync(TenantId tenant, VisitorId visitor, ConversationId conversation, int seq, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (!await IsOfAsync(db, visitor, conversation, ct)) return false;
        await using var read = db.Command(
            """
            update handoffs handoff set visitor_read_seq = least($3, conversation.last_seq), visitor_seen_at = now()
            from conversations conversation
            where handoff.tenant_id = $1 and handoff.conversation_id = $2
              and conversation.tenant_id = $1 and conversation.id = $2 and handoff.visitor_read_seq < least($3, conversation.last_seq)
            """,
            [tenant.Value, conversation.Value, seq]);
        if (await read.ExecuteNonQueryAsync(ct) > 0) await InboxNotices.ChangedAsync(db, conversation, ct);
        await db.CommitAsync(ct);
        return true;
    }

    private static async Task<bool> IsOfAsync(TenantDb db, VisitorId visitor, ConversationId conversation, CancellationToken ct)
    {
        await using var command = db.Command(
            "select 1 from conversations where tenant_id = $1 and id = $2 and visitor_id = $3",
            [db.TenantId.Value, conversation.Value, visitor.Value]);
        return await command.ExecuteScalarAsync(ct) is not null;
    }
}
