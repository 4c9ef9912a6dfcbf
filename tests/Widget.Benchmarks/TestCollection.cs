using System.Text.Json;

namespace Widget.Benchmarks;

/// <summary>
/// A retrieval test collection: corpus.jsonl {id, title, text}, queries.jsonl {id, text}, qrels.tsv with query, document, grade.
/// </summary>
internal sealed record TestCollection(
    IReadOnlyList<(string Id, string Title, string Text)> Documents,
    IReadOnlyList<(string Id, string Text)> Queries,
    IReadOnlyDictionary<string, Dictionary<string, int>> Judgements)
{
    public static TestCollection Load(string folder)
    {
        var documents = Lines(folder, "corpus.jsonl").Select(line => (
            Text(line, "id"),
            line.TryGetProperty("title", out var title) ? title.GetString() ?? "" : "",
            Text(line, "text"))).ToList();
        var queries = Lines(folder, "queries.jsonl").Select(line => (Text(line, "id"), Text(line, "text"))).ToList();
        var judgements = File.ReadLines(Path.Combine(folder, "qrels.tsv"))
            .Select(line => line.Split('\t'))
            .Where(fields => fields.Length >= 3)
            .GroupBy(fields => fields[0], StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => group.ToDictionary(fields => fields[1], fields => int.Parse(fields[2]), StringComparer.Ordinal),
                StringComparer.Ordinal);
        return new TestCollection(documents, queries, judgements);
    }

    private static IEnumerable<JsonElement> Lines(string folder, string file) =>
        File.ReadLines(Path.Combine(folder, file)).Select(line => JsonDocument.Parse(line).RootElement);

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString() ?? "";
}

/// <summary>Metrics of a run, averaged over the queries that have a relevant document.</summary>
/// <param name="Ndcg">nDCG@10 with gain = grade, discount = log2(rank + 1).</param>
/// <param name="Recall">Share of the relevant documents among the first hundred.</param>
internal readonly record struct Measures(double Ndcg, double Recall)
{
    private const int RankDepth = 10;
    private const int RecallDepth = 100;

    /// <param name="collection">The judgements.</param>
    /// <param name="run">Document ids by query id, best first, each once.</param>
    public static Measures Of(TestCollection collection, IReadOnlyDictionary<string, string[]> run)
    {
        var (ndcg, recall, count) = (0.0, 0.0, 0);
        foreach (var (query, grades) in collection.Judgements)
        {
            var relevant = grades.Where(grade => grade.Value > 0).ToDictionary(StringComparer.Ordinal);
            if (relevant.Count == 0 || !run.TryGetValue(query, out var ranking)) continue;
            count++;
            ndcg += Gain(ranking.Select(id => relevant.GetValueOrDefault(id))) / Gain(relevant.Values.OrderDescending());
            recall += (double)ranking.Take(RecallDepth).Count(relevant.ContainsKey) / relevant.Count;
        }

        return new Measures(ndcg / count, recall / count);
    }

    private static double Gain(IEnumerable<int> grades) =>
        grades.Take(RankDepth).Select((grade, place) => grade / Math.Log2(place + 2)).Sum();
}
