using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Ranking;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Ingestion;

/// <summary>
/// Stores documents and their search data. The passages of the old version are deleted, the new ones are added and the BM25 statistics are
/// updated in the caller's transaction, so a search sees either the old version or the new one.
/// </summary>
internal static class KnowledgeWriter
{
    // Passages per statement, so that large documents do not make statements too large.
    private const int Slice = 500;

    /// <summary>Stores documents. Each replaces the document with the same external id, if there is one.</summary>
    /// <param name="db">An open transaction of the tenant.</param>
    /// <param name="source">The source of the documents.</param>
    /// <param name="documents">The documents, with distinct external ids.</param>
    /// <param name="model">The embedding model of the vectors.</param>
    /// <param name="embeddings">
    /// One vector for each passage, in the order of documents and passages. Null while the model is unavailable; the vectors are then added
    /// later.
    /// </param>
    /// <param name="ct">Cancels the operation.</param>
    public static async Task ReplaceAsync(
        TenantDb db,
        SourceId source,
        IReadOnlyList<PreparedDocument> documents,
        string model,
        IReadOnlyList<HalfVector>? embeddings,
        CancellationToken ct)
    {
        if (documents.Count == 0) return;
        await LockStatisticsAsync(db, model, ct);
        // The tenant may have changed its model since the vectors were computed.
        var serving = (await ServingModels.ServingAsync(db, ct))!;
        if (serving != model || embeddings is null) await EmbeddingChange.NoteMissingAsync(db, serving, ct);
        if (serving != model) embeddings = null;
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
            heading = LexicalText.Prepare(document.Heading(passage)),
            other_heading = LexicalText.OtherSpellings(document.Heading(passage)),
            words = LexicalText.Prepare(passage.Text),
            other_words = LexicalText.OtherSpellings(passage.Text),
            text = passage.Text,
            locator = passage.Locator,
            language = document.Language,
        })).ToArray();

        var done = 0;
        foreach (var slice in chunks.Chunk(Slice))
        {
            await LexicalIndex.AddAsync(db, await InsertChunksAsync(db, JsonSerializer.Serialize(slice, KnowledgeJson.Options), ct), ct);
            var chunkIds = Array.ConvertAll(slice, chunk => chunk.id);
            if (embeddings is not null) await InsertEmbeddingsAsync(db, model, chunkIds, embeddings.Skip(done), ct);
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

    /// <summary>Deletes documents with their passages.</summary>
    public static async Task DeleteAsync(TenantDb db, Guid[] documents, CancellationToken ct)
    {
        if (documents.Length == 0) return;
        await LockStatisticsAsync(db, ct);
        await using (var chunks = db.Command("select id from chunks where document_id = any($1)", [documents]))
        {
            foreach (var slice in (await IdsAsync(chunks, ct)).Chunk(Slice)) await LexicalIndex.RemoveAsync(db, slice, ct);
        }

        await using var delete = db.Command("delete from documents where id = any($1)", [documents]);
        await delete.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// Makes a tenant's writers wait for each other. Otherwise they could deadlock on the lexicon, or compute wrong statistics. The row is
    /// inserted and locked in two statements, because a statement cannot lock a row that it inserts itself.
    /// </summary>
    /// <param name="db">An open transaction of the tenant.</param>
    /// <param name="model">The model for a tenant that has no knowledge yet.</param>
    /// <param name="ct">Cancels the wait.</param>
    public static async Task LockStatisticsAsync(TenantDb db, string model, CancellationToken ct)
    {
        await using (var create = db.Command(
            "insert into knowledge_statistics (tenant_id, model) values ($1, $2) on conflict do nothing",
            [db.TenantId.Value, model]))
            await create.ExecuteNonQueryAsync(ct);
        await LockStatisticsAsync(db, ct);
    }

    /// <summary>Locks a tenant's statistics if it already has knowledge. Without knowledge there is nothing to lock.</summary>
    public static async Task LockStatisticsAsync(TenantDb db, CancellationToken ct)
    {
        await using var command = db.Command("select from knowledge_statistics for update");
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<List<Guid>> InsertDocumentsAsync(
        TenantDb db,
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
            Notice = document.Notice,
        }));
        await db.SaveChangesAsync(ct);
        db.ChangeTracker.Clear();
        return ids.ConvertAll(id => id.Value);
    }

    private static async Task<List<PassageTerms>> InsertChunksAsync(TenantDb db, string chunks, CancellationToken ct)
    {
        await using var command = db.Command(
            $"""
            with {PassageAnalysis.Expressions}, inserted as (
              insert into chunks (tenant_id, id, document_id, ordinal, text, locator, lexemes, length)
              select $1, id, document_id, ordinal, text, locator, lexemes, length from analysed
            )
            select id, terms, dimensions, frequencies from analysed
            """,
            [
                db.TenantId.Value,
                new NpgsqlParameter { Value = chunks, NpgsqlDbType = NpgsqlDbType.Jsonb },
            ]);
        return await PassageAnalysis.ReadAsync(command, ct);
    }

    private static async Task InsertEmbeddingsAsync(
        TenantDb db,
        string model,
        Guid[] chunkIds,
        IEnumerable<HalfVector> embeddings,
        CancellationToken ct)
    {
        await using var batch = db.Batch();
        foreach (var (chunk, embedding) in chunkIds.Zip(embeddings))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                insert into chunk_embeddings (tenant_id, model, chunk_id, embedding)
                values ($1, $2, $3, $4)
                """)
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

    private static async Task<Guid[]> IdsAsync(NpgsqlCommand command, CancellationToken ct)
    {
        var ids = new List<Guid>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) ids.Add(rows.GetGuid(0));
        return [.. ids];
    }
}
