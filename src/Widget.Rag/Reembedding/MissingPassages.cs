using System.Text.Json;
using Npgsql;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;

namespace Widget.Rag.Reembedding;

/// <summary>A passage that lacks the vector of a model.</summary>
internal sealed record MissingPassage(Guid Id, string Title, string[] Aliases, Locator Locator, string Text);

/// <summary>Finds passages that lack the vector of a model, and stores the vectors.</summary>
internal static class MissingPassages
{
    /// <param name="db">An open transaction of the tenant.</param>
    /// <param name="model">The embedding model.</param>
    /// <param name="after">Only passages with a larger id.</param>
    /// <param name="limit">Maximum number of passages.</param>
    /// <param name="ct">Cancels the query.</param>
    /// <returns>In the order of their ids.</returns>
    public static async Task<List<MissingPassage>> ReadAsync(TenantDb db, string model, Guid after, int limit, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select chunk.id, document.title,
                   coalesce(answer.alternatives, case when demo.id is not null then array[demo.show_when] end, '{}'),
                   chunk.locator, chunk.text
            from chunks chunk
            join documents document on document.tenant_id = $1 and document.id = chunk.document_id
            left join answers answer
              on document.kind = 'answer' and answer.tenant_id = $1
                and answer.source_id = document.source_id and answer.id::text = document.external_id
            left join demos demo
              on document.kind = 'demo' and demo.tenant_id = $1
                and demo.source_id = document.source_id and demo.id::text = document.external_id
            where chunk.tenant_id = $1 and chunk.id > $3
              and not exists (select from chunk_embeddings known
                where known.tenant_id = $1 and known.model = $2 and known.chunk_id = chunk.id)
            order by chunk.id
            limit $4
            """,
            [db.TenantId.Value, model, after, limit]);
        var missing = new List<MissingPassage>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var locator = JsonSerializer.Deserialize<Locator>(rows.GetString(3), KnowledgeJson.Options)!;
            missing.Add(new MissingPassage(
                rows.GetGuid(0), rows.GetString(1), rows.GetFieldValue<string[]>(2), locator, rows.GetString(4)));
        }

        return missing;
    }

    /// <summary>Stores vectors. Passages that were deleted meanwhile need none.</summary>
    public static async Task StoreAsync(
        TenantDb db,
        string model,
        IEnumerable<(MissingPassage Passage, HalfVector Vector)> embedded,
        CancellationToken ct)
    {
        await using var batch = db.Batch();
        foreach (var (passage, vector) in embedded)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                insert into chunk_embeddings (tenant_id, model, chunk_id, embedding)
                select $1, $2, id, $4 from chunks where tenant_id = $1 and id = $3
                on conflict do nothing
                """)
            {
                Parameters =
                {
                    new() { Value = db.TenantId.Value },
                    new() { Value = model },
                    new() { Value = passage.Id },
                    new() { Value = vector },
                },
            });
        }

        await batch.ExecuteNonQueryAsync(ct);
    }
}
