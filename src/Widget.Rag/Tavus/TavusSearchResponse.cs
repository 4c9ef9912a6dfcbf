using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Widget.Platform.Text;
using Widget.Rag.Search;

namespace Widget.Rag.Tavus;

/// <summary>
/// Parses the response of a search endpoint. Its field names are not documented, so common names are accepted and other fields are ignored.
/// Passages without text are left out, and a response without a list of passages is rejected.
/// </summary>
internal static class TavusSearchResponse
{
    private const int MaxTextLength = 8_000;
    private const int MaxLabelLength = 500;
    private const int MaxUrlLength = 2_000;

    // Larger scores mean nothing, and their differences could overflow.
    private const double MaxScore = 1e9;

    private static readonly string[] Lists = ["results", "data", "hits", "matches", "documents", "chunks", "passages"];
    private static readonly string[] Texts = ["content", "text", "chunk", "passage", "snippet", "body"];
    private static readonly string[] Titles = ["title", "document_name", "documentName", "name", "file_name"];
    private static readonly string[] Urls = ["url", "document_url", "documentUrl", "source_url", "link", "source"];
    private static readonly string[] PassageIds = ["id", "chunk_id", "chunkId"];
    private static readonly string[] DocumentIds = ["document_id", "documentId", "uuid", "doc_id"];
    private static readonly string[] Scores = ["score", "relevance_score", "relevance", "similarity"];
    private static readonly string[] Nested = ["metadata", "document", "chunk", "payload"];

    /// <param name="response">The complete response.</param>
    /// <param name="maxHits">Maximum number of hits; a server may send more than requested.</param>
    /// <exception cref="KnowledgeBaseException">The response has no list of passages.</exception>
    public static IReadOnlyList<Hit> Parse(JsonElement response, int maxHits)
    {
        var list = response;
        if (response.ValueKind == JsonValueKind.Object)
            list = Array.Find(
                Lists,
                name => response.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Array) is { } named
                ? response.GetProperty(named)
                : default;
        if (list.ValueKind != JsonValueKind.Array)
            throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its response has no list of passages");
        try
        {
            var passages = list.EnumerateArray()
                .Take(maxHits)
                .Select(Passage)
                .OfType<(Hit Hit, double? Score, double? Distance)>()
                .ToArray();
            if (passages.Length == 0 && list.GetArrayLength() > 0)
                throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its passages have no text");
            var scores = Scale([.. passages.Select(passage => passage.Score)], [.. passages.Select(passage => passage.Distance)]);
            return [.. passages.Zip(scores, (passage, score) => passage.Hit with { Score = score }).OrderByDescending(hit => hit.Score)];
        }
        catch (InvalidOperationException e)
        {
            // Half a surrogate pair, which JSON can contain and a string must not.
            throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its response has invalid text", cause: e);
        }
    }

    /// <summary>
    /// Maps scores of any scale to values from 0 to 1 and keeps their order; higher is better. Distances are inverted. Lists are sorted
    /// with the best first, so scores that rise along the list are also treated as distances. Percentages are divided by 100; other scales
    /// are normalised by their minimum and maximum. Passages without scores are ranked by position.
    /// </summary>
    internal static double[] Scale(IReadOnlyList<double?> scores, IReadOnlyList<double?> distances)
    {
        var values = scores.All(score => score is not null) ? scores.Select(score => score!.Value).ToArray() : null;
        if (values is null && distances.All(distance => distance is not null)) values = [.. distances.Select(distance => -distance!.Value)];
        if (values is null || values.Length == 0 || !values.All(value => Math.Abs(value) < MaxScore))
            return [.. scores.Select((_, place) => 1.0 / (place + 1))];
        var rises = values.Length > 2 && values[0] < values[^1] && values.Zip(values.Skip(1)).All(pair => pair.First <= pair.Second);
        if (rises && scores.All(score => score is not null)) values = [.. values.Select(value => -value)];
        var (worst, best) = (values.Min(), values.Max());
        if (worst >= 0 && best <= 1) return values;
        if (worst >= 0 && best <= 100) return [.. values.Select(value => value / 100)];
        // The worst hit of a list is still a hit: it keeps a score of 0.1.
        return [.. values.Select(value => best > worst ? 0.1 + (0.9 * (value - worst) / (best - worst)) : 1)];
    }

    private static (Hit Hit, double? Score, double? Distance)? Passage(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object || Text(entry, Texts, MaxTextLength) is not { } text) return null;
        var url = Text(entry, Urls, MaxUrlLength) is { } address
            && Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
            ? address
            : null;
        var document = Text(entry, DocumentIds, MaxLabelLength) ?? url ?? Text(entry, Titles, MaxLabelLength) ?? "";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{document}\n{text}")))[..16];
        var hit = new Hit
        {
            ExternalId = document.Length > 0 ? document : hash,
            ForeignId = Text(entry, PassageIds, MaxLabelLength) ?? hash,
            Title = Text(entry, Titles, MaxLabelLength) ?? url ?? "",
            Text = text,
            Url = url,
            Locator = new Locator { Page = Number(entry, ["page", "page_number"]) is > 0 and < 1_000_000 and var page ? (int)page : null },
            Score = 0,
            Origins = [KnowledgeBases.Tavus],
        };
        return (hit, Number(entry, Scores), Number(entry, ["distance"]));
    }

    private static string? Text(JsonElement entry, string[] names, int maxLength)
    {
        var value = Find(entry, names, JsonValueKind.String)?.GetString() ?? Find(entry, names, JsonValueKind.Number)?.GetRawText();
        return string.IsNullOrWhiteSpace(value) ? null : Truncation.Truncate(value.Replace('\0', ' ').Trim(), maxLength);
    }

    private static double? Number(JsonElement entry, string[] names) =>
        Find(entry, names, JsonValueKind.Number) is { } number && number.TryGetDouble(out var value) ? value : null;

    // Searches the entry itself before its nested objects.
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
