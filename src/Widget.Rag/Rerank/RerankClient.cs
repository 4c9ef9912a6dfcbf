using System.Text.Json;
using Widget.Platform.Text;
using Widget.Rag.Remote;
using Widget.Rag.Search;

namespace Widget.Rag.Rerank;

/// <summary>The reranker that the operator configures.</summary>
public sealed record RerankOptions
{
    /// <summary>The address before "/rerank", such as https://api.cohere.com/v2; null for no reranker.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Sent as a bearer token; null when the reranker needs no key.</summary>
    public string? Key { get; init; }

    public string Model { get; init; } = "";

    /// <summary>The time limit for one call. The visitor waits for it.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>
/// The protocol of Cohere (v2), Jina, vLLM, OpenVINO and others: <c>POST {endpoint}/rerank {model, query, documents, top_n}</c>, answered
/// with <c>{results: [{index, relevance_score}]}</c>, best first.
/// </summary>
public sealed class RerankClient(RerankOptions options, IHttpClientFactory clients) : IReranker
{
    private const int MaxResponseBytes = 1024 * 1024;

    // Rerankers ignore the rest of a longer passage.
    private const int MaxPassageLength = 4_000;

    private readonly JsonEndpoint _endpoint = new(clients.CreateClient(JsonEndpoint.Client), MaxResponseBytes);
    private readonly Uri _address = new($"{options.Endpoint!.AbsoluteUri.TrimEnd('/')}/rerank");

    public string Model => options.Model;

    public async Task<IReadOnlyList<double>> ScoreAsync(string question, IReadOnlyList<string> passages, CancellationToken ct)
    {
        var response = await _endpoint.PostAsync(
            _address,
            options.Key is { } key ? ("Authorization", $"Bearer {key}") : null,
            new
            {
                model = options.Model,
                query = question,
                documents = passages.Select(passage => Truncation.Truncate(passage, MaxPassageLength)),
                top_n = passages.Count,
            },
            ct);
        return ParseScores(response, passages.Count);
    }

    internal static IReadOnlyList<double> ParseScores(JsonElement response, int count)
    {
        if (response.ValueKind != JsonValueKind.Object
            || !response.TryGetProperty("results", out var results)
            || results.ValueKind != JsonValueKind.Array)
            throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its response has no results");
        var scores = new double?[count];
        foreach (var result in results.EnumerateArray())
        {
            var (index, score) = ParseScore(result);
            if (index is not { } place || place < 0 || place >= count || score is not { } relevance || !double.IsFinite(relevance))
                throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its response scores a passage that was not sent");
            scores[place] = relevance;
        }

        if (Array.Exists(scores, score => score is null))
            throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its response leaves passages out");
        return Array.ConvertAll(scores, score => score!.Value);
    }

    private static (int? Index, double? Score) ParseScore(JsonElement result)
    {
        if (result.ValueKind != JsonValueKind.Object) return default;
        int? index = result.TryGetProperty("index", out var place)
            && place.ValueKind == JsonValueKind.Number
            && place.TryGetInt32(out var number) ? number : null;
        double? score = result.TryGetProperty("relevance_score", out var relevance)
            && relevance.ValueKind == JsonValueKind.Number ? relevance.GetDouble() : null;
        return (index, score);
    }
}
