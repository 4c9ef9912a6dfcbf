using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

internal static class ToolsApi
{
    private static readonly string[] Secrets = ["token", "value", "password", "client_secret", "secret"];

    public static void MapTools(this IEndpointRouteBuilder v2)
    {
        v2.On("POST", "/tools", Create);
        v2.On("GET", "/tools", List);
        v2.On("GET", "/tools/{id}", call => call.Allow().Ok(Masked(Find(call))));
        v2.On("PATCH", "/tools/{id}", Patch);
        v2.On("DELETE", "/tools/{id}", Delete);
    }

    /// <summary>The tool with its secrets masked.</summary>
    public static JsonObject Masked(JsonObject tool)
    {
        if (tool["delivery"]?["api"]?["auth"] is JsonObject auth)
            foreach (var secret in Secrets.Where(auth.ContainsKey)) auth[secret] = ToolShapes.Mask;
        return tool;
    }

    private static IResult Create(ApiCall call)
    {
        var tool = call.Allow().Fields(new ToolShapes(call.Tavus).Create);
        var name = tool["name"]!.GetValue<string>();
        // One request at a time, so that a name cannot be taken twice.
        lock (call.Account.Tools)
        {
            if (IsTaken(call, name, except: null)) throw new Refusal(409, $"A tool named {name} already exists");
            var id = call.Account.Tools.NewId();
            tool["tool_id"] = id;
            tool["owner_id"] = 3675;
            tool["is_system_tool"] = false;
            tool["trigger_type"] ??= "in_call";
            if (tool["trigger_type"]!.GetValue<string>() == "in_call")
            {
                tool["origin"] ??= "llm";
                if (tool["origin"]!.GetValue<string>() == "llm") tool["on_call"] ??= "generate_filler";
                tool["on_resolve"] ??= "fire_and_forget";
            }

            tool["parameters"] ??= new JsonObject();
            tool["delivery"] ??= new JsonObject { ["app_message"] = true };
            tool["created_at"] = SimulatedTavus.Now();
            tool["updated_at"] = SimulatedTavus.Now();
            call.Account.Tools.Put(id, tool.DeepClone().AsObject());
        }

        return call.Ok(Masked(tool));
    }

    private static IResult List(ApiCall call)
    {
        call.Allow("limit", "page", "type", "name_or_uuid");
        if (call.Query("type") is not (null or "user" or "system")) throw Refusal.Invalid("type: Must be one of: user, system.");
        return call.Page([.. call.Account.Tools.All()
            .Where(_ => call.Query("type") != "system")
            .Where(tool => call.Query("name_or_uuid") is not { } text
                || tool["tool_id"]!.GetValue<string>() == text
                || tool["name"]!.GetValue<string>().Contains(text, StringComparison.OrdinalIgnoreCase))
            .Select(Masked)]);
    }

    private static IResult Patch(ApiCall call)
    {
        var before = Find(call.Allow());
        var change = call.Fields(new ToolShapes(call.Tavus).Patch);
        if (change.Count == 0) throw new Refusal(400, "Bad Request. No fields to update");
        if (change["name"]?.GetValue<string>() is { } name && IsTaken(call, name, except: call.Id))
            throw new Refusal(409, $"A tool named {name} already exists");
        // A secret that is left out stays unchanged.
        if (change["delivery"]?["api"]?["auth"] is JsonObject auth
            && before["delivery"]?["api"]?["auth"] is JsonObject old
            && JsonNode.DeepEquals(auth["type"], old["type"]))
            foreach (var secret in Secrets.Where(secret => old.ContainsKey(secret) && !auth.ContainsKey(secret)))
                auth[secret] = old[secret]!.DeepClone();
        call.Account.Tools.Change(call.Id, tool =>
        {
            foreach (var (field, value) in change) tool[field] = value?.DeepClone();
            tool["updated_at"] = SimulatedTavus.Now();
        });
        return call.Ok(Masked(Find(call)));
    }

    private static IResult Delete(ApiCall call)
    {
        Find(call.Allow());
        call.Account.Tools.Remove(call.Id);
        foreach (var attached in call.Account.Attached.Values)
            lock (attached) attached.Remove(call.Id);
        return Results.NoContent();
    }

    private static bool IsTaken(ApiCall call, string name, string? except) =>
        call.Account.Tools.All().Any(tool => tool["name"]!.GetValue<string>() == name && tool["tool_id"]!.GetValue<string>() != except);

    private static JsonObject Find(ApiCall call) => call.Account.Tools.Find(call.Id) ?? throw new Refusal(404, "Tool not found");
}
