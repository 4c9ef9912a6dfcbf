using System.Data;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Pgvector;
using Widget.Rag.Search;
using Widget.Rag.Storage;

namespace Widget.Rag.Own;

/// <summary>
/// Our own knowledge base: BM25 and embeddings, fused. All its statements see one state of the knowledge, so a document that
/// is being replaced is found whole, old or new.
/// </summary>
public sealed class OwnKnowledgeBase(KnowledgeDatabase database, IEmbeddingGenerator<string, Embedding<float>> embedder) : IKnowledgeBase
{
    public const string BaseName = "own";

    private const int LeastCandidates = 100;

    // Beyond this a question is a pasted text; its first part says what it is about.
    private const int LongestQuestion = 2_000;

    public string Name => BaseName;

    public async Task<KnowledgeResult> SearchAsync(KnowledgeQuery query, CancellationToken ct)
    {
        var question = Prefix.Of(query.Text, LongestQuestion).Replace('\0', ' ');
        var generated = await embedder.GenerateAsync([question], cancellationToken: ct);
        var model = generated[0].ModelId ?? "unknown";
        var embedding = HalfVector.From(generated[0].Vector.Span);

        await using var db = await database.BeginAsync(query.TenantId, ct, IsolationLevel.RepeatableRead);
        var terms = await TermsAsync(db, question, ct);
        var candidates = await CandidatesAsync(db, terms, model, embedding, Math.Max(LeastCandidates, query.Limit + query.Spare), ct);
        var ranked = Fusion.Convex(candidates, Fusion.DenseWeight(model)).Take(query.Limit + query.Spare).ToArray();
        var similarities = candidates.ToDictionary(candidate => candidate.Item, candidate => candidate.Dense);
        return await HitsAsync(db, ranked, terms, (chunk, coverage) => ranked.Take(query.Limit).Any(wanted => wanted.Item == chunk) ? Confidence.Of(coverage, similarities[chunk], model) : 0, ct);
    }

    /// <summary>The question's lexemes as BM25 weighs them for this tenant.</summary>
    internal static async Task<IReadOnlyList<QuestionTerm>> TermsAsync(KnowledgeDb db, string question, CancellationToken ct)
    {
        // A stop word is one that PostgreSQL's own configuration drops and ours keeps. A prepared statement, not a function
        // in the database, since that would be planned anew for each call.
        await using var command = db.Command(
            """
            select asked.lexeme,
                   asked.dimension,
                   (rarity.idf * asked.frequency * case when asked.is_stop then 0.3 else 1 end)::real,
                   rarity.idf::real,
                   asked.is_stop,
                   coalesce(known.chunk_count, 0),
                   asked.place
            from knowledge_statistics statistics
            cross join lateral (
              select term.lexeme, lexical_dimension(term.lexeme) as dimension,
                     max(cardinality(term.positions)) as frequency, min(term.positions[1])::integer as place, bool_or(not term.lexeme = any(kept.lexemes)) as is_stop
              from unnest(statistics.languages) language
              cross join lateral (
                select tsvector_to_array(to_tsvector(stopping_configuration(language), searchable($1)))) kept (lexemes)
              cross join lateral unnest(to_tsvector(search_configuration(language), searchable($1))) term
              group by term.lexeme
            ) asked
            left join lexicon known on known.tenant_id = statistics.tenant_id and known.dimension = asked.dimension
            cross join lateral (
              select ln(1 + (statistics.chunk_count - coalesce(known.chunk_count, 0) + 0.5) / (coalesce(known.chunk_count, 0) + 0.5))
            ) rarity (idf)
            """,
            [question]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var terms = new List<QuestionTerm>();
        while (await rows.ReadAsync(ct))
            terms.Add(new QuestionTerm(rows.GetString(0), rows.GetInt32(1), rows.GetFloat(2), rows.GetFloat(3), rows.GetBoolean(4), rows.GetInt32(5), rows.GetInt32(6)));
        return terms;
    }

    /// <summary>The best of both arms, each with both scores.</summary>
    internal static async Task<IReadOnlyList<Candidate<Guid>>> CandidatesAsync(
        KnowledgeDb db,
        IReadOnlyList<QuestionTerm> terms,
        string model,
        HalfVector embedding,
        int limit,
        CancellationToken ct)
    {
        // Both arms scan the tenant's own rows through the primary key and keep the nearest: exact, and faster than an
        // approximate index as long as a tenant is small. "offset 0" holds the planner to one look-up by primary key a candidate:
        // where tables have just been filled and have no statistics yet, it would rather join all of the tenant's rows.
        await using var command = db.Command(
            """
            with lexical as materialized (
              select chunk_id from chunk_terms where tenant_id = $1 order by weights <#> $2 limit $5
            ), dense as materialized (
              select chunk_id from chunk_embeddings where tenant_id = $1 and model = $3 order by embedding <#> $4 limit $5
            ), found as (
              select chunk_id from lexical union select chunk_id from dense
            )
            select found.chunk_id, -(term.weights <#> $2), -(embedded.embedding <#> $4)
            from found
            cross join lateral (
              select weights from chunk_terms where tenant_id = $1 and chunk_id = found.chunk_id offset 0) term
            cross join lateral (
              select embedding from chunk_embeddings where tenant_id = $1 and model = $3 and chunk_id = found.chunk_id offset 0) embedded
            order by found.chunk_id
            """,
            [
                db.TenantId.Value,
                QuestionTerm.Vector(terms),
                model,
                embedding,
                limit,
            ]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var candidates = new List<Candidate<Guid>>();
        while (await rows.ReadAsync(ct)) candidates.Add(new Candidate<Guid>(rows.GetGuid(0), rows.GetDouble(1), rows.GetDouble(2)));
        return candidates;
    }

    private static async Task<KnowledgeResult> HitsAsync(
        KnowledgeDb db,
        (Guid Item, double Score)[] ranked,
        IReadOnlyList<QuestionTerm> terms,
        Func<Guid, double, double> confidenceOf,
        CancellationToken ct)
    {
        if (ranked.Length == 0) return KnowledgeResult.Nothing;
        await using var command = db.Command(
            """
            select chunk.id, chunk.document_id, document.external_id, document.title, document.url, chunk.text, chunk.locator, document.kind,
                   array(select unnest($2::text[]) intersect select unnest(tsvector_to_array(chunk.lexemes)))
            from unnest($1::uuid[]) with ordinality as wanted (id, place)
            cross join lateral (select * from chunks where tenant_id = $3 and id = wanted.id offset 0) chunk
            cross join lateral (select * from documents where tenant_id = $3 and id = chunk.document_id offset 0) document
            order by wanted.place
            """,
            [
                ranked.Select(candidate => candidate.Item).ToArray(),
                terms.Select(term => term.Lexeme).ToArray(),
                db.TenantId.Value,
            ]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var hits = new List<Hit>();
        var confidence = 0.0;
        while (await rows.ReadAsync(ct))
        {
            var coverage = Confidence.Coverage(terms, rows.GetFieldValue<string[]>(8));
            confidence = Math.Max(confidence, confidenceOf(rows.GetGuid(0), coverage));
            hits.Add(new Hit
            {
                ChunkId = new ChunkId(rows.GetGuid(0)),
                DocumentId = new DocumentId(rows.GetGuid(1)),
                ExternalId = rows.GetString(2),
                Title = rows.GetString(3),
                Kind = Enum.Parse<DocumentKind>(rows.GetString(7), ignoreCase: true),
                Url = rows.IsDBNull(4) ? null : rows.GetString(4),
                Text = rows.GetString(5),
                Locator = JsonSerializer.Deserialize<Locator>(rows.GetString(6), Chunk.Json)!,
                Score = ranked[hits.Count].Score,
                Origins = [BaseName],
            });
        }

        return new KnowledgeResult(hits, confidence);
    }
}
