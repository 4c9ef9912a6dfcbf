using Widget.Platform.Tenancy;
using Widget.Rag.Reading;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// When to refuse to answer: how often answerable questions are refused and unanswerable ones are let through, on the demo companies
/// (tests/data/answerable.tsv), on each other's questions and on a test collection. Also both error rates at the two thresholds in use with
/// 95 % confidence intervals, and what the rule for relevant passages keeps and drops.
/// </summary>
internal static class RefusalBenchmark
{
    private static readonly double[] Thresholds = [0.25, 0.4, 0.5, 0.6, 0.75];
    private static readonly double[] Shares = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];

    public static async Task RunAsync(string folder)
    {
        var collection = TestCollection.Load(folder);
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        var harbor = await DemoAsync(database, knowledge, "harbor");
        var lumen = await DemoAsync(database, knowledge, "lumen");
        var papers = await database.AddTenantAsync();
        await knowledge.ImportAsync(papers, collection.Documents);

        var labelled = (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "tests", "data", "answerable.tsv")))
            .Select(line => line.Split('\t'))
            .ToList();
        IEnumerable<(TenantId, string)> Labelled(string answer, bool swapped = false) => labelled
            .Where(row => row[1] == answer)
            .Select(row => ((row[0] == "harbor") != swapped ? harbor : lumen, row[2]));

        Console.WriteLine($"{"",-58} {string.Join(' ', Thresholds.Select(threshold => $"{threshold,6:0.00}"))}");
        var answered = await ReportAsync(
            knowledge,
            "turned away: demo companies, answered on their pages",
            Labelled("yes"),
            turnedAway: true);
        var own = await ReportAsync(
            knowledge,
            "turned away: the collection's own queries",
            collection.Queries.Select(query => (papers, query.Text)),
            turnedAway: true);
        var absent = await ReportAsync(knowledge, "let through: demo companies, not on their pages", Labelled("no"), turnedAway: false);
        var others = await ReportAsync(
            knowledge,
            "let through: the other company's questions",
            Labelled("yes", swapped: true),
            turnedAway: false);
        var queries = await ReportAsync(
            knowledge,
            "let through: the collection's queries to a company",
            collection.Queries.Select(query => (harbor, query.Text)),
            turnedAway: false);
        var strange = await ReportAsync(
            knowledge,
            "let through: the companies' questions to the collection",
            labelled.Select(row => (papers, row[2])),
            turnedAway: false);

        foreach (var (threshold, what) in new[] { (0.5, "quoting"), (0.25, "with a model") })
        {
            Console.WriteLine($"\nat {threshold:0.00} ({what}), with 95 % intervals");
            Print("demo companies: false refusals", answered, threshold, turnedAway: true);
            Print("demo companies: false answers", [.. absent, .. others, .. queries], threshold, turnedAway: false);
            Print("collection: false refusals", own, threshold, turnedAway: true);
            Print("collection: false answers", strange, threshold, turnedAway: false);
        }

        await RelevanceAsync(
            knowledge,
            "the collection",
            collection.Queries.Where(query => collection.Judgements.ContainsKey(query.Id))
                .Select(
                    query =>
                        (
                            papers,
                            query.Text,
                            (Func<Hit, bool>)(hit => collection.Judgements[query.Id].GetValueOrDefault(hit.ExternalId) > 0))));
        // The page that answers is known for the questions of the dialogues. Here, those that make sense by themselves are used.
        var dialogues = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "tests", "data", "follow-ups.tsv"));
        await RelevanceAsync(
            knowledge,
            "the demo companies",
            dialogues.Select(line => line.Split('\t')).Where(row => row[5] == "no" && row[7] != "-").Select(row => (
                row[1] == "harbor" ? harbor : lumen,
                row[4],
                (Func<Hit, bool>)(hit => Path.GetFileNameWithoutExtension(hit.ExternalId) == row[7]))));
    }

    /// <summary>
    /// The Wilson score interval of a share (Wilson 1927; recommended by Brown, Cai &amp; DasGupta 2001), valid for small samples and
    /// shares near 0 and 1: (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n).
    /// </summary>
    internal static (double Low, double High) Wilson(int count, int of)
    {
        if (of == 0) return (0, 1);
        const double Z = 1.959964;
        var share = (double)count / of;
        var middle = share + (Z * Z / (2 * of));
        var width = Z * Math.Sqrt((share * (1 - share) / of) + (Z * Z / (4.0 * of * of)));
        var scale = 1 + (Z * Z / of);
        return (Math.Max(0, (middle - width) / scale), Math.Min(1, (middle + width) / scale));
    }

    private static void Print(string name, IReadOnlyList<double> confidences, double threshold, bool turnedAway)
    {
        var count = confidences.Count(confidence => confidence < threshold == turnedAway);
        var (low, high) = Wilson(count, confidences.Count);
        Console.WriteLine(
            $"  {name,-34} {(double)count / confidences.Count,6:0.0 %}   {low:0.0 %} to {high:0.0 %}   ({count} of {confidences.Count})");
    }

    // Of the six passages that an answer may use, those judged relevant should be kept and the others dropped.
    private static async Task RelevanceAsync(
        Knowledge knowledge,
        string name,
        IEnumerable<(TenantId Tenant, string Text, Func<Hit, bool> IsRelevant)> questions)
    {
        var hits = new List<(double Share, bool IsRelevant, bool IsFirst)>();
        foreach (var (tenant, text, isRelevant) in questions)
        {
            var found = await knowledge.Base.SearchAsync(
                new KnowledgeQuery { TenantId = tenant, Text = text, Limit = 6 },
                CancellationToken.None);
            hits.AddRange(found.Hits.Select((hit, place) => (hit.Score / found.Hits[0].Score, isRelevant(hit), place == 0)));
        }

        Console.WriteLine($"\npassages of {name}, dropped below a share of the best score (the best itself always stays)");
        Console.WriteLine($"  {"",-24} {string.Join(' ', Shares.Select(share => $"{share,6:0.00}"))}");
        foreach (var relevant in new[] { true, false })
        {
            var all = hits.Where(hit => hit.IsRelevant == relevant).ToList();
            var dropped = Shares.Select(share => all.Count(hit => !hit.IsFirst && hit.Share < share) / (double)all.Count);
            Console.WriteLine(
                $"  {(relevant ? "relevant, dropped" : "not relevant, dropped"),-24} "
                    + $"{string.Join(' ', dropped.Select(share => $"{share,6:0.0 %}"))}   of {all.Count}");
        }
    }

    private static async Task<IReadOnlyList<double>> ReportAsync(
        Knowledge knowledge,
        string name,
        IEnumerable<(TenantId Tenant, string Text)> questions,
        bool turnedAway)
    {
        var confidences = new List<double>();
        foreach (var (tenant, text) in questions)
            confidences.Add(
                (
                    await knowledge.Base.SearchAsync(
                        new KnowledgeQuery { TenantId = tenant, Text = text, Limit = 6 },
                        CancellationToken.None)).Confidence);
        var shares = Thresholds.Select(
            threshold => confidences.Count(confidence => confidence < threshold == turnedAway) / (double)confidences.Count);
        Console.WriteLine($"{name,-58} {string.Join(' ', shares.Select(share => $"{share,6:0.0 %}"))}   of {confidences.Count}");
        return confidences;
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
