using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Widget.Platform.Text;
using Widget.Rag.Search;

namespace Widget.Rag.Tavus;

/// <summary>
/// Reads what a search endpoint answers. Which names it uses is documented nowhere, so the usual ones are understood and everything else is
/// passed over; a passage without text is left out, and an answer that holds no list of passages is refused.
/// </summary>
internal static class TavusAnswer
{
    private const int LongestText = 8_000;
    private const int LongestLabel = 500;
    private const int LongestUrl = 2_000;

    // Beyond this a score is no measure of anything, and differences overflow.
    private const double Believable = 1e9;

    private static readonly string[] Lists = ["results", "data", "hits", "matches", "documents", "chunks", "passages"];
    private static readonly string[] Texts = ["content", "text", "chunk", "passage", "snippet", "body"];
    private static readonly string[] Titles = ["title", "document_name", "documentName", "name", "file_name"];
    private static readonly string[] Urls = ["url", "document_url", "documentUrl", "source_url", "link", "source"];
    private static readonly string[] PassageIds = ["id", "chunk_id", "chunkId"];
    private static readonly string[] DocumentIds = ["document_id", "documentId", "uuid", "doc_id"];
    private static readonly string[] Scores = ["score", "relevance_score", "relevance", "similarity"];
    private static readonly string[] Nested = ["metadata", "document", "chunk", "payload"];

    /// <param name="answer">The whole answer.</param>
    /// <param name="most">Most hits taken; a server may send more than it was asked for.</param>
    /// <exception cref="KnowledgeBaseException">It holds no list of passages.</exception>
    public static IReadOnlyList<Hit> Read(JsonElement answer, int most)
    {
        var list = answer;
        if (answer.ValueKind == JsonValueKind.Object)
            list = Array.Find(Lists, name => answer.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Array) is { } named ? answer.GetProperty(named) : default;
        if (list.ValueKind != JsonValueKind.Array) throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its answer holds no list of passages");
        try
        {
            var passages = list.EnumerateArray().Take(most).Select(Passage).OfType<(Hit Hit, double? Score, double? Distance)>().ToArray();
            if (passages.Length == 0 && list.GetArrayLength() > 0) throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its passages have no text");
            var scores = Scale([.. passages.Select(passage => passage.Score)], [.. passages.Select(passage => passage.Distance)]);
            return [.. passages.Zip(scores, (passage, score) => passage.Hit with { Score = score }).OrderByDescending(hit => hit.Score)];
        }
        catch (InvalidOperationException e)
        {
            // Half a surrogate pair, which JSON can write and a string cannot hold.
            throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its answer holds broken text", cause: e);
        }
    }

    /// <summary>
    /// Scores of any scale to 0 to 1, higher is better, the order kept. Distances are turned round; so are scores that rise along a list that
    /// is best first, as distances by another name do. A hundred-point scale is divided by its hundred, any other is measured by its own best
    /// and worst; passages without scores count by their place.
    /// </summary>
    internal static double[] Scale(IReadOnlyList<double?> scores, IReadOnlyList<double?> distances)
    {
        var values = scores.All(score => score is not null) ? scores.Select(score => score!.Value).ToArray() : null;
        if (values is null && distances.All(distance => distance is not null)) values = [.. distances.Select(distance => -distance!.Value)];
        if (values is null || values.Length == 0 || !values.All(value => Math.Abs(value) < Believable)) return [.. scores.Select((_, place) => 1.0 / (place + 1))];
        var rises = values.Length > 2 && values[0] < values[^1] && values.Zip(values.Skip(1)).All(pair => pair.First <= pair.Second);
        if (rises && scores.All(score => score is not null)) values = [.. values.Select(value => -value)];
        var (worst, best) = (values.Min(), values.Max());
        if (worst >= 0 && best <= 1) return values;
        if (worst >= 0 && best <= 100) return [.. values.Select(value => value / 100)];
        // The worst of a list is still a hit: it keeps a tenth.
        return [.. values.Select(value => best > worst ? 0.1 + (0.9 * (value - worst) / (best - worst)) : 1)];
    }

    private static (Hit Hit, double? Score, double? Distance)? Passage(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object || Text(entry, Texts, LongestText) is not { } text) return null;
        var url = Text(entry, Urls, LongestUrl) is { } address && Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? address : null;
        var document = Text(entry, DocumentIds, LongestLabel) ?? url ?? Text(entry, Titles, LongestLabel) ?? "";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{document}\n{text}")))[..16];
        var hit = new Hit
        {
            ExternalId = document.Length > 0 ? document : hash,
            ForeignId = Text(entry, PassageIds, LongestLabel) ?? hash,
            Title = Text(entry, Titles, LongestLabel) ?? url ?? "",
            Text = text,
            Url = url,
            Locator = new Locator { Page = Number(entry, ["page", "page_number"]) is > 0 and < 1_000_000 and var page ? (int)page : null },
            Score = 0,
            Origins = [KnowledgeBases.Tavus],
        };
        return (hit, Number(entry, Scores), Number(entry, ["distance"]));
    }

    private static string? Text(JsonElement entry, string[] names, int longest)
    {
        var value = Find(entry, names, JsonValueKind.String)?.GetString() ?? Find(entry, names, JsonValueKind.Number)?.GetRawText();
        return string.IsNullOrWhiteSpace(value) ? null : Prefix.Of(value.Replace('\0', ' ').Trim(), longest);
    }

    private static double? Number(JsonElement entry, string[] names) =>
        Find(entry, names, JsonValueKind.Number) is { } number && number.TryGetDouble(out var value) ? value : null;

    // In the entry itself before what it wraps.
    private static JsonElement? Find(JsonElement entry, string[] names, JsonValueKind kind)
    {
        foreach (var name in names)
            if (entry.TryGetProperty(name, out var value) && value.ValueKind == kind) return value;
        foreach (var name in Nested)
        {
            if (!entry.TryGetProperty(name, out var inner) || inner.ValueKind != JsonValueKind.Object) continue;
            foreach (var wrapped in names)
                if (inner.TryGetProperty(wrapped, out var value) && value.ValueKind == kind) return value;
        }

        return null;
    }
}
