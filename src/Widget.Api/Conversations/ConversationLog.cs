using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NpgsqlTypes;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Conversations;

/// <summary>
/// The log of a conversation. The transaction that appends an event locks the conversation's row and gives the event the next number, so
/// numbers have no gaps. The commit announces the event to every node.
/// </summary>
public sealed class ConversationLog(TenantDatabase database)
{
    /// <summary>The notification channel; its payload is tenant:conversation:seq.</summary>
    internal const string Channel = "conversation_events";

    private const int MaxEvents = 500;

    /// <summary>The columns of conversation_events that <see cref="ReadAllAsync"/> reads, in its order.</summary>
    internal const string Columns = "seq, created_at, client_id, data, removed_citations(data)";

    // The stored JSON leaves out the properties that have their own columns.
    private static readonly JsonSerializerOptions Stored = new(JsonSerializerDefaults.Web)
    {
        AllowOutOfOrderMetadataProperties = true, // jsonb does not preserve the order of properties.
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { WithoutColumns } },
    };

    /// <summary>Locks the conversation for the transaction. Returns false if the tenant or visitor has no such conversation.</summary>
    /// <param name="db">An open transaction.</param>
    /// <param name="id">The conversation.</param>
    /// <param name="visitor">The visitor that the conversation must belong to. Null if the caller acts for the tenant.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<bool> LockAsync(TenantDb db, ConversationId id, VisitorId? visitor, CancellationToken ct)
    {
        await using var command = db.Command(
            "select 1 from conversations where id = $1 and ($2::uuid is null or visitor_id = $2) for update",
            [id.Value, Parameter(visitor?.Value, NpgsqlDbType.Uuid)]);
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    /// <summary>Returns the event that a client has sent with this client id. Null if there is none.</summary>
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

    /// <summary>Returns those of the client ids that are in the conversation's log.</summary>
    public static async Task<IReadOnlySet<string>> ExistingClientIdsAsync(
        TenantDb db,
        ConversationId id,
        IReadOnlyCollection<string> clientIds,
        CancellationToken ct)
    {
        await using var command = db.Command(
            "select client_id from conversation_events where conversation_id = $1 and client_id = any($2)",
            [id.Value, clientIds.ToArray()]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var existing = new HashSet<string>(StringComparer.Ordinal);
        while (await rows.ReadAsync(ct)) existing.Add(rows.GetString(0));
        return existing;
    }

    /// <summary>Returns the id of the answer to a visitor's message. Null if the log has none.</summary>
    public static async Task<MessageId?> AnswerToAsync(TenantDb db, ConversationId id, int question, CancellationToken ct)
    {
        // The answer is one of the first events after its question, because only a few answers can be pending at once. An index on
        // data ->> 'replyTo' would not help: row-level security prevents its use, since the operator is not leakproof.
        await using var command = db.Command(
            """
            select message_id from conversation_events
            where conversation_id = $1 and kind = 'assistant_message' and seq > $2 and (data ->> 'replyTo')::integer = $2
            order by seq limit 1
            """,
            [id.Value, question]);
        return await command.ExecuteScalarAsync(ct) is Guid message ? new MessageId(message) : null;
    }

    /// <summary>Returns the utterances of one call, in the order of the log.</summary>
    /// <param name="db">An open transaction.</param>
    /// <param name="id">The conversation.</param>
    /// <param name="session">The call.</param>
    /// <param name="limit">Maximum number of utterances.</param>
    /// <param name="ct">Cancels the query.</param>
    public static async Task<IReadOnlyList<Utterance>> UtterancesAsync(
        TenantDb db,
        ConversationId id,
        Guid session,
        int limit,
        CancellationToken ct)
    {
        await using var command = db.Command(
            $"""
            select {Columns} from conversation_events
            where conversation_id = $1 and kind = 'utterance' and data ->> 'sessionId' = $2::text
            order by seq limit $3
            """,
            [id.Value, session, limit]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var utterances = new List<Utterance>();
        while (await rows.ReadAsync(ct)) utterances.Add((Utterance)Read(rows));
        return utterances;
    }

    /// <summary>Appends an event to a conversation and locks the conversation for the rest of the transaction.</summary>
    /// <returns>The event with its seq and time.</returns>
    public static async Task<TEvent> AppendAsync<TEvent>(TenantDb db, ConversationId id, TEvent entry, CancellationToken ct)
        where TEvent : ConversationEvent
    {
        await using var command = db.Command(
            $"""
            with next as (
              update conversations set last_seq = last_seq + 1, updated_at = now() where id = $2
              returning last_seq, case when $6 then agent_id end as agent_id, agent_name
            ), appended as (
              insert into conversation_events (tenant_id, conversation_id, seq, kind, client_id, message_id, data)
              select $1, $2, next.last_seq, $3 ->> 'kind', $4, $5,
                     case when agent_id is null then $3
                          else $3 || jsonb_build_object('agent', jsonb_build_object('id', agent_id, 'name', agent_name)) end
              from next
              returning seq, created_at
            )
            select seq, created_at, agent_id, agent_name, pg_notify('{Channel}', concat_ws(':', $1, $2, seq)) from appended, next
            """,
            [
                db.TenantId.Value,
                id.Value,
                Parameter(StorableJson.Clean(JsonSerializer.Serialize<ConversationEvent>(entry, Stored)), NpgsqlDbType.Jsonb),
                Parameter(entry.ClientId, NpgsqlDbType.Text),
                Parameter((entry as AssistantMessage)?.MessageId, NpgsqlDbType.Uuid),
                entry is not (PersonJoined or PersonMessage or PersonLeft),
            ]);
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) throw new InvalidOperationException($"Conversation {id} does not exist.");
        return entry with
        {
            Seq = row.GetInt32(0),
            At = row.GetFieldValue<DateTimeOffset>(1),
            Agent = row.IsDBNull(2) ? null : new AgentReference(row.GetGuid(2), row.GetString(3)),
        };
    }

    /// <summary>
    /// Returns the events after a seq, oldest first, at most 500. Null if the conversation does not exist or is not the visitor's.
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
            .Add(EventsAfterSql, [tenant.Value, id.Value, after, MaxEvents]);
        await using var rows = await batch.ReadAsync(ct);
        if (!await rows.ReadAsync(ct)) return null;
        await rows.NextResultAsync(ct);
        return await ReadAllAsync(rows, ct);
    }

    /// <summary>
    /// The statement that reads a conversation's events after a seq, for a <see cref="TenantBatch"/>. Parameters: tenant, conversation,
    /// seq, maximum number of events. <see cref="ReadAllAsync"/> reads its rows.
    /// </summary>
    internal const string EventsAfterSql =
        $"select {Columns} from conversation_events where tenant_id = $1 and conversation_id = $2 and seq > $3 order by seq limit $4";

    /// <summary>Returns the events after a seq, oldest first, at most 500, within the caller's transaction.</summary>
    public static async Task<IReadOnlyList<ConversationEvent>> ReadAsync(TenantDb db, ConversationId id, int after, CancellationToken ct)
    {
        await using var command = db.Command(EventsAfterSql, [db.TenantId.Value, id.Value, after, MaxEvents]);
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

    /// <summary>Reads an event from a row with <see cref="Columns"/>.</summary>
    internal static ConversationEvent Read(Npgsql.NpgsqlDataReader row) => Parse(row.GetString(3), row.GetFieldValue<int[]>(4)) with
    {
        Seq = row.GetInt32(0),
        At = row.GetFieldValue<DateTimeOffset>(1),
        ClientId = row.IsDBNull(2) ? null : row.GetString(2),
    };

    // Today, titles are cleaned before they are stored. Those of older events are cleaned here.
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
        property.AttributeProvider is System.Reflection.MemberInfo { DeclaringType: var declaring, Name: not nameof(ConversationEvent.Agent) }
        && declaring == typeof(ConversationEvent);
}

/// <summary>A client has used the same client id for two different events.</summary>
public sealed class ClientIdTakenException()
    : ConflictException("clientId", "This client id was used for something else in this conversation. Give each message its own.");
