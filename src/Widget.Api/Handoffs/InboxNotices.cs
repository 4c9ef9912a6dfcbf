using System.Text.Json;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Handoffs;

/// <summary>Something that staff who watch the inbox are told, on every node. Exactly one of the optional parts is set.</summary>
internal sealed record InboxNotice
{
    /// <summary>The notification channel.</summary>
    public const string Channel = "inbox";

    public required Guid Tenant { get; init; }

    /// <summary>The conversation that it is about; null for a rep's presence.</summary>
    public Guid? Conversation { get; init; }

    /// <summary>Whether the conversation's item has changed. Watchers read it.</summary>
    public bool Changed { get; init; }

    public RepPresence? Presence { get; init; }

    /// <summary>Who is typing.</summary>
    public InboxTyping? Typing { get; init; }

    /// <summary>The reps who look at the conversation now.</summary>
    public IReadOnlyList<InboxRep>? Viewers { get; init; }
}

/// <summary>
/// Tells the staff and the visitor, on every node, what is not in the log. PostgreSQL sends the notices at the commit of the transaction.
/// </summary>
internal static class InboxNotices
{
    // A place further back tells a visitor little, and each place is a notice.
    private const int MaxPositions = 50;

    /// <summary>An item of the inbox has changed.</summary>
    public static Task ChangedAsync(TenantDb db, ConversationId conversation, CancellationToken ct) =>
        SendAsync(db, new InboxNotice { Tenant = db.TenantId.Value, Conversation = conversation.Value, Changed = true }, ct);

    public static Task SendAsync(TenantDb db, InboxNotice notice, CancellationToken ct) =>
        NotifyAsync(db, InboxNotice.Channel, JsonSerializer.Serialize(notice, JsonSerializerOptions.Web), ct);

    /// <summary>Tells the visitor what the rep does.</summary>
    public static Task ToVisitorAsync(TenantDb db, VisitorNotice notice, CancellationToken ct) =>
        NotifyAsync(db, VisitorNotice.Channel, JsonSerializer.Serialize(notice, JsonSerializerOptions.Web), ct);

    /// <summary>Tells the visitors who wait their places in the queue, after it has changed.</summary>
    public static async Task QueueMovedAsync(TenantDb db, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select pg_notify($2, json_build_object('conversation', conversation_id, 'position', place)::text)
            from (
              select conversation_id, row_number() over (order by requested_at, conversation_id) as place
              from handoffs where tenant_id = $1 and state = 'waiting' and not spam
              order by requested_at, conversation_id limit $3
            ) queue
            """,
            [db.TenantId.Value, VisitorNotice.Channel, MaxPositions]);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task NotifyAsync(TenantDb db, string channel, string payload, CancellationToken ct)
    {
        await using var command = db.Command("select pg_notify($1, $2)", [channel, payload]);
        await command.ExecuteNonQueryAsync(ct);
    }
}
