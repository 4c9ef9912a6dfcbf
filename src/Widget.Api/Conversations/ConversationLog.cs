using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NpgsqlTypes;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Conversations;

/// <summary>
/// The log of a conversation. Events are numbered densely in the transaction that appends them, under the conversation's row
/// lock, and announced to every node when it commits.
/// </summary>
public sealed class ConversationLog(TenantDatabase database)
{
    /// <summary>The notification channel; its payload is tenant:conversation:seq.</summary>
    internal const string Channel = "conversation_events";

    private const int MostRead = 500;

    /// <summary>The columns of conversation_events that <see cref="ReadAllAsync"/> reads, in its order.</summary>
    internal const string Columns = "seq, created_at, client_id, data, removed_citations(data)";

    // The data leaves out what the row has in columns of its own.
    private static readonly JsonSerializerOptions Stored = new(JsonSerializerDefaults.Web)
    {
        AllowOutOfOrderMetadataProperties = true, // jsonb does not keep the order
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { WithoutColumns } },
    };

    /// <summary>Locks the conversation for the transaction; false when the tenant has none with this id.</summary>
    /// <param name="db">An open transaction.</param>
    /// <param name="id">The conversation.</param>
    /// <param name="visitor">The visitor whose it must be; null when the caller acts for the tenant.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<bool> LockAsync(TenantDb db, ConversationId id, VisitorId? visitor, CancellationToken ct)
    {
        await using var command = db.Command(
            "select 1 from conversations where id = $1 and ($2::uuid is null or visitor_id = $2) for update",
            [id.Value, Parameter(visitor?.Value, NpgsqlDbType.Uuid)]);
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    /// <summary>The event that a client has sent with this client id; null when there is none.</summary>
    /// <exception cref="ClientIdTakenException">The client id belongs to an event of another kind.</exception>
    public static async Task<TEvent?> FindAsync<TEvent>(TenantDb db, ConversationId id, string clientId, CancellationToken ct)
        where TEvent : ConversationEvent
    {
        await using var command = db.Command(
            $"select {Columns} from conversation_events where tenant_id = $1 and conversation_id = $2 and client_id = $3",
            [db.TenantId.Value, id.Value, clientId]);
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;
        return Read(row) as TEvent ?? throw new ClientIdTakenException();
    }

    /// <summary>Which of these client ids are in the conversation's log.</summary>
    public static async Task<IReadOnlySet<string>> KnownAsync(
        TenantDb db,
        ConversationId id,
        IReadOnlyCollection<string> clientIds,
        CancellationToken ct)
    {
        await using var command = db.Command(
            "select client_id from conversation_events where conversation_id = $1 and client_id = any($2)",
            [id.Value, clientIds.ToArray()]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (await rows.ReadAsync(ct)) known.Add(rows.GetString(0));
        return known;
    }

    /// <summary>The id of the answer to a visitor's message; null when the log has none.</summary>
    public static async Task<MessageId?> AnswerToAsync(TenantDb db, ConversationId id, int question, CancellationToken ct)
    {
        // The answer is one of the first after its question, because only a few can be pending at once. An index on data ->> 'replyTo'
        // would not help: row-level security prevents its use, since the operator is not leakproof.
        await using var command = db.Command(
            """
            select message_id from conversation_events
            where conversation_id = $1 and kind = 'assistant_message' and seq > $2 and (data ->> 'replyTo')::integer = $2
            order by seq limit 1
            """,
            [id.Value, question]);
        return await command.ExecuteScalarAsync(ct) is Guid message ? new MessageId(message) : null;
    }

    /// <summary>What was said in one call, in the order of the log.</summary>
    public static async Task<IReadOnlyList<Utterance>> UtterancesAsync(
        TenantDb db,
        ConversationId id,
        Guid session,
        int most,
        CancellationToken ct)
    {
        await using var command = db.Command(
            $"""
            select {Columns} from conversation_events
            where conversation_id = $1 and kind = 'utterance' and data ->> 'sessionId' = $2::text
            order by seq limit $3
            """,
            [id.Value, session, most]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var said = new List<Utterance>();
        while (await rows.ReadAsync(ct)) said.Add((Utterance)Read(rows));
        return said;
    }

    /// <summary>Appends to a conversation and locks it for the rest of the transaction.</summary>
    /// <returns>The event with its seq and time.</returns>
    public static async Task<TEvent> AppendAsync<TEvent>(TenantDb db, ConversationId id, TEvent entry, CancellationToken ct)
        where TEvent : ConversationEvent
    {
        await using var command = db.Command(
            $"""
            with next as (
              update conversations set last_seq = last_seq + 1, updated_at = now() where id = $2 returning last_seq
            ), appended as (
              insert into conversation_events (tenant_id, conversation_id, seq, kind, client_id, message_id, data)
              select $1, $2, next.last_seq, $3 ->> 'kind', $4, $5, $3 from next
              returning seq, created_at
            )
            select seq, created_at, pg_notify('{Channel}', concat_ws(':', $1, $2, seq)) from appended
            """,
            [
                db.TenantId.Value,
                id.Value,
                Parameter(StorableJson.Clean(JsonSerializer.Serialize<ConversationEvent>(entry, Stored)), NpgsqlDbType.Jsonb),
                Parameter(entry.ClientId, NpgsqlDbType.Text),
                Parameter((entry as AssistantMessage)?.MessageId, NpgsqlDbType.Uuid),
            ]);
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) throw new InvalidOperationException($"Conversation {id} is gone.");
        return entry with { Seq = row.GetInt32(0), At = row.GetFieldValue<DateTimeOffset>(1) };
    }

    /// <summary>
    /// Events after a seq, oldest first, 500 at most; null when the conversation is not the visitor's.
    /// </summary>
    public async Task<IReadOnlyList<ConversationEvent>?> ReadAsync(
        TenantId tenant,
        ConversationId id,
        VisitorId? visitor,
        int after,
        CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add(
                "select 1 from conversations where tenant_id = $1 and id = $2 and ($3::uuid is null or visitor_id = $3)",
                [tenant.Value, id.Value, Parameter(visitor?.Value, NpgsqlDbType.Uuid)])
            .Add(AfterSql, [tenant.Value, id.Value, after, MostRead]);
        await using var rows = await batch.ReadAsync(ct);
        if (!await rows.ReadAsync(ct)) return null;
        await rows.NextResultAsync(ct);
        return await ReadAllAsync(rows, ct);
    }

    /// <summary>
    /// The statement that reads a conversation's events after a seq, for a <see cref="TenantBatch"/>. Parameters: tenant, conversation,
    /// seq, most events. <see cref="ReadAllAsync"/> reads its rows.
    /// </summary>
    internal const string AfterSql =
        $"select {Columns} from conversation_events where tenant_id = $1 and conversation_id = $2 and seq > $3 order by seq limit $4";

    /// <summary>Events after a seq, oldest first, 500 at most, within a transaction of the caller's.</summary>
    public static async Task<IReadOnlyList<ConversationEvent>> ReadAsync(TenantDb db, ConversationId id, int after, CancellationToken ct)
    {
        await using var command = db.Command(AfterSql, [db.TenantId.Value, id.Value, after, MostRead]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        return await ReadAllAsync(rows, ct);
    }

    internal static async Task<IReadOnlyList<ConversationEvent>> ReadAllAsync(Npgsql.NpgsqlDataReader rows, CancellationToken ct)
    {
        var events = new List<ConversationEvent>();
        while (await rows.ReadAsync(ct)) events.Add(Read(rows));
        return events;
    }

    private static Npgsql.NpgsqlParameter Parameter(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    private static ConversationEvent Read(Npgsql.NpgsqlDataReader row) => Parse(row.GetString(3), row.GetFieldValue<int[]>(4)) with
    {
        Seq = row.GetInt32(0),
        At = row.GetFieldValue<DateTimeOffset>(1),
        ClientId = row.IsDBNull(2) ? null : row.GetString(2),
    };

    // Older events have titles from before titles were cleaned when they are stored.
    private static ConversationEvent Parse(string data, int[] removed) =>
        JsonSerializer.Deserialize<ConversationEvent>(data, Stored)! switch
        {
            AssistantMessage { Citations.Count: > 0 } answer => answer with
            {
                Citations =
                [
                    .. answer.Citations.Select(source => source with
                    {
                        Title = VisibleText.Line(source.Title),
                        Headings = [.. source.Headings.Select(VisibleText.Line)],
                        Removed = removed.Contains(source.Number),
                    }),
                ],
            },
            var entry => entry,
        };

    private static void WithoutColumns(JsonTypeInfo type)
    {
        if (!typeof(ConversationEvent).IsAssignableFrom(type.Type)) return;
        for (var i = type.Properties.Count - 1; i >= 0; i--)
            if (IsColumn(type.Properties[i])) type.Properties.RemoveAt(i);
    }

    private static bool IsColumn(JsonPropertyInfo property) =>
        property.AttributeProvider is System.Reflection.MemberInfo { DeclaringType: var declaring }
        && declaring == typeof(ConversationEvent);
}

/// <summary>A client has sent two different events with the same client id.</summary>
public sealed class ClientIdTakenException()
    : ConflictException("clientId", "This client id was used for something else in this conversation. Give each message its own.");
