using System.Text.Json;
using Widget.Platform.Text;
using Widget.Rag.Remote;
using Widget.Rag.Search;

namespace Widget.Rag.Rerank;

/// <summary>Where a reranker is.</summary>
public sealed record RerankOptions
{
    /// <summary>What "/rerank" follows, as https://api.cohere.com/v2; null for none.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Sent as a bearer token; null when it wants none.</summary>
    public string? Key { get; init; }

    public string Model { get; init; } = "";

    /// <summary>Longest wait; the visitor waits with it.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>
/// The wire that Cohere (v2), Jina, vLLM, OpenVINO and others speak: <c>POST {endpoint}/rerank {model, query, documents, top_n}</c>, answered by
/// <c>{results: [{index, relevance_score}]}</c>, best first.
/// </summary>
public sealed class RerankClient(RerankOptions options) : IReranker, IDisposable
{
    private const int LargestAnswer = 1024 * 1024;

    // Rerankers read so much of a document and no more; the rest would only travel.
    private const int LongestPassage = 4_000;

    private readonly JsonEndpoint _endpoint = new(LargestAnswer);
    private readonly Uri _address = new($"{options.Endpoint!.AbsoluteUri.TrimEnd('/')}/rerank");

    public string Model => options.Model;

    public async Task<IReadOnlyList<double>> ScoreAsync(string question, IReadOnlyList<string> passages, CancellationToken ct)
    {
        var answer = await _endpoint.PostAsync(
            _address,
            options.Key is { } key ? ("Authorization", $"Bearer {key}") : null,
            new { model = options.Model, query = question, documents = passages.Select(passage => Truncation.Truncate(passage, LongestPassage)), top_n = passages.Count },
            ct);
        return Read(answer, passages.Count);
    }

    public void Dispose() => _endpoint.Dispose();

    internal static IReadOnlyList<double> Read(JsonElement answer, int count)
    {
        var scores = new double?[count];
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("results", out var results) || results.ValueKind != JsonValueKind.Array)
            throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its answer holds no results");
        foreach (var result in results.EnumerateArray())
        {
            if (result.ValueKind != JsonValueKind.Object
                || !result.TryGetProperty("index", out var place) || place.ValueKind != JsonValueKind.Number || !place.TryGetInt32(out var index) || index < 0 || index >= count
                || !result.TryGetProperty("relevance_score", out var relevance) || relevance.ValueKind != JsonValueKind.Number || !double.IsFinite(relevance.GetDouble()))
                throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its answer names no passage that was sent");
            scores[index] = relevance.GetDouble();
        }

        // Half an order is none.
        if (Array.Exists(scores, score => score is null)) throw new KnowledgeBaseException(KnowledgeFault.Malformed, "it left passages out");
        return Array.ConvertAll(scores, score => score!.Value);
    }
}
