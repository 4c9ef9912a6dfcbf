using Widget.Rag.Reading;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// How long passages should be and how much they should overlap: the rank of the documents that answer, on a test collection and on folders
/// of real documents with questions. The maximum length is one and a half times the target.
/// </summary>
internal static class ChunkingBenchmark
{
    private static readonly (int Target, int Overlap)[] Shapes =
    [
        (300, 0),
        (500, 0),
        (700, 0),
        (1_000, 0),
        (1_500, 0),
        (2_500, 0),
        (500, 150),
        (1_000, 200),
        (1_500, 300),
    ];

    /// <param name="collectionFolder">A test collection.</param>
    /// <param name="folders">Pairs of a folder of documents and a file of questions.</param>
    public static async Task RunAsync(string collectionFolder, IReadOnlyList<string> folders)
    {
        var collection = TestCollection.Load(collectionFolder);
        var sets = folders.Chunk(2).Select(pair => (Folder: pair[0], Questions: DocumentsBenchmark.Questions(pair[1]))).ToList();
        Console.WriteLine($"{"target",7} {"overlap",8} {"passages",9} {"nDCG@10",8}   then for each folder: passages, MRR@5");
        foreach (var (target, overlap) in Shapes)
        {
            await using var database = await TestDatabase.CreateAsync();
            using var knowledge = new Knowledge(database, chunker: new Chunker(target, target * 3 / 2, overlap));
            var tenant = await database.AddTenantAsync();
            await knowledge.ImportAsync(tenant, collection.Documents);
            var run = new Dictionary<string, string[]>(StringComparer.Ordinal);
            foreach (var (id, text) in collection.Queries) run[id] = await DocumentsAsync(knowledge, tenant, text, 100);
            var line = $"{target,7} {overlap,8} {await PassagesAsync(knowledge, tenant),9} {Measures.Of(collection, run).Ndcg,8:0.0000}";
            foreach (var (folder, questions) in sets)
            {
                var site = await database.AddTenantAsync();
                await knowledge.RunAsync(site, await DocumentsBenchmark.AddAsync(knowledge, site, folder));
                var reciprocal = 0.0;
                foreach (var (text, answers) in questions)
                {
                    var documents = (await DocumentsAsync(knowledge, site, text, 50))
                        .Select(Path.GetFileNameWithoutExtension)
                        .Distinct(StringComparer.Ordinal)
                        .Take(5)
                        .ToList();
                    var place = documents.FindIndex(document => answers.Contains(document!));
                    if (place >= 0) reciprocal += 1.0 / (place + 1);
                }

                line += $" {await PassagesAsync(knowledge, site),9} {reciprocal / questions.Count,6:0.000}";
            }

            Console.WriteLine(line);
        }
    }

    private static async Task<string[]> DocumentsAsync(
        Knowledge knowledge,
        Widget.Platform.Tenancy.TenantId tenant,
        string text,
        int limit) =>
        [
            .. (
                await knowledge.Base.SearchAsync(
                    new KnowledgeQuery { TenantId = tenant, Text = text, Limit = limit },
                    CancellationToken.None)).Hits.Select(hit => hit.ExternalId)
                .Distinct(StringComparer.Ordinal),
        ];

    private static async Task<int> PassagesAsync(Knowledge knowledge, Widget.Platform.Tenancy.TenantId tenant)
    {
        await using var db = await knowledge.Database.BeginAsync(tenant, CancellationToken.None);
        await using var count = db.Command("select chunk_count from knowledge_statistics");
        return (int)(await count.ExecuteScalarAsync())!;
    }
}
