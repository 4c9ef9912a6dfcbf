using Widget.Api.Answers;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// Rewriting follow-up questions by rule, on the dialogues of tests/data/follow-ups.tsv: how well follow-ups are recognised, and what a
/// search for the rewritten question finds. The rules were made on the half "tune"; "report" is the result.
/// </summary>
internal static class FollowUpsBenchmark
{
    private const int Depth = 5;

    public static async Task RunAsync()
    {
        var dialogues = File.ReadLines(Path.Combine(Repository.Root, "tests", "data", "follow-ups.tsv")).Select(Dialogue.Parse).ToList();
        foreach (var half in dialogues.GroupBy(dialogue => dialogue.Half, StringComparer.Ordinal)) Detection(half.Key, [.. half]);

        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        var tenants = new Dictionary<string, TenantId>(StringComparer.Ordinal)
        {
            ["harbor"] = await RefusalBenchmark.DemoAsync(database, knowledge, "harbor"),
            ["lumen"] = await RefusalBenchmark.DemoAsync(database, knowledge, "lumen"),
        };
        foreach (var half in dialogues.Where(dialogue => dialogue.Page != "-").GroupBy(dialogue => dialogue.Half, StringComparer.Ordinal))
        {
            Console.WriteLine($"{half.Key,-8} {"",-34} {"first",7} {"in 5",7} {"MRR",7} {"turned away at 0.5",20} {"0.25",7}");
            var followUps = half.Where(dialogue => dialogue.IsFollowUp).ToList();
            await SearchAsync(knowledge, tenants, "follow-ups as asked", followUps, dialogue => dialogue.Question);
            await SearchAsync(knowledge, tenants, "follow-ups as searched", followUps, dialogue => dialogue.Searched);
            await SearchAsync(
                knowledge,
                tenants,
                "questions before and after, joined",
                followUps,
                dialogue => $"{dialogue.Before} {dialogue.Question}");
            var others = half.Where(dialogue => !dialogue.IsFollowUp).ToList();
            await SearchAsync(knowledge, tenants, "new topics as asked", others, dialogue => dialogue.Question);
            await SearchAsync(knowledge, tenants, "new topics as searched", others, dialogue => dialogue.Searched);
            // The same dialogues with the other company's knowledge, which does not answer them.
            var strangers = followUps.ConvertAll(
                dialogue => dialogue with { Tenant = dialogue.Tenant == "harbor" ? "lumen" : "harbor", Page = "" });
            await SearchAsync(knowledge, tenants, "with the other company as searched", strangers, dialogue => dialogue.Searched);
        }
    }

    private static void Detection(string half, List<Dialogue> dialogues)
    {
        int Count(bool isOne, bool told) => dialogues.Count(dialogue => dialogue.IsFollowUp == isOne && dialogue.IsTold == told);
        Console.WriteLine(
            $"{half}: {dialogues.Count} dialogues, {(Count(true, true) + Count(false, false)) / (double)dialogues.Count:0.0 %} told right");
        Console.WriteLine($"  {"",-22} {"taken as follow-up",20} {"taken as it is",16}");
        Console.WriteLine($"  {"a follow-up",-22} {Count(true, true),20} {Count(true, false),16}");
        Console.WriteLine($"  {"stands by itself",-22} {Count(false, true),20} {Count(false, false),16}");
        foreach (var wrong in dialogues.Where(dialogue => dialogue.IsFollowUp != dialogue.IsTold))
            Console.WriteLine($"  wrong: {wrong.Before} | {wrong.Question}");
    }

    private static async Task SearchAsync(
        Knowledge knowledge,
        Dictionary<string, TenantId> tenants,
        string name,
        List<Dialogue> dialogues,
        Func<Dialogue, string> text)
    {
        var ranks = new List<int>();
        var confidences = new List<double>();
        foreach (var dialogue in dialogues)
        {
            var found = await knowledge.Base.SearchAsync(
                new KnowledgeQuery { TenantId = tenants[dialogue.Tenant], Text = text(dialogue), Limit = 20 },
                CancellationToken.None);
            var pages = found.Hits
                .Select(hit => Path.GetFileNameWithoutExtension(hit.ExternalId))
                .Distinct(StringComparer.Ordinal)
                .ToList();
            ranks.Add(pages.IndexOf(dialogue.Page) + 1);
            confidences.Add(found.Confidence);
        }

        double Share(Func<int, bool> is_) => ranks.Count(is_) / (double)ranks.Count;
        Console.WriteLine(
            $"{"",-8} {name,-34} {Share(rank => rank == 1),7:0.0 %} {Share(rank => rank is > 0 and <= Depth),7:0.0 %} "
                + $"{ranks.Average(rank => rank == 0 ? 0 : 1.0 / rank),7:0.000} "
            + $"{confidences.Count(confidence => confidence < 0.5) / (double)confidences.Count,20:0.0 %} "
            + $"{confidences.Count(confidence => confidence < 0.25) / (double)confidences.Count,7:0.0 %}   of {ranks.Count}");
    }

    private sealed record Dialogue(string Half, string Tenant, string Before, string Title, string Question, bool IsFollowUp, string Page)
    {
        public bool IsTold => FollowUps.IsFollowUp(Question, Before);

        public string Searched => IsTold ? FollowUps.Rewrite(Question, [Before], Title) : Question;

        public static Dialogue Parse(string line)
        {
            var fields = line.Split('\t');
            return new Dialogue(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5] == "yes", fields[7]);
        }
    }
}
