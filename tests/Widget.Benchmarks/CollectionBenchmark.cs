using System.Diagnostics;
using Pgvector;
using Widget.Rag.Embeddings;
using Widget.Rag.Own;
using Widget.Rag.Search;
using Widget.Rag.Storage;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// Quality of the two arms and of their fusion on a test collection, through the real ingestion and the real tables, and the
/// cost of a search next to the bare SQL of its arms.
/// </summary>
internal static class CollectionBenchmark
{
    private const int Depth = 1_000;

    public static async Task RunAsync(string folder)
    {
        var collection = TestCollection.Load(folder);
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        var tenant = await database.AddTenantAsync();

        var watch = Stopwatch.StartNew();
        var report = await knowledge.ImportAsync(tenant, collection.Documents);
        Console.WriteLine($"{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}: {report.Done} documents ingested in {watch.Elapsed.TotalSeconds:0.0} s "
            + $"({report.Done / watch.Elapsed.TotalSeconds:0} a second), {report.Failed.Count} failed; {collection.Queries.Count} queries");

        await QualityAsync(collection, knowledge, tenant);
        await SpeedAsync(collection, knowledge, tenant);
    }

    private static async Task QualityAsync(TestCollection collection, Knowledge knowledge, TenantId tenant)
    {
        var runs = new Dictionary<string, Dictionary<string, string[]>>(StringComparer.Ordinal)
        {
            ["lexical"] = [],
            ["dense"] = [],
            ["fused"] = [],
        };
        await using var db = await knowledge.Database.BeginAsync(tenant, CancellationToken.None);
        var documents = await DocumentOfChunkAsync(db);
        foreach (var (id, text) in collection.Queries)
        {
            var terms = (await Question.ReadAsync(db, text, CancellationToken.None)).Terms;
            var embedding = HalfVector.From(HashedEmbedder.Embed(text));
            var all = await Candidates.FindAsync(db, terms, HashedEmbedder.Model, embedding, Depth, KnowledgeFilter.None, indexed: false, CancellationToken.None);
            runs["lexical"][id] = Ranking(all.Where(candidate => candidate.Lexical > 0).OrderByDescending(candidate => candidate.Lexical).Select(candidate => candidate.Item));
            runs["dense"][id] = Ranking(all.OrderByDescending(candidate => candidate.Dense).Select(candidate => candidate.Item));
            var candidates = await Candidates.FindAsync(db, terms, HashedEmbedder.Model, embedding, 100, KnowledgeFilter.None, indexed: false, CancellationToken.None);
            runs["fused"][id] = Ranking(Fusion.Convex(candidates, Fusion.DenseWeight(HashedEmbedder.Model)).Select(candidate => candidate.Item));
        }

        Console.WriteLine($"{"",-8} {"nDCG@10",8} {"Recall@100",11} {"nDCG to lexical",16}");
        var lexical = Measures.Of(collection, runs["lexical"]);
        foreach (var (name, run) in runs)
        {
            var measures = Measures.Of(collection, run);
            Console.WriteLine($"{name,-8} {measures.Ndcg,8:0.0000} {measures.Recall,11:0.0000} {measures.Ndcg / lexical.Ndcg,16:0.000}");
        }

        // A document ranks where its best passage does.
        string[] Ranking(IEnumerable<Guid> chunks) => [.. chunks.Select(chunk => documents[chunk]).Distinct(StringComparer.Ordinal)];
    }

    private static async Task SpeedAsync(TestCollection collection, Knowledge knowledge, TenantId tenant)
    {
        var searches = new List<double>();
        var bare = new List<double>();
        var prepared = new List<(KeyValuePair<string, string> Query, SparseVector Terms, HalfVector Embedding)>();
        await using (var db = await knowledge.Database.BeginAsync(tenant, CancellationToken.None))
        {
            foreach (var (id, text) in collection.Queries)
            {
                var terms = (await Question.ReadAsync(db, text, CancellationToken.None)).Terms;
                prepared.Add((new(id, text), QuestionTerm.Vector(terms), HalfVector.From(HashedEmbedder.Embed(text))));
            }
        }

        // Interleaved, so that whatever else the machine does falls on both; the first round warms up and is not counted.
        var plan = new SearchPlan { Weights = new Dictionary<string, double>(StringComparer.Ordinal) { [OwnKnowledgeBase.BaseName] = 1 } };
        for (var round = 0; round < 3; round++)
        {
            foreach (var (query, terms, embedding) in prepared)
            {
                var start = Stopwatch.GetTimestamp();
                await knowledge.Search.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = query.Value }, plan, CancellationToken.None);
                var searched = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                start = Stopwatch.GetTimestamp();
                await BareAsync(knowledge.Database, tenant, terms, embedding);
                if (round == 0) continue;
                searches.Add(searched);
                bare.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        searches.Sort();
        bare.Sort();
        Console.WriteLine($"search    p50 {At(searches, 0.5):0.00} ms, p95 {At(searches, 0.95):0.00} ms");
        Console.WriteLine($"bare SQL  p50 {At(bare, 0.5):0.00} ms, p95 {At(bare, 0.95):0.00} ms");
        Console.WriteLine($"ratios    p50 to bare p50 {At(searches, 0.5) / At(bare, 0.5):0.00}, p95 to own p50 {At(searches, 0.95) / At(searches, 0.5):0.00}");
    }

    // The arms alone, one after the other, through the same pool.
    private static async Task BareAsync(KnowledgeDatabase database, TenantId tenant, SparseVector terms, HalfVector embedding)
    {
        await using var db = await database.BeginAsync(tenant, CancellationToken.None);
        await using (var lexical = db.Command(
            "select chunk_id, weights <#> $2 from chunk_terms where tenant_id = $1 order by weights <#> $2 limit 100", [tenant.Value, terms]))
            await DrainAsync(lexical);
        await using (var dense = db.Command(
            "select chunk_id, embedding <#> $2 from chunk_embeddings where tenant_id = $1 and model = $3 order by embedding <#> $2 limit 100",
            [tenant.Value,
            embedding,
            HashedEmbedder.Model]))
            await DrainAsync(dense);
    }

    private static async Task DrainAsync(Npgsql.NpgsqlCommand command)
    {
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            // Only the time counts.
        }
    }

    private static async Task<Dictionary<Guid, string>> DocumentOfChunkAsync(KnowledgeDb db)
    {
        await using var command = db.Command("select c.id, d.external_id from chunks c join documents d on d.id = c.document_id");
        await using var rows = await command.ExecuteReaderAsync();
        var documents = new Dictionary<Guid, string>();
        while (await rows.ReadAsync()) documents.Add(rows.GetGuid(0), rows.GetString(1));
        return documents;
    }

    private static double At(List<double> sorted, double quantile) => sorted[(int)Math.Min(sorted.Count - 1, Math.Ceiling(quantile * sorted.Count))];
}
