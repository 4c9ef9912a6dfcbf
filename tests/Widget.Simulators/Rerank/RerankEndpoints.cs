using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Widget.Simulators.Rerank;

/// <summary>How the simulated reranker behaves.</summary>
public sealed record RerankSwitches
{
    /// <summary>Delay before the first byte of a response.</summary>
    public int DelayMs { get; init; }

    /// <summary>Answers this many requests with <see cref="FailStatus"/>.</summary>
    public int FailNext { get; init; }

    public int FailStatus { get; init; } = 500;

    /// <summary>Sends exactly this body with status 200.</summary>
    public string? Body { get; init; }

    /// <summary>Leaves out the last passage.</summary>
    public bool Forget { get; init; }
}

/// <summary>The current settings and the requests.</summary>
public sealed class RerankBehavior
{
    private int _failuresLeft;

    public RerankSwitches Switches { get; private set; } = new();

    /// <summary>Bodies of valid requests, oldest first.</summary>
    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    public void Set(RerankSwitches switches)
    {
        Switches = switches;
        _failuresLeft = switches.FailNext;
        Requests.Clear();
    }

    public bool FailsNow() => Interlocked.Decrement(ref _failuresLeft) >= 0;
}

/// <summary>
/// The rerank endpoint of Cohere's API v2 and compatible servers. The score of a passage is the share of the query's words that it
/// contains.
/// </summary>
public static partial class RerankEndpoints
{
    /// <summary>The only valid key.</summary>
    public const string Key = "sim-key";

    public const string Model = "sim-rerank";

    public static void MapRerank(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/cohere/v2/rerank", RerankAsync);
        var control = routes.MapGroup("/control/rerank");
        control.MapPut("/", (RerankSwitches switches, RerankBehavior behavior) => behavior.Set(switches));
        control.MapGet("/requests", (RerankBehavior behavior) => behavior.Requests);
    }

    private static async Task<IResult> RerankAsync(HttpContext http, RerankBehavior behavior, CancellationToken ct)
    {
        if (http.Request.Headers.Authorization != $"Bearer {Key}") return Error(401, "invalid api token");
        if (!http.Request.HasJsonContentType()) return Error(400, "Content-Type must be application/json");
        JsonElement body;
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: ct);
            body = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return Error(400, "invalid json syntax");
        }

        if (Problem(body) is { } problem) return Error(400, problem);
        if (body.GetProperty("model").GetString() != Model) return Error(404, "model not found");
        behavior.Requests.Enqueue(body);
        var switches = behavior.Switches;
        if (switches.DelayMs > 0) await Task.Delay(switches.DelayMs, ct);
        if (behavior.FailsNow()) return Error(switches.FailStatus, "the service is having trouble");
        if (switches.Body is { } said) return Results.Text(said, "application/json");

        var asked = WordsOf(body.GetProperty("query").GetString()!);
        var results = body.GetProperty("documents").EnumerateArray()
            .Select(
                (document, index) => new
                {
                    index,
                    relevance_score = (double)WordsOf(document.GetString()!).Intersect(asked, StringComparer.Ordinal).Count()
                        / Math.Max(1, asked.Count),
                })
            .OrderByDescending(result => result.relevance_score)
            .Take(body.TryGetProperty("top_n", out var most) ? most.GetInt32() : int.MaxValue)
            .ToList();
        if (switches.Forget) results.RemoveAt(results.Count - 1);
        return Results.Json(
            new { id = "0d4f5c1e", results, meta = new { api_version = new { version = "2" }, billed_units = new { search_units = 1 } } });
    }

    private static IResult Error(int status, string message) => Results.Json(new { id = "0d4f5c1e", message }, statusCode: status);

    private static string? Problem(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) return "the body must be an object";
        foreach (var field in body.EnumerateObject())
            if (field.Name is not ("model" or "query" or "documents" or "top_n" or "max_tokens_per_doc" or "priority"))
                return $"unknown field: {field.Name}";
        if (!Is(body, "model", JsonValueKind.String)
            || !Is(body, "query", JsonValueKind.String)
            || !Is(body, "documents", JsonValueKind.Array))
            return "model, query and documents are needed";
        var documents = body.GetProperty("documents");
        if (documents.GetArrayLength() is 0 or > 1_000
            || documents.EnumerateArray().Any(document => document.ValueKind != JsonValueKind.String))
            return "documents must be 1 to 1000 strings";
        return body.TryGetProperty("top_n", out var most)
            && !(most.ValueKind == JsonValueKind.Number && most.TryGetInt32(out var number) && number >= 1)
                ? "top_n must be at least 1"
                : null;
    }

    private static bool Is(JsonElement body, string name, JsonValueKind kind) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == kind;

    private static HashSet<string> WordsOf(string text) =>
        Word().Matches(text.ToLowerInvariant())
            .Select(match => match.Value)
            .Where(word => word.Length > 2)
            .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"[\p{L}\p{N}]+", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
