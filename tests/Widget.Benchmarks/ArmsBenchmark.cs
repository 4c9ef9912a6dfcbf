using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Own;
using Widget.Rag.Ranking;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// The weight of the semantic arm, and the share of each of its two models, on a test collection: nDCG@10 of every combination. The
/// queries are halved, so that weights can be chosen on one half and reported on the other.
/// </summary>
internal static class ArmsBenchmark
{
    private static readonly double[] Weights = [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1];
    private static readonly double[] Shares = [0, 0.25, 0.4, 0.5, 0.6, 0.75, 1];

    public static async Task RunAsync(string folder)
    {
        var collection = TestCollection.Load(folder);
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database, sentences: SentenceModels.Shared);
        var tenant = await database.AddTenantAsync();
        await knowledge.ImportAsync(tenant, collection.Documents);
        await knowledge.FillSemanticBacklogAsync(tenant);

        await using var db = await knowledge.Database.BeginAsync(tenant, CancellationToken.None);
        var documents = await CollectionBenchmark.DocumentOfChunkAsync(db);
        var vectors = await VectorsAsync(db);
        var runs = new Dictionary<(int Half, double Weight, double Share), Dictionary<string, string[]>>();
        var place = 0;
        foreach (var (id, text) in collection.Queries)
        {
            var half = place++ % 2;
            var terms = (await Question.ReadAsync(db, text, CancellationToken.None)).Terms;
            var question = SentenceModels.Shared.EmbedQuestion(text)!;
            var embedding = HalfVectors.From(question);
            var asked = new QuestionVectors(HashedEmbedder.Model, HalfVectors.From(HashedEmbedder.Embed(text)), embedding);
            var found = await Candidates.FindAsync(db, terms, asked, 100, KnowledgeFilter.None, default, CancellationToken.None);
            foreach (var share in Shares)
            {
                var candidates = found.Select(candidate => candidate with
                {
                    Semantic = Similarity(question, vectors[candidate.Item], share),
                }).ToList();
                foreach (var weight in Weights)
                {
                    var ranking = Fusion.Convex(candidates, new ArmWeights(0.3, weight))
                        .Select(candidate => documents[candidate.Item]).Distinct(StringComparer.Ordinal).ToArray();
                    if (!runs.TryGetValue((half, weight, share), out var run)) runs[(half, weight, share)] = run = [];
                    run[id] = ranking;
                }
            }
        }

        for (var half = 0; half < 2; half++)
        {
            Console.WriteLine($"{Path.GetFileName(folder)}, half {half + 1}: nDCG@10 by weight of the semantic arm, and Arctic's share");
            Console.WriteLine($"{"share",6} {string.Join(' ', Weights.Select(weight => $"{weight,6:0.0}"))}");
            foreach (var share in Shares)
            {
                var measures = Weights.Select(weight => Measures.Of(collection, runs[(half, weight, share)]).Ndcg);
                Console.WriteLine($"{share,6:0.00} {string.Join(' ', measures.Select(measure => $"{measure,6:0.0000}"))}");
            }
        }
    }

    // The stored vectors join both models with equal shares.
    internal static double Similarity(float[] question, float[] passage, double arcticShare)
    {
        var (arctic, miniLm) = (0.0, 0.0);
        var half = question.Length / 2;
        for (var i = 0; i < half; i++)
        {
            arctic += 2 * question[i] * passage[i];
            miniLm += 2 * question[half + i] * passage[half + i];
        }

        return (arcticShare * arctic) + ((1 - arcticShare) * miniLm);
    }

    internal static async Task<Dictionary<Guid, float[]>> VectorsAsync(TenantDb db)
    {
        await using var command = db.Command(
            "select chunk_id, embedding from chunk_embeddings where model = $1",
            [SentenceEmbedder.Model]);
        await using var rows = await command.ExecuteReaderAsync();
        var vectors = new Dictionary<Guid, float[]>();
        while (await rows.ReadAsync())
            vectors[rows.GetGuid(0)] = [.. rows.GetFieldValue<Pgvector.HalfVector>(1).Memory.ToArray().Select(value => (float)value)];
        return vectors;
    }
}
