using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Embeddings;
using Widget.Rag.Ranking;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>Stores pages of the mirror and their search data in the caller's transaction.</summary>
internal static class MirrorWriter
{
    /// <summary>
    /// Begins a transaction that locks the mirror, so that a tenant has one writer at a time, and only while it holds the lease.
    /// </summary>
    /// <exception cref="LeaseLostException">Another worker has the lease.</exception>
    public static async Task<TenantDb> BeginAsync(TenantDatabase database, MirrorLease lease, CancellationToken ct)
    {
        var db = await database.BeginAsync(lease.Tenant, ct);
        try
        {
            await using var command = db.Command(
                "select lease_owner from tavus_knowledge where tenant_id = $1 for update",
                [lease.Tenant.Value]);
            return await command.ExecuteScalarAsync(ct) is Guid owner && owner == lease.Worker ? db : throw new LeaseLostException();
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    /// <summary>Replaces a page's passages.</summary>
    public static async Task ReplaceAsync(TenantDb db, string documentId, string address, PreparedDocument page, CancellationToken ct)
    {
        await ClearAsync(db, documentId, [address], ct);
        var vectors = page.Passages.Select(passage => HalfVectors.From(HashedEmbedder.Embed(page.EmbeddedText(passage)))).ToArray();
        var passages = page.Passages.Select(passage => new
        {
            id = Guid.CreateVersion7(),
            ordinal = passage.Ordinal,
            heading = LexicalText.Prepare(page.Heading(passage)),
            other_heading = LexicalText.OtherSpellings(page.Heading(passage)),
            words = LexicalText.Prepare(passage.Text),
            other_words = LexicalText.OtherSpellings(passage.Text),
        }).ToArray();
        var terms = await AnalyseAsync(db, JsonSerializer.Serialize(passages, KnowledgeJson.Options), page.Language, ct);

        await using var batch = db.Batch();
        foreach (var (passage, i) in page.Passages.Select((passage, i) => (passage, i)))
        {
            var found = terms[passages[i].id];
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                insert into tavus_passages (tenant_id, id, document_id, address, ordinal, text, locator, length, embedding)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """)
            {
                Parameters =
                {
                    new() { Value = db.TenantId.Value },
                    new() { Value = passages[i].id },
                    new() { Value = documentId },
                    new() { Value = address },
                    new() { Value = passage.Ordinal },
                    new() { Value = passage.Text },
                    new() { Value = JsonSerializer.Serialize(passage.Locator, KnowledgeJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb },
                    new() { Value = found.Frequencies.Sum() },
                    new() { Value = vectors[i] },
                },
            });
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                insert into tavus_postings (tenant_id, lexeme, passage_id, frequency, length)
                select $1, term.lexeme, $2, term.frequency, $5
                from unnest($3::text[], $4::int[]) term (lexeme, frequency)
                """)
            {
                Parameters =
                {
                    new() { Value = db.TenantId.Value },
                    new() { Value = passages[i].id },
                    new() { Value = found.Lexemes },
                    new() { Value = found.Frequencies },
                    new() { Value = found.Frequencies.Sum() },
                },
            });
        }

        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Deletes the passages of pages and keeps the pages.</summary>
    public static async Task ClearAsync(TenantDb db, string documentId, string[] addresses, CancellationToken ct)
    {
        await using var command = db.Command(
            "delete from tavus_passages where tenant_id = $1 and document_id = $2 and address = any($3)",
            [db.TenantId.Value, documentId, addresses]);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Updates the statistics over all passages and the revision.</summary>
    public static async Task CountAsync(TenantDb db, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            update tavus_knowledge
            set documents = (select count(distinct document_id) from tavus_passages where tenant_id = $1),
                passages = (select count(*) from tavus_passages where tenant_id = $1),
                total_length = (select coalesce(sum(length), 0) from tavus_passages where tenant_id = $1),
                languages = (select coalesce(array_agg(distinct language order by language), '{}')
                  from tavus_pages where tenant_id = $1 and content_hash is not null),
                passages_by_language = (
                  select coalesce(jsonb_object_agg(language, passages), '{}')
                  from (
                    select page.language, count(*) as passages
                    from tavus_passages passage
                    join tavus_pages page using (tenant_id, document_id, address)
                    where tenant_id = $1
                    group by page.language
                  ) counted),
                revision = revision + 1
            where tenant_id = $1
            """,
            [db.TenantId.Value]);
        await command.ExecuteNonQueryAsync(ct);
    }

    // Splits the text into words in the same way as for own passages (KnowledgeWriter).
    private static async Task<Dictionary<Guid, (string[] Lexemes, int[] Frequencies)>> AnalyseAsync(
        TenantDb db,
        string passages,
        string language,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select given.id, term.lexemes, term.frequencies
            from jsonb_to_recordset($1) as given (id uuid, heading text, other_heading text, words text, other_words text)
            cross join search_configuration($2) configuration
            cross join lateral (
              select setweight(to_tsvector(configuration, heading), 'A') || to_tsvector(configuration, words)) written (lexemes)
            cross join lateral (
              select setweight(to_tsvector(configuration, other_heading), 'A') || to_tsvector(configuration, other_words)) other (lexemes)
            cross join lateral (
              select coalesce(array_agg(lexeme), '{}') as lexemes,
                     coalesce(array_agg(cardinality(weights) + 2 * cardinality(array_positions(weights, 'A'))), '{}') as frequencies
              from unnest(written.lexemes || ts_delete(other.lexemes, tsvector_to_array(written.lexemes)))
            ) term
            """,
            [new NpgsqlParameter { Value = passages, NpgsqlDbType = NpgsqlDbType.Jsonb }, language]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var terms = new Dictionary<Guid, (string[], int[])>();
        while (await rows.ReadAsync(ct)) terms.Add(rows.GetGuid(0), (rows.GetFieldValue<string[]>(1), rows.GetFieldValue<int[]>(2)));
        return terms;
    }
}
