using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Pgvector;
using Widget.Rag.Own;
using Widget.Rag.Storage;

namespace Widget.Rag.Ingestion;

/// <summary>
/// Stores documents and what searching them needs. A document's old passages go and its new ones come in the caller's
/// transaction, together with the statistics of BM25, so a search sees one version or the other and never a half.
/// </summary>
internal static class KnowledgeWriter
{
    // While a job runs, new weights follow the average length when it has moved by this much; KnowledgeSettler sees to the old ones.
    private const double Drift = 0.10;

    // Statements are kept small, whatever a document's size.
    private const int Slice = 500;

    /// <summary>Stores documents, each in the place of the one with its external id, if there is one.</summary>
    /// <param name="db">An open transaction of the tenant.</param>
    /// <param name="source">Where the documents come from.</param>
    /// <param name="documents">No external id twice.</param>
    /// <param name="model">Name of the embedding model.</param>
    /// <param name="embeddings">One a passage, in the order of documents and passages.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task ReplaceAsync(
        KnowledgeDb db,
        SourceId source,
        IReadOnlyList<PreparedDocument> documents,
        string model,
        IReadOnlyList<HalfVector> embeddings,
        CancellationToken ct)
    {
        if (documents.Count == 0) return;
        await LockStatisticsAsync(db, ct);
        await using (var old = db.Command(
            "select id from documents where source_id = $1 and external_id = any($2)",
            [source.Value,
            documents.Select(document => document.ExternalId).ToArray()]))
        {
            await DeleteAsync(db, await IdsAsync(old, ct), ct);
        }

        var ids = await InsertDocumentsAsync(db, source, documents, ct);
        var chunks = documents.SelectMany((document, i) => document.Passages.Select(passage => new
        {
            id = ChunkId.New().Value,
            document_id = ids[i],
            ordinal = passage.Ordinal,
            heading = document.Heading(passage),
            text = passage.Text,
            locator = passage.Locator,
            language = document.Language,
        })).ToArray();

        var done = 0;
        foreach (var slice in chunks.Chunk(Slice))
        {
            await InsertChunksAsync(db, JsonSerializer.Serialize(slice, Chunk.Json), ct);
            var chunkIds = Array.ConvertAll(slice, chunk => chunk.id);
            await CountAsync(db, chunkIds, direction: 1, ct);
            await AdjustWeighedLengthAsync(db, ct);
            await InsertTermsAsync(db, chunkIds, ct);
            await InsertEmbeddingsAsync(db, model, chunkIds, embeddings.Skip(done), ct);
            done += slice.Length;
        }

        await using var languages = db.Command(
            """
            update knowledge_statistics
            set languages = (select array_agg(distinct language) from unnest(languages || $1::text[]) language)
            where not languages @> $1
            """,
            [documents.Select(document => document.Language).Distinct(StringComparer.Ordinal).ToArray()]);
        await languages.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Deletes documents and everything made from them.</summary>
    public static async Task DeleteAsync(KnowledgeDb db, Guid[] documents, CancellationToken ct)
    {
        if (documents.Length == 0) return;
        await LockStatisticsAsync(db, ct);
        await using (var chunks = db.Command("select id from chunks where document_id = any($1)", [documents]))
        {
            foreach (var slice in (await IdsAsync(chunks, ct)).Chunk(Slice)) await CountAsync(db, slice, direction: -1, ct);
        }

        await using var delete = db.Command("delete from documents where id = any($1)", [documents]);
        await delete.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// Writers of one tenant take turns here, so that they neither deadlock on the lexicon nor count past one another. Two statements,
    /// since a row that the first has made is not seen within it.
    /// </summary>
    public static async Task LockStatisticsAsync(KnowledgeDb db, CancellationToken ct)
    {
        await using (var create = db.Command("insert into knowledge_statistics (tenant_id) values ($1) on conflict do nothing", [db.TenantId.Value]))
            await create.ExecuteNonQueryAsync(ct);
        await using var command = db.Command("select from knowledge_statistics for update");
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<List<Guid>> InsertDocumentsAsync(
        KnowledgeDb db,
        SourceId source,
        IReadOnlyList<PreparedDocument> documents,
        CancellationToken ct)
    {
        var ids = documents.Select(_ => DocumentId.New()).ToList();
        db.Documents.AddRange(documents.Select((document, i) => new Document
        {
            TenantId = db.TenantId,
            Id = ids[i],
            SourceId = source,
            ExternalId = document.ExternalId,
            Title = document.Title,
            Url = document.Url,
            Kind = document.Kind,
            Language = document.Language,
            Tags = [.. document.Tags],
            ContentHash = document.ContentHash,
            ChunkCount = document.Passages.Count,
        }));
        await db.SaveChangesAsync(ct);
        db.ChangeTracker.Clear();
        return ids.ConvertAll(id => id.Value);
    }

    private static async Task InsertChunksAsync(KnowledgeDb db, string chunks, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            insert into chunks (tenant_id, id, document_id, ordinal, text, locator, lexemes, length)
            select $1, chunk.id, chunk.document_id, chunk.ordinal, chunk.text, chunk.locator, analysed.lexemes, lexical_length(analysed.lexemes)
            from jsonb_to_recordset($2) as chunk
                 (id uuid, document_id uuid, ordinal int, heading text, text text, locator jsonb, language text)
            cross join lateral (
              select setweight(to_tsvector(search_configuration(chunk.language), searchable(chunk.heading)), 'A')
                     || to_tsvector(search_configuration(chunk.language), searchable(chunk.text))
            ) analysed (lexemes)
            """,
            [
                db.TenantId.Value,
                new NpgsqlParameter { Value = chunks, NpgsqlDbType = NpgsqlDbType.Jsonb },
            ]);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task CountAsync(KnowledgeDb db, IReadOnlyCollection<Guid> chunkIds, int direction, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            with changed as materialized (
              select lexemes, length from chunks where id = any($2)
            ), counted as (
              insert into lexicon (tenant_id, dimension, chunk_count)
              select $1, dimension, $3 * count(*)
              from changed
              cross join lateral (select distinct lexical_dimension(lexeme) from unnest(changed.lexemes)) term (dimension)
              group by dimension
              on conflict (tenant_id, dimension) do update set chunk_count = lexicon.chunk_count + excluded.chunk_count
            )
            update knowledge_statistics
            set chunk_count = chunk_count + $3 * (select count(*) from changed),
                total_length = total_length + $3 * (select coalesce(sum(length), 0) from changed)
            """,
            [
                db.TenantId.Value,
                chunkIds.ToArray(),
                direction,
            ]);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task InsertTermsAsync(KnowledgeDb db, Guid[] chunkIds, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            insert into chunk_terms (tenant_id, chunk_id, weights)
            select chunk.tenant_id, chunk.id, lexical_weights(chunk.lexemes, chunk.length, statistics.weighed_length)
            from chunks chunk, knowledge_statistics statistics
            where chunk.id = any($1)
            """,
            [chunkIds]);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task InsertEmbeddingsAsync(
        KnowledgeDb db,
        string model,
        Guid[] chunkIds,
        IEnumerable<HalfVector> embeddings,
        CancellationToken ct)
    {
        await using var batch = db.Batch();
        foreach (var (chunk, embedding) in chunkIds.Zip(embeddings))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into chunk_embeddings (tenant_id, model, chunk_id, embedding) values ($1, $2, $3, $4)")
            {
                Parameters =
                {
                    new() { Value = db.TenantId.Value },
                    new() { Value = model },
                    new() { Value = chunk },
                    new() { Value = embedding },
                },
            });
        }

        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(ct);
    }

    private static async Task AdjustWeighedLengthAsync(KnowledgeDb db, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            update knowledge_statistics
            set weighed_length = total_length::real / chunk_count
            where chunk_count > 0 and abs(total_length::real / chunk_count / weighed_length - 1) > $1
            """,
            [Drift]);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<Guid[]> IdsAsync(NpgsqlCommand command, CancellationToken ct)
    {
        var ids = new List<Guid>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) ids.Add(rows.GetGuid(0));
        return [.. ids];
    }
}
