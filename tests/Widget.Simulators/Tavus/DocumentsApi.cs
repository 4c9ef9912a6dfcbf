using System.Text;
using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

internal static class DocumentsApi
{
    private static readonly string[] States = ["started", "processing", "ready", "error", "recrawling"];

    public static void MapDocuments(this IEndpointRouteBuilder v2)
    {
        v2.On("POST", "/documents", Create);
        v2.On("GET", "/documents", List);
        v2.On("GET", "/documents/{id}", call => call.Allow().Ok(Find(call)));
        v2.On("PATCH", "/documents/{id}", Patch);
        v2.On("DELETE", "/documents/{id}", Delete);
        v2.On("POST", "/documents/{id}/recrawl", Recrawl);
    }

    public static async Task TellAsync(SimulatedTavus tavus, string url, JsonObject body)
    {
        try
        {
            using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await tavus.Out.PostAsync(url, content);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // Failed callbacks are not retried.
        }
    }

    private static IResult Create(ApiCall call)
    {
        var body = call.Allow().Fields(new OtherShapes(call.Tavus).Document);
        var id = call.Account.Documents.NewId();
        var crawl = body["crawl"]?.DeepClone().AsObject();
        var document = new JsonObject
        {
            ["document_id"] = id,
            ["document_name"] = body["document_name"]?.DeepClone() ?? body["document_url"]!.DeepClone(),
            ["document_url"] = body["document_url"]!.DeepClone(),
            ["status"] = "started",
            ["progress"] = null,
            ["error_message"] = null,
            ["created_at"] = SimulatedTavus.Now(),
            ["updated_at"] = SimulatedTavus.Now(),
            ["callback_url"] = body["callback_url"]?.DeepClone(),
            ["tags"] = body["tags"]?.DeepClone() ?? new JsonArray(),
            ["crawl_config"] = crawl,
            ["crawled_urls"] = crawl is null ? null : new JsonArray(body["document_url"]!.DeepClone()),
            ["last_crawled_at"] = crawl is null ? null : SimulatedTavus.Now(),
            ["crawl_count"] = crawl is null ? null : 1,
        };
        call.Account.Documents.Put(id, document.DeepClone().AsObject());
        _ = DocumentReading.RunAsync(call.Tavus, call.Account, id);
        return call.Ok(document);
    }

    private static IResult List(ApiCall call)
    {
        call.Allow("limit", "page", "sort", "status", "name_or_uuid", "tags");
        if (call.Query("status") is { } asked && !States.Contains(asked)) throw Refusal.Invalid("status: Not a valid choice.");
        if (call.Query("sort") is not (null or "ascending" or "descending"))
            throw Refusal.Invalid("sort: Must be one of: ascending, descending.");
        var tags = call.Query("tags")?.Split(',');
        var all = call.Account.Documents.All()
            .Where(document => call.Query("status") is not { } status || document["status"]!.GetValue<string>() == status)
            .Where(document => call.Query("name_or_uuid") is not { } name
                || document["document_id"]!.GetValue<string>() == name
                || document["document_name"]!.GetValue<string>().Contains(name, StringComparison.OrdinalIgnoreCase))
            .Where(
                document => tags is null
                    || document["tags"]!.AsArray().Any(tag => tags.Contains(tag!.GetValue<string>(), StringComparer.Ordinal)));
        return call.Page([.. call.Query("sort") == "ascending" ? all : all.Reverse()], first: 0);
    }

    private static IResult Patch(ApiCall call)
    {
        Find(call.Allow());
        var change = call.Fields(new OtherShapes(call.Tavus).DocumentPatch);
        call.Account.Documents.Change(call.Id, document =>
        {
            foreach (var (field, value) in change) document[field] = value?.DeepClone();
            document["updated_at"] = SimulatedTavus.Now();
        });
        return call.Ok(Find(call));
    }

    private static IResult Delete(ApiCall call)
    {
        Find(call.Allow());
        call.Account.Documents.Remove(call.Id);
        return Results.NoContent();
    }

    private static IResult Recrawl(ApiCall call)
    {
        var document = Find(call.Allow());
        if (document["crawl_config"] is null) throw new Refusal(400, "Document has no crawl configuration");
        if (document["status"]!.GetValue<string>() is not ("ready" or "error"))
            throw new Refusal(409, "Document is not in a state that can be recrawled");
        if (document["crawl_count"]!.GetValue<int>() > 1) throw new Refusal(429, "Documents can be recrawled once an hour");
        call.Account.Documents.Change(call.Id, item =>
        {
            item["status"] = "recrawling";
            item["crawl_count"] = item["crawl_count"]!.GetValue<int>() + 1;
            item["last_crawled_at"] = SimulatedTavus.Now();
        });
        _ = DocumentReading.RunAsync(call.Tavus, call.Account, call.Id);
        return Results.Text(Find(call).ToJsonString(), "application/json", statusCode: 202);
    }

    private static JsonObject Find(ApiCall call) =>
        call.Account.Documents.Find(call.Id) ?? throw new Refusal(404, "Document not found", "message");
}
