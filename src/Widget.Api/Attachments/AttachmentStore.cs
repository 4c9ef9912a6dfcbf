using Npgsql;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Attachments;

/// <summary>Stores the files of conversations.</summary>
public sealed class AttachmentStore(TenantDatabase database, AttachmentLinks links)
{
    public const int MaxBytes = 10 * 1024 * 1024;

    /// <summary>Stores a file that is not sent yet.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="visitor">The visitor that the conversation must belong to; null if a rep uploads.</param>
    /// <param name="rep">The rep who uploads; null for the visitor.</param>
    /// <param name="name">The file's name, from <see cref="FileTypes.NameOf"/>.</param>
    /// <param name="type">The type, from <see cref="FileTypes.Of"/>.</param>
    /// <param name="content">The content.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <returns>Null if there is no such conversation.</returns>
    public async Task<Attachment?> AddAsync(
        TenantId tenant,
        ConversationId conversation,
        VisitorId? visitor,
        Guid? rep,
        string name,
        string type,
        byte[] content,
        CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        await using var batch = database.Batch(tenant).Add(
            """
            insert into attachments (tenant_id, id, conversation_id, rep_id, name, content_type, bytes, content)
            select $1, $2, $3, $4, $5, $6, length($7), $7
            from conversations where tenant_id = $1 and id = $3 and ($8::uuid is null or visitor_id = $8)
            returning 1
            """,
            [
                tenant.Value,
                id,
                conversation.Value,
                Uuid(rep),
                name,
                type,
                content,
                Uuid(visitor?.Value),
            ]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct) ? new Attachment(id, name, type, content.Length, links.PathOf(tenant, id)) : null;
    }

    /// <summary>Marks files as sent. Each file can be in one message.</summary>
    /// <param name="db">The transaction that adds the message.</param>
    /// <param name="conversation">The conversation that the files were uploaded to.</param>
    /// <param name="rep">The rep who sends them; null for the visitor.</param>
    /// <param name="ids">The files, in the message's order; null for none.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <returns>The files. Null if one of them is not there, is the other side's, or was sent before.</returns>
    public async Task<IReadOnlyList<Attachment>?> SendAsync(
        TenantDb db,
        ConversationId conversation,
        Guid? rep,
        IReadOnlyList<Guid>? ids,
        CancellationToken ct)
    {
        if (ids is not { Count: > 0 }) return [];
        await using var send = db.Command(
            """
            update attachments set sent = true
            where tenant_id = $1 and conversation_id = $2 and id = any($3) and not sent and (rep_id is null) = ($4::uuid is null)
            returning id, name, content_type, bytes
            """,
            [db.TenantId.Value, conversation.Value, ids.ToArray(), Uuid(rep)]);
        var sent = new Dictionary<Guid, Attachment>();
        await using (var rows = await send.ExecuteReaderAsync(ct))
        {
            while (await rows.ReadAsync(ct))
            {
                var id = rows.GetGuid(0);
                sent[id] = new Attachment(id, rows.GetString(1), rows.GetString(2), rows.GetInt32(3), links.PathOf(db.TenantId, id));
            }
        }

        return sent.Count == ids.Count ? [.. ids.Select(id => sent[id])] : null;
    }

    /// <summary>Returns a file's name, type and content. Null if there is no such file.</summary>
    internal async Task<(string Name, string Type, byte[] Content)?> ReadAsync(TenantId tenant, Guid attachment, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            "select name, content_type, content from attachments where tenant_id = $1 and id = $2",
            [tenant.Value, attachment]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct) ? (row.GetString(0), row.GetString(1), row.GetFieldValue<byte[]>(2)) : null;
    }

    private static NpgsqlParameter Uuid(Guid? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };
}
