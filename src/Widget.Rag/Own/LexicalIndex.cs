using Npgsql;
using NpgsqlTypes;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Ranking;

namespace Widget.Rag.Own;

/// <summary>The words of a stored passage.</summary>
/// <param name="ChunkId">The passage.</param>
/// <param name="Lexemes">Its distinct stemmed words.</param>
/// <param name="Dimensions">Their dimensions in the sparse vectors.</param>
/// <param name="Frequencies">Their frequencies; words in titles and headings count three times.</param>
internal sealed record PassageTerms(Guid ChunkId, string[] Lexemes, int[] Dimensions, int[] Frequencies)
{
    public int Length { get; } = Frequencies.Sum();

    /// <summary>The BM25 weights. If several lexemes share a dimension, the largest weight counts.</summary>
    public SparseVector Weights(double averageLength) => SparseVectors.Create(
        Dimensions.Zip(Frequencies)
            .GroupBy(term => term.First, term => term.Second)
            .OrderByDescending(same => same.Max())
            .ThenBy(same => same.Key)
            .Take(MaxTerms)
            .Select(same => KeyValuePair.Create(same.Key, (float)Bm25.Weight(same.Max(), Length, averageLength))));

    /// <summary>
    /// The limit of pgvector's HNSW index. Only passages in scripts that are split into pairs of characters, or with many aliases, come
    /// near it.
    /// </summary>
    private const int MaxTerms = 1_000;
}

/// <summary>Maintains the BM25 statistics: which passages contain a word, how many do, and the average passage length.</summary>
internal static class LexicalIndex
{
    // While a job runs, new weights follow the average length when it has changed by this much. IngestionFinalizer updates the existing
    // weights.
    private const double MaxLengthDrift = 0.10;

    /// <summary>Adds passages that were just stored.</summary>
    public static async Task AddAsync(TenantDb db, IReadOnlyList<PassageTerms> passages, CancellationToken ct)
    {
        if (passages.Count == 0) return;
        var averageLength = await CountAsync(db, passages, ct);
        await using var batch = db.Batch();
        foreach (var passage in passages)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                insert into chunk_terms (tenant_id, chunk_id, weights, average_length)
                values ($1, $2, $3, $4)
                """)
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

    /// <summary>Subtracts passages that are about to be deleted from the counts.</summary>
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

    // Returns the average length to use for weights.
    private static async Task<float> CountAsync(TenantDb db, IReadOnlyList<PassageTerms> passages, CancellationToken ct)
    {
        var counts = new Dictionary<int, (string Lexeme, int Passages)>();
        foreach (var passage in passages)
        {
            foreach (var (dimension, lexeme) in passage.Dimensions.Zip(passage.Lexemes).DistinctBy(term => term.First))
                counts[dimension] = (lexeme, counts.GetValueOrDefault(dimension).Passages + 1);
        }

        // Always in the same order. The lock on the statistics already serialises writers; this is a second safeguard against deadlocks.
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
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            update knowledge_statistics
            set chunk_count = chunk_count + $1, total_length = total_length + $2
            """)
        {
            Parameters = { new() { Value = passages.Count }, new() { Value = passages.Sum(passage => (long)passage.Length) } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            update knowledge_statistics
            set weighed_length = case
                  when total_length > 0 and abs(total_length::real / chunk_count / weighed_length - 1) > $1
                    then total_length::real / chunk_count
                  else weighed_length end
            returning weighed_length
            """)
        {
            Parameters = { new() { Value = MaxLengthDrift, NpgsqlDbType = NpgsqlDbType.Double } },
        });
        return (float)(await batch.ExecuteScalarAsync(ct))!;
    }
}
