using Npgsql;
using NpgsqlTypes;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Ranking;

namespace Widget.Rag.Own;

/// <summary>The words of a stored passage.</summary>
/// <param name="ChunkId">Which.</param>
/// <param name="Lexemes">Stemmed, each once.</param>
/// <param name="Dimensions">Their places in the sparse vectors.</param>
/// <param name="Frequencies">How often each stands in it; titles and headings count three times.</param>
internal sealed record PassageTerms(Guid ChunkId, string[] Lexemes, int[] Dimensions, int[] Frequencies)
{
    public int Length { get; } = Frequencies.Sum();

    /// <summary>BM25's weights. Lexemes that meet in one dimension count as the one that says more.</summary>
    public SparseVector Weights(double averageLength) => SparseVectors.Create(
        Dimensions.Zip(Frequencies)
            .GroupBy(term => term.First, term => term.Second)
            .OrderByDescending(same => same.Max())
            .ThenBy(same => same.Key)
            .Take(MostTerms)
            .Select(same => KeyValuePair.Create(same.Key, (float)Bm25.Weight(same.Max(), Length, averageLength))));

    /// <summary>As many as pgvector's HNSW takes. Only passages in scripts that are cut into pairs of characters, or with long lists of aliases, come near.</summary>
    private const int MostTerms = 1_000;
}

/// <summary>Keeps what BM25 must know: in which passages a word stands, in how many, and how long they are on average.</summary>
internal static class LexicalIndex
{
    // While a job runs, new weights follow the average length when it has moved by this much; KnowledgeSettler sees to the old ones.
    private const double Drift = 0.10;

    /// <summary>Adds passages that have just been stored.</summary>
    public static async Task AddAsync(TenantDb db, IReadOnlyList<PassageTerms> passages, CancellationToken ct)
    {
        if (passages.Count == 0) return;
        var averageLength = await CountAsync(db, passages, ct);
        await using var batch = db.Batch();
        foreach (var passage in passages)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into chunk_terms (tenant_id, chunk_id, weights, average_length) values ($1, $2, $3, $4)")
            {
                Parameters =
                {
                    new() { Value = db.TenantId.Value },
                    new() { Value = passage.ChunkId },
                    new() { Value = passage.Weights(averageLength) },
                    new() { Value = averageLength },
                },
            });
        }

        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Takes passages that are about to be deleted out of the counts.</summary>
    public static async Task RemoveAsync(TenantDb db, Guid[] chunkIds, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            with changed as materialized (
              select lexemes, length from chunks where id = any($2)
            ), counted as (
              update lexicon set chunk_count = lexicon.chunk_count - gone.chunk_count
              from (
                select dimension, count(*) as chunk_count
                from changed
                cross join lateral (select distinct lexical_dimension(lexeme) from unnest(changed.lexemes)) term (dimension)
                group by dimension
              ) gone
              where lexicon.tenant_id = $1 and lexicon.dimension = gone.dimension
            )
            update knowledge_statistics
            set chunk_count = chunk_count - (select count(*) from changed),
                total_length = total_length - (select coalesce(sum(length), 0) from changed)
            """,
            [db.TenantId.Value, chunkIds]);
        await command.ExecuteNonQueryAsync(ct);
    }

    // The average length to weigh with.
    private static async Task<float> CountAsync(TenantDb db, IReadOnlyList<PassageTerms> passages, CancellationToken ct)
    {
        var counts = new Dictionary<int, (string Lexeme, int Passages)>();
        foreach (var passage in passages)
        {
            foreach (var (dimension, lexeme) in passage.Dimensions.Zip(passage.Lexemes).DistinctBy(term => term.First))
                counts[dimension] = (lexeme, counts.GetValueOrDefault(dimension).Passages + 1);
        }

        // In one order everywhere, though the statistics' lock has the writers take turns already.
        var sorted = counts.OrderBy(entry => entry.Key).ToArray();
        await using var batch = db.Batch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into lexicon (tenant_id, dimension, lexeme, chunk_count)
            select $1, term.* from unnest($2::int[], $3::text[], $4::int[]) term
            on conflict (tenant_id, dimension) do update set chunk_count = lexicon.chunk_count + excluded.chunk_count
            """)
        {
            Parameters =
            {
                new() { Value = db.TenantId.Value },
                new() { Value = Array.ConvertAll(sorted, entry => entry.Key) },
                new() { Value = Array.ConvertAll(sorted, entry => entry.Value.Lexeme) },
                new() { Value = Array.ConvertAll(sorted, entry => entry.Value.Passages) },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update knowledge_statistics set chunk_count = chunk_count + $1, total_length = total_length + $2")
        {
            Parameters = { new() { Value = passages.Count }, new() { Value = passages.Sum(passage => (long)passage.Length) } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            update knowledge_statistics
            set weighed_length = case
                  when total_length > 0 and abs(total_length::real / chunk_count / weighed_length - 1) > $1 then total_length::real / chunk_count
                  else weighed_length end
            returning weighed_length
            """)
        {
            Parameters = { new() { Value = Drift, NpgsqlDbType = NpgsqlDbType.Double } },
        });
        return (float)(await batch.ExecuteScalarAsync(ct))!;
    }
}
