using NpgsqlTypes;
using Widget.Api.Agents;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Platform.Tenancy;

namespace Widget.Api.Chat;

/// <summary>A visitor who opens a session.</summary>
/// <param name="Id">The visitor.</param>
/// <param name="Locale">The visitor's language, as stored.</param>
/// <param name="Last">The conversation to continue; null if there is none.</param>
internal sealed record SessionVisitor(VisitorId Id, string? Locale, OpenConversation? Last);

/// <param name="Id">The conversation.</param>
/// <param name="LastSeq">Sequence number of its last event.</param>
/// <param name="ReadSeq">How far the visitor has read; null if no person was ever asked for.</param>
/// <param name="Agent">The agent that answers; null for the assistant that the settings describe.</param>
internal sealed record OpenConversation(ConversationId Id, int LastSeq, int? ReadSeq = null, AgentId? Agent = null);

/// <summary>
/// Finds and adds the visitors of sessions. Every page view opens a session, so most of them take only one round trip to the database.
/// </summary>
internal sealed class SessionVisitors(TenantDatabase database)
{
    // Of the visitor's conversations, the requested one comes first, then the last one.
    private const string Columns =
        """
        select visitor.id, visitor.locale, conversation.id, conversation.last_seq,
               (select visitor_read_seq from handoffs where tenant_id = $1 and conversation_id = conversation.id),
               conversation.agent_id
        from visitors visitor
        left join lateral (
          select id, last_seq, agent_id from conversations
          where tenant_id = $1 and visitor_id = visitor.id
          order by (id is not distinct from $3) desc, updated_at desc
          limit 1
        ) conversation on true
        where visitor.tenant_id = $1
        """;

    // The visitor's id is no proof, so it does not open what belongs to a verified identity.
    private const string UnverifiedSql = $"{Columns} and visitor.id = $2 and visitor.verified_id is null";
    private const string VerifiedSql = $"{Columns} and visitor.verified_id = $2";

    private const string HasEvents =
        """
        exists (select from conversations conversation
                where conversation.tenant_id = owned.tenant_id and conversation.id = owned.conversation_id and conversation.last_seq > 0)
        """;

    /// <summary>Finds a visitor without a verified identity. Null if there is none.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="visitor">The id from the browser.</param>
    /// <param name="requested">The conversation that the page asks for.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<SessionVisitor?> FindAsync(TenantId tenant, VisitorId visitor, ConversationId? requested, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(UnverifiedSql, [tenant.Value, visitor.Value, Uuid(requested)]);
        return await ReadAsync(batch, ct);
    }

    /// <summary>
    /// Finds the visitor of a conversation that a link continues. Null if there is none, or if the visitor has a verified identity.
    /// </summary>
    public async Task<SessionVisitor?> FindOfAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            $"""
            {Columns} and visitor.verified_id is null
              and visitor.id = (select visitor_id from conversations where tenant_id = $1 and id = $2)
            """,
            [tenant.Value, conversation.Value, conversation.Value]);
        return await ReadAsync(batch, ct);
    }

    /// <summary>
    /// Finds or adds the visitor with a verified identity, and gives it the conversations of the browser's visitor, unless another identity
    /// has been verified for that one. The browser's visitor itself stays without an identity, so tokens that were issued for it before do
    /// not open what belongs to the identity.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="identity">The visitor's id on the tenant's site, which has been verified.</param>
    /// <param name="browser">The id from the browser.</param>
    /// <param name="requested">The conversation that the page asks for.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<SessionVisitor> FindVerifiedAsync(
        TenantId tenant,
        string identity,
        VisitorId? browser,
        ConversationId? requested,
        CancellationToken ct)
    {
        var known = await FindVerifiedAsync(tenant, identity, requested, ct);
        if (known is not null && (browser is null || browser == known.Id)) return known;
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            // Two devices of a person that open their first sessions at the same time must get the same visitor.
            await db.LockAsync($"identity {identity}", ct);
            await using var add = db.Command(
                """
                insert into visitors (tenant_id, id, verified_id) values ($1, $2, $3)
                on conflict (tenant_id, verified_id) where verified_id is not null do nothing
                """,
                [tenant.Value, VisitorId.New().Value, identity]);
            await add.ExecuteNonQueryAsync(ct);
            if (browser is { } anonymous) await MoveConversationsAsync(db, anonymous, identity, ct);
            await db.CommitAsync(ct);
        }

        return await FindVerifiedAsync(tenant, identity, requested, ct)
            ?? throw new InvalidOperationException("The visitor was deleted while its session was opened.");
    }

    /// <summary>Adds a conversation and, if it is new, its visitor.</summary>
    public async Task AddAsync(
        TenantId tenant,
        VisitorId visitor,
        bool isNew,
        string? locale,
        ConversationId conversation,
        CancellationToken ct)
    {
        await using var batch = database.Batch(tenant);
        if (isNew)
        {
            batch.Add(
                "insert into visitors (tenant_id, id, locale) values ($1, $2, $3)",
                [tenant.Value, visitor.Value, Text(locale)]);
        }

        batch.Add(
            "insert into conversations (tenant_id, id, visitor_id) values ($1, $2, $3)",
            [tenant.Value, conversation.Value, visitor.Value]);
        await batch.RunAsync(ct);
    }

    /// <summary>Stores the visitor's language.</summary>
    public async Task SetLocaleAsync(TenantId tenant, VisitorId visitor, string locale, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add("update visitors set locale = $3 where tenant_id = $1 and id = $2", [tenant.Value, visitor.Value, locale]);
        await batch.RunAsync(ct);
    }

    // Conversations without an event stay, so that an empty one does not hide the last one of another device. Calls come first, because
    // a write to a call locks the call before its conversation.
    private static async Task MoveConversationsAsync(TenantDb db, VisitorId anonymous, string identity, CancellationToken ct)
    {
        await Handoff.CopyBanAsync(db, anonymous, identity, ct);
        foreach (var (table, condition) in new[]
        {
            ("voice_sessions", HasEvents),
            ("tavus_sessions", HasEvents),
            ("conversations", "owned.last_seq > 0"),
        })
        {
            await using var move = db.Command(
                $"""
                update {table} owned set visitor_id = verified.id
                from visitors verified, visitors anonymous
                where verified.tenant_id = $1 and verified.verified_id = $3
                  and anonymous.tenant_id = $1 and anonymous.id = $2 and anonymous.verified_id is null
                  and owned.tenant_id = $1 and owned.visitor_id = $2 and {condition}
                """,
                [db.TenantId.Value, anonymous.Value, identity]);
            await move.ExecuteNonQueryAsync(ct);
        }
    }

    private async Task<SessionVisitor?> FindVerifiedAsync(
        TenantId tenant,
        string identity,
        ConversationId? requested,
        CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(VerifiedSql, [tenant.Value, identity, Uuid(requested)]);
        return await ReadAsync(batch, ct);
    }

    private static async Task<SessionVisitor?> ReadAsync(TenantBatch batch, CancellationToken ct)
    {
        await using var row = await batch.ReadAsync(ct);
        if (!await row.ReadAsync(ct)) return null;
        var last = row.IsDBNull(2)
            ? null
            : new OpenConversation(
                new ConversationId(row.GetGuid(2)),
                row.GetInt32(3),
                row.IsDBNull(4) ? null : row.GetInt32(4),
                row.IsDBNull(5) ? null : new AgentId(row.GetGuid(5)));
        return new SessionVisitor(new VisitorId(row.GetGuid(0)), row.IsDBNull(1) ? null : row.GetString(1), last);
    }

    private static Npgsql.NpgsqlParameter Uuid<TId>(TId? id)
        where TId : struct, ITypedId<TId> =>
        new() { Value = (object?)id?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private static Npgsql.NpgsqlParameter Text(string? text) =>
        new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
