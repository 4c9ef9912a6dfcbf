using System.Diagnostics;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Own;
using Widget.Rag.Ranking;
using Widget.Rag.Search;
using Widget.Rag.Text;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// Quality of both arms and of their fusion on a test collection, through the real ingestion and tables, and the cost of a search compared
/// with the bare SQL of its arms.
/// </summary>
internal static class CollectionBenchmark
{
    private const int Depth = 1_000;

    public static async Task RunAsync(string folder)
    {
        var collection = TestCollection.Load(folder);
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database, sentences: SentenceModels.Shared);
        var tenant = await database.AddTenantAsync();

        var watch = Stopwatch.StartNew();
        var report = await knowledge.ImportAsync(tenant, collection.Documents);
        Console.WriteLine($"{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}: "
            + $"{report.Done} documents ingested in {watch.Elapsed.TotalSeconds:0.0} s "
            + $"({report.Done / watch.Elapsed.TotalSeconds:0} a second), {report.Failed.Count} failed; {collection.Queries.Count} queries");

        watch.Restart();
        await knowledge.FillSemanticBacklogAsync(tenant);
        Console.WriteLine($"semantic vectors in {watch.Elapsed.TotalSeconds:0.0} s on one core");
        await QualityAsync(collection, knowledge, tenant);
        await ExactnessAsync(collection, knowledge, tenant);
        await SearchSpeed.MeasureAsync(knowledge, tenant, [.. collection.Queries.Select(query => query.Text)]);
    }

    private static async Task QualityAsync(TestCollection collection, Knowledge knowledge, TenantId tenant)
    {
        var runs = new Dictionary<string, Dictionary<string, string[]>>(StringComparer.Ordinal)
        {
            ["lexical"] = [],
            ["dense"] = [],
            ["semantic"] = [],
            ["fused"] = [],
        };
        await using var db = await knowledge.Database.BeginAsync(tenant, CancellationToken.None);
        var documents = await DocumentOfChunkAsync(db);
        foreach (var (id, text) in collection.Queries)
        {
            var question = await Question.ReadAsync(db, text, CancellationToken.None);
            var terms = question.Terms;
            var vectors = new QuestionVectors(
                HashedEmbedder.Model,
                HalfVectors.From(HashedEmbedder.Embed(text)),
                HalfVectors.From(SentenceModels.Shared.EmbedQuestion(text)));
            var all = await Candidates.FindAsync(
                db,
                terms,
                vectors,
                Depth,
                KnowledgeFilter.None,
                default,
                CancellationToken.None);
            runs["lexical"][id] = Ranking(
                all
                    .Where(candidate => candidate.Lexical > 0)
                    .OrderByDescending(candidate => candidate.Lexical)
                    .Select(candidate => candidate.Item));
            runs["dense"][id] = Ranking(all.OrderByDescending(candidate => candidate.Dense).Select(candidate => candidate.Item));
            runs["semantic"][id] = Ranking(all.OrderByDescending(candidate => candidate.Semantic).Select(candidate => candidate.Item));
            var candidates = await Candidates.FindAsync(
                db,
                terms,
                vectors,
                100,
                KnowledgeFilter.None,
                default,
                CancellationToken.None);
            runs["fused"][id] = Ranking(
                Fusion.Convex(candidates, Fusion.Weights(HashedEmbedder.Model, LanguageDetector.Detect(text) ?? "en", candidates.Max(candidate => candidate.Lexical) / question.FullScore)).Select(candidate => candidate.Item));
        }

        Console.WriteLine($"{"",-9}{"nDCG@10",8} {"Recall@100",11} {"nDCG to lexical",16}");
        var lexical = Measures.Of(collection, runs["lexical"]);
        foreach (var (name, run) in runs)
        {
            var measures = Measures.Of(collection, run);
            Console.WriteLine($"{name,-9}{measures.Ndcg,8:0.0000} {measures.Recall,11:0.0000} {measures.Ndcg / lexical.Ndcg,16:0.000}");
        }

        // A document ranks by its best passage.
        string[] Ranking(IEnumerable<Guid> chunks) => [.. chunks.Select(chunk => documents[chunk]).Distinct(StringComparer.Ordinal)];
    }

    // Compares every score of the lexical arm with BM25 computed from the formula over all passages.
    private static async Task ExactnessAsync(TestCollection collection, Knowledge knowledge, TenantId tenant)
    {
        await using var db = await knowledge.Database.BeginAsync(tenant, CancellationToken.None);
        var passages = new Dictionary<Guid, Dictionary<string, int>>();
        await using (var command = db.Command(
            """
            select id, array(select lexeme from unnest(lexemes)),
                   array(select cardinality(weights) + 2 * cardinality(array_positions(weights, 'A')) from unnest(lexemes))
            from chunks
            """))
        {
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
                passages[rows.GetGuid(0)] = rows.GetFieldValue<string[]>(1)
                    .Zip(rows.GetFieldValue<int[]>(2))
                    .ToDictionary(term => term.First, term => term.Second, StringComparer.Ordinal);
        }

        var lengths = passages.ToDictionary(passage => passage.Key, passage => passage.Value.Values.Sum());
        var average = lengths.Values.Average();
        var containing = passages.Values.SelectMany(terms => terms.Keys).CountBy(lexeme => lexeme).ToDictionary(StringComparer.Ordinal);
        var (scores, worst) = (0, 0.0);
        foreach (var (_, text) in collection.Queries)
        {
            // The question's words with their weights: less for stop words, and corrections for misspelt words.
            var terms = (await Question.ReadAsync(db, text, CancellationToken.None)).Terms.Where(term => term.ChunkCount > 0).ToList();
            var vectors = new QuestionVectors(HashedEmbedder.Model, HalfVectors.From(HashedEmbedder.Embed(text)), Semantic: null);
            foreach (var candidate in await Candidates.FindAsync(
                db, terms, vectors, Depth, KnowledgeFilter.None, default, CancellationToken.None))
            {
                var (frequencies, length) = (passages[candidate.Item], lengths[candidate.Item]);
                var expected = terms.Sum(term =>
                {
                    if (!frequencies.TryGetValue(term.Lexeme, out var frequency)) return 0;
                    var (known, rarity) = (containing[term.Lexeme], term.Weight / term.Idf);
                    var idf = Math.Log(1 + ((passages.Count - known + 0.5) / (known + 0.5)));
                    return rarity * idf * frequency * 2.2 / (frequency + (1.2 * (0.25 + (0.75 * length / average))));
                });
                if (expected == 0) continue;
                scores++;
                worst = Math.Max(worst, Math.Abs((candidate.Lexical / expected) - 1));
            }
        }

        Console.WriteLine($"exactness {scores} scores of the lexical arm against the formula: {worst:0.0000 %} apart at most");
    }

    internal static async Task<Dictionary<Guid, string>> DocumentOfChunkAsync(TenantDb db)
    {
        await using var command = db.Command("select c.id, d.external_id from chunks c join documents d on d.id = c.document_id");
        await using var rows = await command.ExecuteReaderAsync();
        var documents = new Dictionary<Guid, string>();
        while (await rows.ReadAsync()) documents.Add(rows.GetGuid(0), rows.GetString(1));
        return documents;
    }
}
