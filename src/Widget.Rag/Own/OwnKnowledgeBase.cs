using System.Data;
using System.Diagnostics;
using System.Text.Json;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Ranking;
using Widget.Rag.Search;
using Widget.Rag.Telemetry;
using Widget.Rag.Text;

namespace Widget.Rag.Own;

/// <summary>
/// The installation's own knowledge base: BM25 and embeddings, fused. All its statements read one snapshot, so a document that is being
/// replaced is found in either its old or its new version, never in parts.
/// </summary>
public sealed class OwnKnowledgeBase(TenantDatabase database, EmbeddingModels models, ServingModels embeddings) : IKnowledgeBase
{
    private const int MinCandidates = 100;

    // Number of first hits. The best of them gives the confidence of the result.
    private const int ConfidenceHits = 5;

    private static readonly TimeSpan EmbeddingTimeout = TimeSpan.FromSeconds(1);

    public string Name => KnowledgeBases.Own;

    public async Task<KnowledgeResult> SearchAsync(KnowledgeQuery query, CancellationToken ct)
    {
        var text = QuestionText.Shorten(query.Text);
        var serving = await embeddings.ServingAsync(query.TenantId, ct);
        var model = serving.Name;
        var parent = Activity.Current?.Context ?? default;
        using var dense = SearchTelemetry.StartArm("dense", parent);
        var (embedding, shortcoming, failure) = await EmbedAsync(query.TenantId, model, text, ct);
        var vectors = new QuestionVectors(model, embedding, models.EmbedMeaning(text));
        dense?.SetTag(RagTelemetry.Model, model).SetTag(RagTelemetry.Outcome, embedding is null ? "skipped" : "answered");

        await using var db = await database.BeginAsync(query.TenantId, ct, IsolationLevel.RepeatableRead);
        using var lexical = SearchTelemetry.StartArm("lexical", parent);
        var question = await Question.ReadAsync(db, text, ct);
        var wanted = query.Limit + query.Spare;
        var candidates = await FindAsync();
        var corrected = await CorrectedText.ReadAsync(db, text, question, candidates, ct);
        if (corrected is not null)
        {
            // The sentence models don't recognise misspelt words.
            vectors = vectors with { Semantic = models.EmbedMeaning(corrected) };
            if (model == HashedEmbedder.Model) vectors = vectors with { Dense = HalfVectors.From(HashedEmbedder.Embed(corrected)) };
            candidates = await FindAsync();
        }

        lexical?.SetTag("widget.search.terms", question.Terms.Count).Stop();
        dense?.Stop();
        var bestScore = candidates.Select(candidate => candidate.Lexical).DefaultIfEmpty(0).Max();
        var sharedWords = question.FullScore > 0 ? bestScore / question.FullScore : 0;
        var weights = Fusion.Weights(model, LanguageOf(text, serving.Languages), sharedWords);
        var ranked = await WithPhrasesFirstAsync(db, question.Phrases, Fusion.Convex(candidates, weights), ct);
        var similarities = candidates.ToDictionary(candidate => candidate.Item);
        var hits = (await HitsAsync(db, [.. ranked.Take(wanted)], question.Terms, ct)).ConvertAll(found => found.Hit with
        {
            Signals = new RelevanceSignals(
                found.Coverage,
                model == HashedEmbedder.Model ? similarities[found.Hit.ChunkId!.Value.Value].Dense : null,
                similarities[found.Hit.ChunkId!.Value.Value].Semantic),
        });
        // Does not depend on the query's limit: a question must not be refused because fewer hits are wanted.
        var confidence = hits.Take(ConfidenceHits).Select(hit => Confidence.Of(hit.Signals)).DefaultIfEmpty(0).Max();
        return new KnowledgeResult(hits, confidence) { Shortcoming = shortcoming, Degradation = failure, Corrected = corrected };

        Task<IReadOnlyList<Candidate<Guid>>> FindAsync() => Candidates.FindAsync(
            db,
            question.Terms,
            vectors,
            Math.Max(MinCandidates, wanted),
            query.Filter,
            new IndexedArms(serving.Indexed, serving.SemanticIndexed),
            ct);
    }

    // A question of a few words may not show its language. It is then most likely asked in a language of the knowledge.
    private static string LanguageOf(string text, IReadOnlyList<string> languages) =>
        LanguageDetector.DetectQuestion(text, languages is [var only] ? only : "en");

    // While the embedding model is unavailable or slow, the search uses words only.
    private async Task<(HalfVector? Embedding, string? Shortcoming, Exception? Failure)> EmbedAsync(
        TenantId tenant,
        string model,
        string text,
        CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // The local model only needs processor time. On a busy node it may be late, but a search by words only would give worse results.
        if (!EmbeddingModels.IsLocal(model)) timeout.CancelAfter(EmbeddingTimeout);
        try
        {
            return ((await models.EmbedAsync(tenant, model, [text], timeout.Token))[0], null, null);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            return (null, $"by words only: the embedding model {model} did not answer within {EmbeddingTimeout.TotalSeconds:0} s", e);
        }
        catch (EmbeddingUnavailableException e)
        {
            return (null, $"by words only: {e.Message}", e);
        }
    }

    // Passages that contain more of the quoted phrases rank first. A phrase that no candidate contains is ignored.
    private static async Task<IReadOnlyList<(Guid Item, double Score)>> WithPhrasesFirstAsync(
        TenantDb db,
        IReadOnlyList<string> phrases,
        IReadOnlyList<(Guid Item, double Score)> ranked,
        CancellationToken ct)
    {
        if (phrases.Count == 0) return ranked;
        await using var command = db.Command(
            """
            select chunk.id, document.title, chunk.text
            from chunks chunk join documents document on document.tenant_id = $1 and document.id = chunk.document_id
            where chunk.tenant_id = $1 and chunk.id = any($2)
            """,
            [db.TenantId.Value, ranked.Select(candidate => candidate.Item).ToArray()]);
        var phraseCounts = new Dictionary<Guid, int>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            phraseCounts[rows.GetGuid(0)] = QuotedPhrase.CountIn(phrases, $"{rows.GetString(1)}\n{rows.GetString(2)}");
        // Each phrase adds more than the highest possible score, so that passages with more phrases have higher scores.
        return
        [
            .. ranked.Select(candidate => (candidate.Item, Score: candidate.Score + (2.0 * phraseCounts.GetValueOrDefault(candidate.Item))))
                .OrderByDescending(candidate => candidate.Score),
        ];
    }

    private static async Task<List<(Hit Hit, double Coverage)>> HitsAsync(
        TenantDb db,
        (Guid Item, double Score)[] ranked,
        IReadOnlyList<QuestionTerm> terms,
        CancellationToken ct)
    {
        var hits = new List<(Hit, double)>();
        if (ranked.Length == 0) return hits;
        await using var command = db.Command(
            """
            select chunk.id, chunk.document_id, document.external_id, document.title, document.url,
                   chunk.text, chunk.locator, document.kind,
                   array(select unnest($2::text[]) intersect select unnest(tsvector_to_array(chunk.lexemes))),
                   document.identity
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
        while (await rows.ReadAsync(ct))
        {
            var hit = new Hit
            {
                ChunkId = new ChunkId(rows.GetGuid(0)),
                DocumentId = new DocumentId(rows.GetGuid(1)),
                DocumentIdentity = rows.GetGuid(9),
                ExternalId = rows.GetString(2),
                Title = rows.GetString(3),
                Kind = Enum.Parse<DocumentKind>(rows.GetString(7), ignoreCase: true),
                Url = rows.IsDBNull(4) ? null : rows.GetString(4),
                Text = rows.GetString(5),
                Locator = JsonSerializer.Deserialize<Locator>(rows.GetString(6), KnowledgeJson.Options)!,
                Score = ranked[hits.Count].Score,
                Origins = [KnowledgeBases.Own],
            };
            hits.Add((hit, Confidence.Coverage(terms, rows.GetFieldValue<string[]>(8))));
        }

        return hits;
    }
}
