using System.Diagnostics;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Own;
using Widget.Rag.Ranking;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>The cost of a search compared with the bare SQL of its arms, in one run.</summary>
internal static class SearchSpeed
{
    /// <summary>Fills and searches a tenant of generated passages.</summary>
    public static async Task GeneratedAsync(int passages)
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        var tenant = await database.AddTenantAsync();
        var watch = Stopwatch.StartNew();
        await knowledge.ImportAsync(tenant, new GeneratedText(seed: 5, vocabulary: 20_000).Documents(passages));
        Console.WriteLine(
            $"{passages:N0} passages, ingested in {watch.Elapsed.TotalSeconds:0} s; "
                + $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB at most");
        await MeasureAsync(knowledge, tenant, new GeneratedText(seed: 6, vocabulary: 20_000).Questions(200));
    }

    public static async Task MeasureAsync(Knowledge knowledge, TenantId tenant, IReadOnlyList<string> queries)
    {
        var searches = new List<double>();
        var bare = new List<double>();
        var prepared = new List<(string Query, SparseVector Terms, HalfVector Embedding)>();
        await using (var db = await knowledge.Database.BeginAsync(tenant, CancellationToken.None))
        {
            foreach (var text in queries)
            {
                var terms = (await Question.ReadAsync(db, text, CancellationToken.None)).Terms;
                prepared.Add((text, QuestionTerm.Vector(terms), HalfVectors.From(HashedEmbedder.Embed(text))));
            }
        }

        // Interleaved, so that other load on the machine affects both equally. The first round warms up and does not count.
        var plan = new SearchPlan { Weights = new Dictionary<string, double>(StringComparer.Ordinal) { [KnowledgeBases.Own] = 1 } };
        for (var round = 0; round < 3; round++)
        {
            foreach (var (query, terms, embedding) in prepared)
            {
                var start = Stopwatch.GetTimestamp();
                await knowledge.Search.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = query }, plan, CancellationToken.None);
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
        Console.WriteLine(
            $"ratios    p50 to bare p50 {At(searches, 0.5) / At(bare, 0.5):0.00}, "
                + $"p95 to own p50 {At(searches, 0.95) / At(searches, 0.5):0.00}");
    }

    // Each arm alone, one after the other, through the same pool.
    private static async Task BareAsync(TenantDatabase database, TenantId tenant, SparseVector terms, HalfVector embedding)
    {
        await using var db = await database.BeginAsync(tenant, CancellationToken.None);
        await using (var lexical = db.Command(
            "select chunk_id, weights <#> $2 from chunk_terms where tenant_id = $1 order by weights <#> $2 limit 100",
            [tenant.Value, terms]))
            await DrainAsync(lexical);
        await using (var dense = db.Command(
            "select chunk_id, embedding <#> $2 from chunk_embeddings where tenant_id = $1 and model = $3 order by embedding <#> $2 "
                + "limit 100",
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
            // Only the time matters.
        }
    }

    private static double At(List<double> sorted, double quantile) =>
        sorted[(int)Math.Min(sorted.Count - 1, Math.Ceiling(quantile * sorted.Count))];
}
