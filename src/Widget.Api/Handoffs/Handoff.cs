using Npgsql;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Handoffs;

/// <summary>Marker type of the signal that wakes the worker of waiting conversations.</summary>
public sealed class HandoffQueue;

/// <summary>Whether a visitor may write, and who answers.</summary>
/// <param name="IsBanned">Whether the visitor may not write.</param>
/// <param name="IsPersonSpeaking">Whether a person answers, so that the assistant is silent.</param>
public readonly record struct HandoffGate(bool IsBanned, bool IsPersonSpeaking);

/// <summary>Reads and changes handoffs within the caller's transaction, which has locked the conversation.</summary>
public static class Handoff
{
    /// <summary>A rep without a heartbeat for this long is offline.</summary>
    internal const string PresenceTime = "interval '60 seconds'";

    // Row-level security also applies, but the index needs the tenant.
    internal const string PresentRep =
        $"""
        select from rep_presence where tenant_id = $1 and available and seen_at > now() - {PresenceTime}
        """;

    /// <summary>
    /// Whether the visitor may write, and who answers: a person, if a rep has the conversation or is about to, because the visitor waits
    /// and a rep is online. The caller has locked the conversation, so nobody else can change the answer before the commit.
    /// </summary>
    public static async Task<HandoffGate> ReadGateAsync(TenantDb db, ConversationId conversation, VisitorId visitor, CancellationToken ct)
    {
        await using var command = db.Command(
            $"""
            select exists (select from visitor_bans where tenant_id = $1 and visitor_id = $3),
                   coalesce((
                     select state = 'open' or (state = 'waiting' and not spam and given_up_at is null and exists ({PresentRep}))
                     from handoffs where tenant_id = $1 and conversation_id = $2), false)
            """,
            [db.TenantId.Value, conversation.Value, visitor.Value]);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new HandoffGate(row.GetBoolean(0), row.GetBoolean(1));
    }

    /// <summary>Whether any rep is online.</summary>
    public static async Task<bool> IsAnybodyPresentAsync(TenantDb db, CancellationToken ct)
    {
        await using var command = db.Command($"select exists ({PresentRep})", [db.TenantId.Value]);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>
    /// Puts the conversation in the queue. If it waits already, it keeps its place. If a rep has it, nothing changes, because the rep sees
    /// the request.
    /// </summary>
    /// <param name="db">The transaction, which has locked the conversation.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="seq">The event of the request.</param>
    /// <param name="reason">Why a person is wanted.</param>
    /// <param name="ct">Cancels the statement.</param>
    public static async Task RequestAsync(TenantDb db, ConversationId conversation, int seq, string? reason, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            insert into handoffs as handoff (tenant_id, conversation_id, state, reason, requested_seq, unanswered_since, due_at)
            values ($1, $2, 'waiting', $4, $3, now(), now())
            on conflict (tenant_id, conversation_id) do update set
              state = case handoff.state when 'open' then 'open' else 'waiting' end,
              reason = coalesce(excluded.reason, handoff.reason),
              requested_at = case when handoff.state in ('open', 'waiting') then handoff.requested_at else now() end,
              requested_seq = excluded.requested_seq,
              unanswered_since = coalesce(handoff.unanswered_since, now()),
              given_up_at = null,
              offered = case when handoff.state = 'waiting' and handoff.given_up_at is null then handoff.offered else '{}' end,
              due_at = now()
            """,
            [db.TenantId.Value, conversation.Value, seq, Text(reason)]);
        await command.ExecuteNonQueryAsync(ct);
        await InboxNotices.ChangedAsync(db, conversation, ct);
        await InboxNotices.QueueMovedAsync(db, ct);
    }

    /// <summary>
    /// Records that the visitor has written to a person. It ends a snooze, and a rep who is offline is replaced after a while.
    /// </summary>
    /// <param name="db">The transaction, which has locked the conversation.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="ct">Cancels the statement.</param>
    public static async Task VisitorWroteAsync(TenantDb db, ConversationId conversation, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            update handoffs set snoozed_until = null, unanswered_since = coalesce(unanswered_since, now()), due_at = now()
            where tenant_id = $1 and conversation_id = $2
            """,
            [db.TenantId.Value, conversation.Value]);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// Records that the visitor chose the assistant. Returns false if neither a rep had the conversation nor the visitor waited for one.
    /// </summary>
    public static async Task<bool> ChooseAssistantAsync(TenantDb db, ConversationId conversation, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            update handoffs
            set state = 'assistant', offered_to = null, offered_until = null, snoozed_until = null, unanswered_since = null, due_at = now()
            where tenant_id = $1 and conversation_id = $2 and state in ('waiting', 'open')
            """,
            [db.TenantId.Value, conversation.Value]);
        if (await command.ExecuteNonQueryAsync(ct) == 0) return false;
        await InboxNotices.ChangedAsync(db, conversation, ct);
        await InboxNotices.QueueMovedAsync(db, ct);
        return true;
    }

    /// <summary>Copies a ban to the verified visitor, when a visitor signs in on the site.</summary>
    /// <param name="db">The transaction that moves the conversations.</param>
    /// <param name="anonymous">The visitor before the sign-in.</param>
    /// <param name="identity">The visitor's verified id on the tenant's site.</param>
    /// <param name="ct">Cancels the statement.</param>
    public static async Task CopyBanAsync(TenantDb db, VisitorId anonymous, string identity, CancellationToken ct)
    {
        await using var copy = db.Command(
            """
            insert into visitor_bans (tenant_id, visitor_id, rep_id, reason)
            select ban.tenant_id, verified.id, ban.rep_id, ban.reason
            from visitor_bans ban
            join visitors anonymous on anonymous.tenant_id = $1 and anonymous.id = ban.visitor_id and anonymous.verified_id is null
            join visitors verified on verified.tenant_id = $1 and verified.verified_id = $3
            where ban.tenant_id = $1 and ban.visitor_id = $2
            on conflict do nothing
            """,
            [db.TenantId.Value, anonymous.Value, identity]);
        await copy.ExecuteNonQueryAsync(ct);
    }

    internal static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    internal static NpgsqlParameter Uuid(Guid? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };
}
