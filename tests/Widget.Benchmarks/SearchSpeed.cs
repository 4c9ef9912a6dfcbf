using System.Diagnostics;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
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
        using var knowledge = new Knowledge(database, sentences: SentenceModels.Shared);
        var tenant = await database.AddTenantAsync();
        var watch = Stopwatch.StartNew();
        await knowledge.ImportAsync(tenant, new GeneratedText(seed: 5, vocabulary: 20_000).Documents(passages));
        Console.WriteLine(
            $"{passages:N0} passages, ingested in {watch.Elapsed.TotalSeconds:0} s; "
                + $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB at most");
        await AddSemanticVectorsAsync(knowledge, tenant);
        await MeasureAsync(knowledge, tenant, new GeneratedText(seed: 6, vocabulary: 20_000).Questions(200));
    }

    // Random ones: computing them would take minutes, and the search takes as long with any.
    private static async Task AddSemanticVectorsAsync(Knowledge knowledge, TenantId tenant)
    {
        await using var db = await knowledge.Database.BeginAsync(tenant, CancellationToken.None);
        await using var command = db.Command(
            """
            insert into chunk_embeddings (tenant_id, model, chunk_id, embedding)
            select $1, $2, id, (select array_agg((random() - 0.5) / 8) from generate_series(1, $3) where id is not null)::real[]::halfvec
            from chunks where tenant_id = $1
            """,
            [tenant.Value, SentenceEmbedder.Model, SentenceEmbedder.Dimensions]);
        await command.ExecuteNonQueryAsync();
        await db.CommitAsync(CancellationToken.None);
    }

    public static async Task MeasureAsync(Knowledge knowledge, TenantId tenant, IReadOnlyList<string> queries)
    {
        var searches = new List<double>();
        var bare = new List<double>();
        var prepared = new List<(string Query, SparseVector Terms, HalfVector Dense, HalfVector Semantic)>();
        var embedding = new List<double>();
        await using (var db = await knowledge.Database.BeginAsync(tenant, CancellationToken.None))
        {
            foreach (var text in queries)
            {
                var terms = (await Question.ReadAsync(db, text, CancellationToken.None)).Terms;
                prepared.Add((text, QuestionTerm.Vector(terms), HalfVectors.From(HashedEmbedder.Embed(text)), Embed(text)));
            }
        }

        // Interleaved, so that other load on the machine affects both equally. The first round warms up and does not count.
        var plan = new SearchPlan { Weights = new Dictionary<string, double>(StringComparer.Ordinal) { [KnowledgeBases.Own] = 1 } };
        for (var round = 0; round < 3; round++)
        {
            foreach (var (query, terms, dense, semantic) in prepared)
            {
                var start = Stopwatch.GetTimestamp();
                await knowledge.Search.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = query }, plan, CancellationToken.None);
                var searched = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                start = Stopwatch.GetTimestamp();
                await BareAsync(knowledge.Database, tenant, terms, dense, semantic);
                var ran = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                start = Stopwatch.GetTimestamp();
                // The search has just embedded the question, and its vector is remembered. With a space it is another text.
                Embed(query + " ");
                if (round == 0) continue;
                embedding.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                searches.Add(searched);
                bare.Add(ran);
            }
        }

        searches.Sort();
        bare.Sort();
        embedding.Sort();
        Console.WriteLine($"search    p50 {At(searches, 0.5):0.00} ms, p95 {At(searches, 0.95):0.00} ms");
        Console.WriteLine($"embedding p50 {At(embedding, 0.5):0.00} ms, p95 {At(embedding, 0.95):0.00} ms, of which a search contains one");
        Console.WriteLine($"bare SQL  p50 {At(bare, 0.5):0.00} ms, p95 {At(bare, 0.95):0.00} ms");
        Console.WriteLine(
            $"ratios    p50 to bare p50 {At(searches, 0.5) / At(bare, 0.5):0.00}, "
                + $"p95 to own p50 {At(searches, 0.95) / At(searches, 0.5):0.00}");
    }

    // Each arm alone, one after the other, through the same pool.
    private static async Task BareAsync(TenantDatabase database, TenantId tenant, SparseVector terms, HalfVector dense, HalfVector semantic)
    {
        await using var db = await database.BeginAsync(tenant, CancellationToken.None);
        await using (var lexical = db.Command(
            "select chunk_id, weights <#> $2 from chunk_terms where tenant_id = $1 order by weights <#> $2 limit 100",
            [tenant.Value, terms]))
            await DrainAsync(lexical);
        foreach (var (model, vector) in new[] { (HashedEmbedder.Model, dense), (SentenceEmbedder.Model, semantic) })
        {
            await using var nearest = db.Command(
                "select chunk_id, embedding <#> $2 from chunk_embeddings where tenant_id = $1 and model = $3 order by embedding <#> $2 "
                    + "limit 100",
                [tenant.Value, vector, model]);
            await DrainAsync(nearest);
        }
    }

    private static HalfVector Embed(string question) => HalfVectors.From(SentenceModels.Shared.EmbedQuestion(question));

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
