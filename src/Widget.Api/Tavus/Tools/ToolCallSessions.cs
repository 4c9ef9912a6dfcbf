using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Tools;

/// <summary>The video session in which a tool was called.</summary>
/// <param name="Id">The session's id.</param>
/// <param name="Conversation">The conversation it belongs to.</param>
/// <param name="Visitor">The visitor in the call.</param>
/// <param name="Locale">The language of the visitor's page; null when it is unknown.</param>
/// <param name="IsActive">Whether it is open at Tavus.</param>
public sealed record ToolCallSession(Guid Id, ConversationId Conversation, VisitorId Visitor, string? Locale, bool IsActive);

/// <summary>Finds the video session in which a tool was called.</summary>
public sealed class ToolCallSessions(TenantDatabase database)
{
    /// <param name="tenant">The session's tenant.</param>
    /// <param name="session">Our id of the session.</param>
    /// <param name="visitor">The visitor it must belong to; null if a tenant's program calls.</param>
    /// <param name="ct">Cancels the operation.</param>
    public async Task<ToolCallSession?> FindAsync(TenantId tenant, Guid session, VisitorId? visitor, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = db.Command(
            """
            select id, conversation_id, visitor_id, wish ->> 'locale', state in ('creating', 'waiting', 'live') from tavus_sessions
            where id = $1 and ($2::uuid is null or visitor_id = $2)
            """,
            [session, new NpgsqlParameter { Value = (object?)visitor?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid }]);
        return await ReadAsync(command, ct);
    }

    /// <param name="tenant">The session's tenant.</param>
    /// <param name="tavusConversation">Tavus's id of the session.</param>
    /// <param name="ct">Cancels the operation.</param>
    public async Task<ToolCallSession?> FindAsync(TenantId tenant, string tavusConversation, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = db.Command(
            """
            select id, conversation_id, visitor_id, wish ->> 'locale', state in ('creating', 'waiting', 'live') from tavus_sessions
            where tavus_conversation_id = $1
            """,
            [tavusConversation]);
        return await ReadAsync(command, ct);
    }

    private static async Task<ToolCallSession?> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using DbDataReader row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;
        var locale = await row.IsDBNullAsync(3, ct) ? null : row.GetString(3);
        return new ToolCallSession(
            row.GetGuid(0),
            new ConversationId(row.GetGuid(1)),
            new VisitorId(row.GetGuid(2)),
            locale,
            row.GetBoolean(4));
    }
}
