using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Widget.Simulators.Tavus;

/// <summary>
/// The search of a replica's knowledge that an account or a gateway may offer. It validates the key, replica and body strictly. Errors look
/// like Tavus's: {"error"} or {"message"}, depending on the endpoint.
/// </summary>
public static partial class TavusEndpoints
{
    /// <summary>The valid key.</summary>
    public const string Key = "sim-tavus-key";

    /// <summary>The only replica.</summary>
    public const string Replica = "r4dcf31b60e1";

    public static void MapTavus(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/tavus/v1/replicas/{replica}/knowledge/search", SearchAsync);
        var control = routes.MapGroup("/control/tavus");
        control.MapPut("/", (TavusSwitches switches, TavusBehavior behavior) => behavior.Set(switches));
        control.MapGet("/requests", (TavusBehavior behavior) => behavior.Requests);
        control.MapGet("/received", (TavusBehavior behavior) => behavior.Received);
        routes.MapTavusApi();
        routes.MapTavusControl();
    }

    private static async Task<IResult> SearchAsync(string replica, HttpContext http, TavusBehavior behavior, CancellationToken ct)
    {
        behavior.Receive();
        var switches = behavior.Switches;
        if (http.Request.Headers["x-api-key"] != Key) return Results.Json(new { message = "Invalid access token" }, statusCode: 401);
        if (replica != Replica) return Results.Json(new { message = "Invalid replica_id" }, statusCode: 404);
        if (!http.Request.HasJsonContentType()) return Error("Content-Type must be application/json");
        JsonElement body;
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: ct);
            body = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return Error("The body is not JSON");
        }

        if (Problem(body) is { } problem) return Error(problem);
        behavior.Requests.Enqueue(body);
        if (switches.DelayMs > 0) await Task.Delay(switches.DelayMs, ct);
        if (switches.Hang) await Task.Delay(Timeout.Infinite, ct);
        if (behavior.FailsNow())
        {
            if (switches.RetryAfterSeconds is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString();
            // Real servers often repeat the request in the response.
            return Results.Json(
                new { error = $"could not search for: {body.GetProperty("query").GetString()}" },
                statusCode: switches.FailStatus);
        }

        var answer = switches.Body ?? Answer(switches, body.GetProperty("query").GetString()!, body.GetProperty("limit").GetInt32());
        if (!switches.Cut) return Results.Text(answer + new string(' ', switches.Padding), "application/json");
        http.Response.ContentLength = Encoding.UTF8.GetByteCount(answer);
        await http.Response.WriteAsync(answer[..(answer.Length / 2)], ct);
        await http.Response.Body.FlushAsync(ct);
        http.Abort();
        return Results.Empty;
    }

    private static IResult Error(string message) => Results.Json(new { error = message }, statusCode: 400);

    private static string? Problem(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) return "The body must be an object";
        foreach (var field in body.EnumerateObject())
            if (field.Name is not ("query" or "limit")) return $"Unknown field: {field.Name}";
        if (!body.TryGetProperty("query", out var query)
            || query.ValueKind != JsonValueKind.String
            || string.IsNullOrWhiteSpace(query.GetString())
            || query.GetString()!.Length > 2_000)
            return "query must be a string of 1 to 2000 characters";
        return body.TryGetProperty("limit", out var limit) && limit.ValueKind == JsonValueKind.Number && limit.TryGetInt32(out var number)
            && number is >= 1 and <= 100
            ? null
            : "limit must be a number from 1 to 100";
    }

    private static string Answer(TavusSwitches switches, string question, int limit)
    {
        var asked = WordsOf(question);
        var known = switches.Passages.Concat(
            switches.NearDuplicatesOf.Select(
                text => new TavusPassage(text.Replace(",", " –", StringComparison.Ordinal) + " Indeed.", "Copy")));
        var found = switches.Empty ? [] : known
            .Select(
                passage => (
                    Passage: passage,
                    Score: (double)WordsOf(passage.Text).Intersect(asked, StringComparer.Ordinal).Count() / Math.Max(1, asked.Count)))
            .OrderByDescending(entry => entry.Score)
            .Take(switches.Send ?? limit)
            .Select(entry => Entry(entry.Passage, entry.Score, switches.Scale));
        var list = new JsonArray([.. found]);
        return switches.List.Length == 0
            ? list.ToJsonString()
            : new JsonObject { [switches.List] = list, ["took_ms"] = 12, ["trace"] = new JsonObject { ["shard"] = 3 } }.ToJsonString();
    }

    private static JsonObject Entry(TavusPassage passage, double score, string scale)
    {
        var entry = new JsonObject { ["content"] = passage.Text, ["embedding_model"] = "unknown" };
        if (passage.Id is not null) entry["id"] = passage.Id;
        if (passage.DocumentId is not null) entry["document_id"] = passage.DocumentId;
        if (passage.Title is not null)
            entry["metadata"] = new JsonObject { ["document_name"] = passage.Title, ["document_url"] = passage.Url };
        switch (scale)
        {
            case "unit": entry["score"] = score; break;
            case "percent": entry["score"] = score * 100; break;
            case "distance": entry["distance"] = 1 - score; break;
            case "disguised": entry["score"] = 2 - score; break;
            case "logit": entry["score"] = (score * 1_000) - 700; break;
            case "constant": entry["score"] = 0.9; break;
        }

        return entry;
    }

    private static HashSet<string> WordsOf(string text) =>
        Word().Matches(text.ToLowerInvariant())
            .Select(match => match.Value)
            .Where(word => word.Length > 2)
            .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"[\p{L}\p{N}]+", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
