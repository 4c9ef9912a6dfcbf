using Npgsql;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Ranking;
using Widget.Rag.Search;

namespace Widget.Rag.Own;

/// <summary>Finds the best candidates of the lexical and the dense arm, each with both scores.</summary>
internal static class Candidates
{
    // Passages of the documents that the filter admits. "materialized" evaluates it once instead of once per row.
    private const string Allowed =
        """
        allowed as materialized (
          select chunk.id from documents document join chunks chunk on chunk.tenant_id = $1 and chunk.document_id = document.id
          where document.tenant_id = $1
            and (cardinality($6::uuid[]) = 0 or document.source_id = any($6))
            and (cardinality($7::text[]) = 0 or document.tags && $7)
            and (cardinality($8::text[]) = 0 or document.kind = any($8))
            and (cardinality($9::text[]) = 0 or document.language = any($9))
        ),
        """;

    private static readonly Dictionary<(bool Filtered, bool Dense), string> Statements = new()
    {
        [(false, true)] = Statement(filtered: false, dense: true),
        [(true, true)] = Statement(filtered: true, dense: true),
        [(false, false)] = Statement(filtered: false, dense: false),
        [(true, false)] = Statement(filtered: true, dense: false),
    };

    /// <param name="db">An open transaction of the tenant.</param>
    /// <param name="terms">The question's terms.</param>
    /// <param name="model">The embedding model.</param>
    /// <param name="embedding">The question's embedding; null leaves out the dense arm.</param>
    /// <param name="limit">Maximum number of candidates from each arm.</param>
    /// <param name="filter">Restricts the documents.</param>
    /// <param name="indexed">Whether the tenant has approximate indexes for the model's vectors.</param>
    /// <param name="ct">Cancels the search.</param>
    public static async Task<IReadOnlyList<Candidate<Guid>>> FindAsync(
        TenantDb db,
        IReadOnlyList<QuestionTerm> terms,
        string model,
        HalfVector? embedding,
        int limit,
        KnowledgeFilter filter,
        bool indexed,
        CancellationToken ct)
    {
        // An approximate index cannot apply filters, so the few passages that pass one are scanned.
        indexed &= filter.IsEmpty && embedding is not null;
        if (indexed) await VectorIndexes.WidenAsync(db, ct);
        await using var command = db.Command(
            indexed
                ? Statement("", VectorIndexes.Lexical(db.TenantId), VectorIndexes.Dense(db.TenantId, model, embedding!.Memory.Length))
                : Statements[(!filter.IsEmpty, embedding is not null)],
            [db.TenantId.Value, QuestionTerm.Vector(terms), limit, model, embedding]);
        if (embedding is null) command.Parameters[4].DataTypeName = "halfvec";
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
            candidates.Add(new Candidate<Guid>(rows.GetGuid(0), rows.GetDouble(1), rows.IsDBNull(2) ? null : rows.GetDouble(2)));
        return candidates;
    }

    private static string Statement(bool filtered, bool dense)
    {
        // Both arms scan the tenant's own rows through the primary key and keep the nearest. This is exact, and for a small tenant faster
        // than an approximate index.
        var (allowed, inAllowed) = filtered ? (Allowed, "and chunk_id in (select id from allowed)") : ("", "");
        return Statement(
            allowed,
            $"select chunk_id from chunk_terms where tenant_id = $1 {inAllowed} order by weights <#> $2 limit $3",
            dense
                ? $"select chunk_id from chunk_embeddings where tenant_id = $1 and model = $4 {inAllowed} order by embedding <#> $5 "
                    + "limit $3"
                : "select chunk_id from chunk_embeddings where false");
    }

    // "offset 0" makes the planner look up each candidate by primary key. Otherwise, on newly filled tables without statistics, it would
    // join all of the tenant's rows.
    private static string Statement(string allowed, string lexical, string dense) =>
        $"""
        with {allowed} lexical as materialized (
          {lexical}
        ), dense as materialized (
          {dense}
        ), found as (
          select chunk_id from lexical union select chunk_id from dense
        )
        select found.chunk_id, -(term.weights <#> $2), -(embedded.embedding <#> $5::halfvec)
        from found
        cross join lateral (
          select weights from chunk_terms where tenant_id = $1 and chunk_id = found.chunk_id offset 0) term
        left join lateral (
          select embedding from chunk_embeddings
          where tenant_id = $1 and model = $4 and chunk_id = found.chunk_id offset 0) embedded on true
        order by found.chunk_id
        """;
}
