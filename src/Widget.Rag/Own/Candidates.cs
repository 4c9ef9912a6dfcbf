using Npgsql;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Ranking;
using Widget.Rag.Search;

namespace Widget.Rag.Own;

/// <summary>The vectors of a question for the dense and the semantic arm of a search. An arm whose vector is null is left out.</summary>
/// <param name="Model">The tenant's embedding model.</param>
/// <param name="Dense">The vector of that model.</param>
/// <param name="Semantic">The vector of <see cref="SentenceEmbedder.Model"/>.</param>
internal readonly record struct QuestionVectors(string Model, HalfVector? Dense, HalfVector? Semantic);

/// <summary>Which of a tenant's arms have an approximate index.</summary>
internal readonly record struct IndexedArms(bool LexicalAndDense, bool Semantic);

/// <summary>Finds the best candidates of the lexical, the dense and the semantic arm, each with all scores.</summary>
internal static class Candidates
{
    // Passages of the documents that match the filter. "materialized" evaluates the filter once instead of once per row.
    private const string Allowed =
        """
        allowed as materialized (
          select chunk.id from documents document join chunks chunk on chunk.tenant_id = $1 and chunk.document_id = document.id
          where document.tenant_id = $1
            and (cardinality($8::uuid[]) = 0 or document.source_id = any($8))
            and (cardinality($9::text[]) = 0 or document.tags && $9)
            and (cardinality($10::text[]) = 0 or document.kind = any($10))
            and (cardinality($11::text[]) = 0 or document.language = any($11))
        ),
        """;

    /// <param name="db">An open transaction of the tenant.</param>
    /// <param name="terms">The question's terms.</param>
    /// <param name="vectors">The question's vectors.</param>
    /// <param name="limit">Maximum number of candidates from each arm.</param>
    /// <param name="filter">Restricts the documents.</param>
    /// <param name="indexed">The tenant's approximate indexes.</param>
    /// <param name="ct">Cancels the search.</param>
    public static async Task<IReadOnlyList<Candidate<Guid>>> FindAsync(
        TenantDb db,
        IReadOnlyList<QuestionTerm> terms,
        QuestionVectors vectors,
        int limit,
        KnowledgeFilter filter,
        IndexedArms indexed,
        CancellationToken ct)
    {
        // An approximate index cannot apply filters, so with a filter all passages that match it are scanned.
        if (!filter.IsEmpty) indexed = default;
        if (indexed.LexicalAndDense || indexed.Semantic) await VectorIndexes.SetSearchListSizeAsync(db, ct);
        await using var command = db.Command(
            Statement(db.TenantId, vectors, !filter.IsEmpty, indexed),
            [db.TenantId.Value, QuestionTerm.Vector(terms), limit, vectors.Model, vectors.Dense, SentenceEmbedder.Model, vectors.Semantic]);
        if (vectors.Dense is null) command.Parameters[4].DataTypeName = "halfvec";
        if (vectors.Semantic is null) command.Parameters[6].DataTypeName = "halfvec";
        if (!filter.IsEmpty)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = filter.Sources.Select(source => source.Value).ToArray() });
            command.Parameters.Add(new NpgsqlParameter { Value = filter.Tags.ToArray() });
            command.Parameters.Add(
                new NpgsqlParameter { Value = filter.Kinds.Select(kind => kind.ToString().ToLowerInvariant()).ToArray() });
            command.Parameters.Add(new NpgsqlParameter { Value = filter.Languages.ToArray() });
        }

        await using var rows = await command.ExecuteReaderAsync(ct);
        var candidates = new List<Candidate<Guid>>();
        while (await rows.ReadAsync(ct))
        {
            candidates.Add(new Candidate<Guid>(rows.GetGuid(0), rows.GetDouble(1), Score(rows, 2))
            {
                Semantic = Score(rows, 3),
            });
        }

        return candidates;
    }

    private static double? Score(NpgsqlDataReader rows, int column) => rows.IsDBNull(column) ? null : rows.GetDouble(column);

    // Without an index, an arm scans the tenant's own rows through the primary key and keeps the nearest. This is exact, and for a small
    // tenant faster than an approximate index.
    private static string Statement(TenantId tenant, QuestionVectors vectors, bool filtered, IndexedArms indexed)
    {
        var inAllowed = filtered ? "and chunk_id in (select id from allowed)" : "";
        var lexical = indexed.LexicalAndDense
            ? VectorIndexes.Lexical(tenant)
            : $"select chunk_id from chunk_terms where tenant_id = $1 {inAllowed} order by weights <#> $2 limit $3";
        var dense = (vectors.Dense, indexed.LexicalAndDense) switch
        {
            (null, _) => NoArm,
            ({ } vector, true) => VectorIndexes.Dense(tenant, vectors.Model, vector.Memory.Length, parameter: 5),
            _ => Scan(model: 4, vector: 5),
        };
        var semantic = (vectors.Semantic, indexed.Semantic) switch
        {
            (null, _) => NoArm,
            ({ } vector, true) => VectorIndexes.Dense(tenant, SentenceEmbedder.Model, vector.Memory.Length, parameter: 7),
            _ => Scan(model: 6, vector: 7),
        };
        return Statement(filtered ? Allowed : "", lexical, dense, semantic);

        string Scan(int model, int vector) =>
            $"select chunk_id from chunk_embeddings where tenant_id = $1 and model = ${model} {inAllowed} "
                + $"order by embedding <#> ${vector} limit $3";
    }

    private const string NoArm = "select chunk_id from chunk_embeddings where false";

    // "offset 0" makes the planner look up each candidate by primary key. Otherwise, on newly filled tables without statistics, it would
    // join all of the tenant's rows.
    private static string Statement(string allowed, string lexical, string dense, string semantic) =>
        $"""
        with {allowed} lexical as materialized (
          {lexical}
        ), dense as materialized (
          {dense}
        ), semantic as materialized (
          {semantic}
        ), found as (
          select chunk_id from lexical union select chunk_id from dense union select chunk_id from semantic
        )
        select found.chunk_id, -(term.weights <#> $2), -(embedded.embedding <#> $5::halfvec), -(meant.embedding <#> $7::halfvec)
        from found
        cross join lateral (
          select weights from chunk_terms where tenant_id = $1 and chunk_id = found.chunk_id offset 0) term
        left join lateral (
          select embedding from chunk_embeddings
          where tenant_id = $1 and model = $4 and chunk_id = found.chunk_id offset 0) embedded on true
        left join lateral (
          select embedding from chunk_embeddings
          where $7::halfvec is not null and tenant_id = $1 and model = $6 and chunk_id = found.chunk_id offset 0) meant on true
        order by found.chunk_id
        """;
}
