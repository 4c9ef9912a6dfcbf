using Widget.Rag.Ingestion;
using Widget.Rag.Ingestion.Extraction;
using Widget.Rag.Search;
using Widget.Rag.Storage;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// When to say no: how often a question that the knowledge answers is turned away, and how often one that it does not answer is let
/// through, on the demo companies (tests/data/answerable.tsv), on each other's questions and on a test collection.
/// </summary>
internal static class RefusalBenchmark
{
    private static readonly double[] Thresholds = [0.25, 0.4, 0.5, 0.6, 0.75];

    public static async Task RunAsync(string folder)
    {
        var collection = TestCollection.Load(folder);
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        var harbor = await DemoAsync(database, knowledge, "harbor");
        var lumen = await DemoAsync(database, knowledge, "lumen");
        var papers = await database.AddTenantAsync();
        await knowledge.ImportAsync(papers, collection.Documents);

        var labelled = (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "tests", "data", "answerable.tsv"))).Select(line => line.Split('\t')).ToList();
        IEnumerable<(TenantId, string)> Labelled(string answer, bool swapped = false) => labelled
            .Where(row => row[1] == answer)
            .Select(row => ((row[0] == "harbor") != swapped ? harbor : lumen, row[2]));

        Console.WriteLine($"{"",-58} {string.Join(' ', Thresholds.Select(threshold => $"{threshold,6:0.00}"))}");
        await ReportAsync(knowledge, "turned away: demo companies, answered on their pages", Labelled("yes"), turnedAway: true);
        await ReportAsync(knowledge, "turned away: the collection's own queries", collection.Queries.Select(query => (papers, query.Text)), turnedAway: true);
        await ReportAsync(knowledge, "let through: demo companies, not on their pages", Labelled("no"), turnedAway: false);
        await ReportAsync(knowledge, "let through: the other company's questions", Labelled("yes", swapped: true), turnedAway: false);
        await ReportAsync(knowledge, "let through: the collection's queries to a company", collection.Queries.Select(query => (harbor, query.Text)), turnedAway: false);
        await ReportAsync(knowledge, "let through: the companies' questions to the collection", labelled.Select(row => (papers, row[2])), turnedAway: false);
    }

    private static async Task ReportAsync(Knowledge knowledge, string name, IEnumerable<(TenantId Tenant, string Text)> questions, bool turnedAway)
    {
        var confidences = new List<double>();
        foreach (var (tenant, text) in questions)
            confidences.Add((await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = text, Limit = 6 }, CancellationToken.None)).Confidence);
        var shares = Thresholds.Select(threshold => confidences.Count(confidence => confidence < threshold == turnedAway) / (double)confidences.Count);
        Console.WriteLine($"{name,-58} {string.Join(' ', shares.Select(share => $"{share,6:0.0 %}"))}   of {confidences.Count}");
    }

    internal static async Task<TenantId> DemoAsync(TestDatabase database, Knowledge knowledge, string site)
    {
        var tenant = await database.AddTenantAsync();
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "demo", site), "*.html")
            .Concat(site == "lumen" ? Directory.GetFiles(Path.Combine(Repository.Root, "demo", "documents")) : []);
        var documents = files.Select(file => new ImportedDocument(
            Path.GetFileName(file),
            new DocumentDescription { MediaType = MediaTypes.Of(file, null) },
            File.ReadAllBytes(file)));
        await knowledge.RunAsync(tenant, await knowledge.Queue.ImportAsync(tenant, documents.ToAsyncEnumerable(), CancellationToken.None));
        return tenant;
    }
}
