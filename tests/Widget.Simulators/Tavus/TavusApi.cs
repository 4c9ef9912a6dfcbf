using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

/// <summary>A request that Tavus refuses, with Tavus's message.</summary>
/// <param name="under">error or message: the field that the endpoint uses.</param>
internal sealed class Refusal(int status, string message, string under = "error") : Exception(message)
{
    public int Status => status;

    public string Under => under;

    public static Refusal Invalid(string problem) => new(400, $"Bad Request. {problem}");
}

/// <summary>The account of a request, and helpers for endpoints.</summary>
internal sealed record ApiCall(SimulatedTavus Tavus, SimulatedAccount Account, HttpContext Http, JsonElement? RawBody)
{
    /// <summary>Whether the request used the new names. The response uses the same names.</summary>
    public bool Renamed =>
        Http.Request.Path.Value!.Contains("/v2/pals", StringComparison.Ordinal) || Http.Request.Path.Value!.Contains(
            "/v2/faces",
            StringComparison.Ordinal) || Account.Terms.Family == "new";

    public string Id => (string)Http.Request.RouteValues["id"]!;

    /// <summary>The validated body, under old names.</summary>
    public JsonElement Body(Shape shape)
    {
        if (RawBody is not { } raw) throw Refusal.Invalid("body: Missing data for required field.");
        var body = Names.Read(raw, Account.Terms.Family, out var problem);
        if ((problem ?? shape(body)) is { } wrong) throw Refusal.Invalid(wrong);
        return body;
    }

    public JsonObject Fields(Shape shape) => JsonNode.Parse(Body(shape).GetRawText())!.AsObject();

    public IResult Ok(JsonObject item) => Results.Text(Strange(Names.Write(item, Renamed)).ToJsonString(), "application/json");

    /// <summary>One page, by the parameters limit and page.</summary>
    public IResult Page(IReadOnlyList<JsonObject> all, int first = 1)
    {
        var (limit, page) = (Whole("limit", 10, 1, 100), Whole("page", first, first, 1_000_000));
        var items = all.Skip((page - first) * limit).Take(limit).Select(item => (JsonNode)Strange(Names.Write(item, Renamed)));
        return Results.Text(
            new JsonObject
            {
                ["data"] = new JsonArray([.. items]),
                ["total_count"] = all.Count,
                ["page"] = page,
                ["limit"] = limit,
            }.ToJsonString(),
            "application/json");
    }

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>Rejects parameters other than these. Lists also accept limit and page.</summary>
    public ApiCall Allow(params string[] parameters)
    {
        foreach (var given in Http.Request.Query.Keys)
            if (!parameters.Contains(given, StringComparer.Ordinal)) throw Refusal.Invalid($"{given}: Unknown field.");
        return this;
    }

    private int Whole(string name, int otherwise, int least, int most) =>
        Query(name) is not { } text ? otherwise
        : int.TryParse(
            text,
            NumberStyles.Integer,
            CultureInfo.InvariantCulture,
            out var number) && number >= least && number <= most ? number
        : throw Refusal.Invalid($"{name}: Must be greater than or equal to {least}.");

    // Tavus adds fields at any time, so the simulation does too.
    private static JsonObject Strange(JsonObject item)
    {
        item["_revision"] = new JsonObject { ["schema"] = 7, ["flags"] = new JsonArray("x", 3, null) };
        return item;
    }
}

/// <summary>What all endpoints of <c>/tavus/v2</c> share: keys, bodies, errors and simulated faults.</summary>
internal static class TavusApi
{
    public const string Root = "/tavus/v2/";

    public static void MapTavusApi(this IEndpointRouteBuilder routes)
    {
        var v2 = routes.MapGroup("/tavus/v2");
        v2.MapConversations();
        v2.MapPersonas();
        v2.MapReplicas();
        v2.MapDocuments();
        v2.MapTools();
        v2.MapGuardrails();
        v2.Map(
            "/{**rest}",
            (HttpContext http, SimulatedTavus tavus) => http.HandleAsync(tavus, _ => throw new Refusal(404, "Not Found", "message")));
    }

    public static void On(this IEndpointRouteBuilder routes, string method, string pattern, Func<ApiCall, IResult> handle) =>
        routes.MapMethods(pattern, [method], (HttpContext http, SimulatedTavus tavus) => http.HandleAsync(tavus, handle));

    /// <summary>Maps an endpoint under its old and its new name. Accounts accept one or both.</summary>
    public static void OnBoth(
        this IEndpointRouteBuilder routes,
        string method,
        string old,
        string name,
        string rest,
        Func<ApiCall, IResult> handle)
    {
        routes.On(
            method,
            $"/{old}{rest}",
            call => call.Account.Terms.Family == "new" ? throw new Refusal(404, "Not Found", "message") : handle(call));
        routes.On(
            method,
            $"/{name}{rest}",
            call => call.Account.Terms.Family == "legacy" ? throw new Refusal(404, "Not Found", "message") : handle(call));
    }

    private static async Task HandleAsync(this HttpContext http, SimulatedTavus tavus, Func<ApiCall, IResult> handle)
    {
        var key = http.Request.Headers["x-api-key"].ToString();
        var path = http.Request.Path.Value![Root.Length..];
        var (body, unreadable) = await ReadAsync(http);
        tavus.Record(
            new ReceivedRequest(key, http.Request.Method, path, http.Request.QueryString.Value ?? "", body, DateTimeOffset.UtcNow));
        if (tavus.Behavior.ApiDelayMs > 0) await Task.Delay(tavus.Behavior.ApiDelayMs);
        var failure = tavus.FailureOf(key, http.Request.Method, path);
        switch (failure?.Mode)
        {
            case "status":
                if (failure.RetryAfterSeconds is { } seconds)
                    http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                // Failing servers often repeat the request in the response.
                await Results.Text(
                    failure.Body ?? $$"""{"error":"something went wrong for {{key}}"}""",
                    "application/json",
                    statusCode: failure.Status).ExecuteAsync(http);
                return;
            case "hang":
                await NeverAsync(http);
                return;
            case "body":
                await Results.Text(failure.Body ?? "", "application/json").ExecuteAsync(http);
                return;
        }

        var result = Answer(http, tavus, key, body, unreadable, handle);
        if (failure is null)
        {
            await result.ExecuteAsync(http);
            return;
        }

        await GoWrongAsync(http, failure, result);
    }

    private static IResult Answer(
        HttpContext http,
        SimulatedTavus tavus,
        string key,
        JsonElement? body,
        string? unreadable,
        Func<ApiCall, IResult> handle)
    {
        try
        {
            var account = tavus.FindAccount(key) ?? throw new Refusal(401, "Invalid access token", "message");
            if (unreadable is not null) throw new Refusal(400, unreadable);
            return handle(new ApiCall(tavus, account, http, body));
        }
        catch (Refusal e)
        {
            return Results.Text(new JsonObject { [e.Under] = e.Message }.ToJsonString(), "application/json", statusCode: e.Status);
        }
    }

    private static async Task GoWrongAsync(HttpContext http, TavusFailure failure, IResult result)
    {
        var line = http.Response.Body;
        using var answer = new MemoryStream();
        http.Response.Body = answer;
        await result.ExecuteAsync(http);
        http.Response.Body = line;
        switch (failure.Mode)
        {
            case "lost":
                http.Abort();
                break;
            case "late":
                await NeverAsync(http);
                break;
            case "cut":
                http.Response.ContentLength = answer.Length;
                await line.WriteAsync(answer.GetBuffer().AsMemory(0, (int)answer.Length / 2));
                await line.FlushAsync();
                http.Abort();
                break;
            default:
                http.Response.ContentLength = null;
                await line.WriteAsync(answer.GetBuffer().AsMemory(0, (int)answer.Length));
                await line.WriteAsync(Encoding.UTF8.GetBytes(new string(' ', failure.Padding)));
                break;
        }
    }

    private static async Task NeverAsync(HttpContext http)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client cancelled.
        }
    }

    private static async Task<(JsonElement? Body, string? Problem)> ReadAsync(HttpContext http)
    {
        using var content = new MemoryStream();
        await http.Request.Body.CopyToAsync(content);
        if (content.Length == 0) return (null, null);
        if (!http.Request.HasJsonContentType()) return (null, "Content-Type must be application/json");
        try
        {
            using var document = JsonDocument.Parse(content.GetBuffer().AsMemory(0, (int)content.Length));
            return (document.RootElement.Clone(), null);
        }
        catch (JsonException)
        {
            return (null, "The body is not JSON");
        }
    }
}
