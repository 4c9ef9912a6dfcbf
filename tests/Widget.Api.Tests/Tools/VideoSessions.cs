using Npgsql;
using NpgsqlTypes;

namespace Widget.Api.Tests.Tools;

/// <summary>Inserts video sessions into the database, as during a call.</summary>
internal static class VideoSessions
{
    /// <summary>Inserts an open session. Returns its id and Tavus's conversation id.</summary>
    public static async Task<(Guid Id, string Tavus)> OpenAsync(
        ApiFixture api,
        TestTenant tenant,
        TestVisitor visitor,
        string? tavusConversation = null)
    {
        var (id, tavus) = (Guid.CreateVersion7(), tavusConversation ?? $"c{Guid.NewGuid():N}");
        await using var insert = api.Database.OwnerSource.CreateCommand(
            """
            insert into tavus_sessions
            select row.* from jsonb_populate_record(
              null::tavus_sessions,
              jsonb_build_object(
                'tenant_id', $1, 'id', $2, 'conversation_id', $3, 'visitor_id', $4, 'client_id', $2::text, 'state', 'live',
                'account', 'test', 'replica_id', 'r1', 'wish', '{"locale": "en"}'::jsonb, 'watched', true, 'reserved_seconds', 600,
                'heard', 0, 'name', $5, 'tavus_conversation_id', $5, 'callback_token', '\x' || md5($5),
                'created_at', now(), 'seen_at', now(), 'next_check_at', now() + interval '1 day')) row
            """);
        object[] values = [tenant.Created.TenantId, id, visitor.Session.ConversationId, visitor.Session.VisitorId];
        foreach (var value in values) insert.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Uuid });
        insert.Parameters.Add(new NpgsqlParameter { Value = tavus, NpgsqlDbType = NpgsqlDbType.Text });
        await insert.ExecuteNonQueryAsync();
        return (id, tavus);
    }

    public static async Task EndAsync(ApiFixture api, Guid session)
    {
        await using var update = api.Database.OwnerSource.CreateCommand(
            "update tavus_sessions set state = 'ended', ended_at = now() where id = $1");
        update.Parameters.Add(new() { Value = session });
        await update.ExecuteNonQueryAsync();
    }
}
