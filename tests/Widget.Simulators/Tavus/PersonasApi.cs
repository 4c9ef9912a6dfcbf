using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

internal static class PersonasApi
{
    public static void MapPersonas(this IEndpointRouteBuilder v2)
    {
        v2.OnBoth("POST", "personas", "pals", "", Create);
        v2.OnBoth("GET", "personas", "pals", "", List);
        v2.OnBoth("GET", "personas", "pals", "/{id}", Get);
        v2.OnBoth("PATCH", "personas", "pals", "/{id}", Patch);
        v2.OnBoth("DELETE", "personas", "pals", "/{id}", Delete);
        v2.OnBoth("POST", "personas", "pals", "/{id}/publish", Publish);
        v2.OnBoth("GET", "personas", "pals", "/{id}/tools", Tools);
        v2.OnBoth("POST", "personas", "pals", "/{id}/tools", Attach);
        v2.OnBoth("DELETE", "personas", "pals", "/{id}/tools/{tool}", Detach);
    }

    private static IResult Create(ApiCall call)
    {
        var persona = call.Allow().Fields(new PersonaShapes(call.Tavus).Persona);
        if (call.Renamed && persona["default_replica_id"] is null)
            throw Refusal.Invalid("default_face_id: Missing data for required field.");
        Check(call, persona);
        var id = call.Account.Personas.NewId();
        persona["persona_id"] = id;
        persona["persona_name"] ??= "New persona";
        persona["persona_type"] = "user";
        persona["created_at"] = SimulatedTavus.Now();
        persona["updated_at"] = SimulatedTavus.Now();
        call.Account.Personas.Put(id, persona.DeepClone().AsObject());
        return call.Ok(
            new JsonObject
            {
                ["persona_id"] = id,
                ["persona_name"] = persona["persona_name"]!.DeepClone(),
                ["created_at"] = persona["created_at"]!.DeepClone(),
            });
    }

    private static IResult List(ApiCall call)
    {
        call.Allow("limit", "page", call.Renamed ? "pal_type" : "persona_type");
        var type = call.Query(call.Renamed ? "pal_type" : "persona_type");
        return call.Page(
            [
                .. call.Account.Personas.All()
                    .Where(persona => type is null || persona["persona_type"]!.GetValue<string>() == type)
                    .Reverse(),
            ]);
    }

    private static IResult Get(ApiCall call)
    {
        call.Allow("source");
        var persona = Find(call);
        var draft = call.Account.Drafts.GetValueOrDefault(call.Id);
        if (call.Query("source") == "draft")
        {
            if (draft is not null) persona = draft.DeepClone().AsObject();
            persona["is_draft_view"] = true;
        }

        if (call.Account.Terms.Drafts) persona["has_unpublished_changes"] = draft is not null;
        if (!call.Account.Wraps) return call.Ok(persona);
        return Results.Text(
            new JsonObject { ["data"] = new JsonArray(Names.Write(persona, call.Renamed)) }.ToJsonString(),
            "application/json");
    }

    private static IResult Patch(ApiCall call)
    {
        var live = Find(call.Allow());
        if (call.RawBody is not { ValueKind: JsonValueKind.Array } patch)
            throw new Refusal(422, "Invalid JSON Patch: an array was expected", "message");
        var before = call.Account.Terms.Drafts ? call.Account.Drafts.GetValueOrDefault(call.Id) ?? live : live;
        JsonObject after;
        try
        {
            after = JsonPatch.Apply(Settable(before), patch, pointer => Names.Pointer(pointer, call.Account.Terms.Family));
        }
        catch (FormatException e)
        {
            throw new Refusal(422, $"Invalid JSON Patch: {e.Message}", "message");
        }

        if (new PersonaShapes(call.Tavus).Persona(JsonSerializer.SerializeToElement(after)) is { } problem) throw Refusal.Invalid(problem);
        Check(call, after);
        if (JsonNode.DeepEquals(after, Settable(before))) return Results.StatusCode(304);
        foreach (var (name, value) in before) if (!after.ContainsKey(name) && Kept(name)) after[name] = value?.DeepClone();
        after["updated_at"] = SimulatedTavus.Now();
        var answer = after.DeepClone().AsObject();
        if (call.Account.Terms.Drafts)
        {
            call.Account.Drafts[call.Id] = after;
            answer["publish_url"] = $"/v2/{(call.Renamed ? "pals" : "personas")}/{call.Id}/publish";
        }
        else
        {
            call.Account.Personas.Put(call.Id, after);
        }

        return call.Ok(answer);
    }

    private static IResult Publish(ApiCall call)
    {
        Find(call.Allow());
        if (!call.Account.Terms.Drafts) throw new Refusal(404, "Not Found", "message");
        if (call.Account.Drafts.TryRemove(call.Id, out var draft)) call.Account.Personas.Put(call.Id, draft);
        return call.Ok(new JsonObject { ["persona_id"] = call.Id, ["published"] = true });
    }

    private static IResult Delete(ApiCall call)
    {
        Find(call.Allow());
        call.Account.Personas.Remove(call.Id);
        call.Account.Drafts.TryRemove(call.Id, out _);
        call.Account.Attached.TryRemove(call.Id, out _);
        return Results.NoContent();
    }

    private static IResult Tools(ApiCall call)
    {
        Find(call.Allow("verbose"));
        var ids = call.Account.Attached.GetOrAdd(call.Id, _ => []);
        lock (ids) return call.Ok(
            new JsonObject
            {
                ["data"] = new JsonArray([.. ids.Select(call.Account.Tools.Find).OfType<JsonObject>().Select(ToolsApi.Masked)]),
            });
    }

    private static IResult Attach(ApiCall call)
    {
        Find(call.Allow());
        var body = call.Body(Shapes.ObjectOf(new Field("tool_ids", Shapes.ListOf(Shapes.Text(100), 50), Required: true)));
        var wanted = body.GetProperty("tool_ids").EnumerateArray().Select(id => id.GetString()!).ToList();
        if (wanted.FirstOrDefault(id => !call.Account.Tools.Has(id)) is { } unknown) throw new Refusal(404, $"Tool not found: {unknown}");
        var ids = call.Account.Attached.GetOrAdd(call.Id, _ => []);
        lock (ids)
        {
            if (ids.Union(wanted, StringComparer.Ordinal).Count() > 50) throw new Refusal(400, "A PAL can have at most 50 attached tools");
            ids.AddRange(wanted.Except(ids, StringComparer.Ordinal).ToList());
            return call.Ok(
                new JsonObject
                {
                    ["data"] = new JsonArray([.. wanted.Select(call.Account.Tools.Find).OfType<JsonObject>().Select(ToolsApi.Masked)]),
                });
        }
    }

    private static IResult Detach(ApiCall call)
    {
        Find(call.Allow());
        var ids = call.Account.Attached.GetOrAdd(call.Id, _ => []);
        lock (ids)
            if (!ids.Remove((string)call.Http.Request.RouteValues["tool"]!))
                throw new Refusal(400, "Bad Request. Tool not attached to this PAL");
        return Results.NoContent();
    }

    private static JsonObject Find(ApiCall call) =>
        call.Account.Personas.Find(call.Id) ?? throw new Refusal(400, "Invalid persona_id", "message");

    // Everything that a persona refers to must exist.
    private static void Check(ApiCall call, JsonObject persona)
    {
        if (persona["default_replica_id"] is { } replica && !call.Account.Replicas.Has(replica.GetValue<string>()))
            throw new Refusal(400, "Invalid default_replica_id");
        if (persona["objectives_id"] is { } objectives && !call.Account.Objectives.Has(objectives.GetValue<string>()))
            throw new Refusal(400, "Invalid objectives_id");
        foreach (var guardrail in persona["guardrail_ids"] as JsonArray ?? [])
            if (!call.Account.Guardrails.Has(guardrail!.GetValue<string>())) throw new Refusal(400, "Invalid guardrail_ids");
    }

    private static bool Kept(string field) => field is "persona_id" or "persona_type" or "created_at" or "updated_at";

    private static JsonObject Settable(JsonObject persona)
    {
        var copy = persona.DeepClone().AsObject();
        foreach (var field in persona.Select(field => field.Key).Where(Kept)) copy.Remove(field);
        return copy;
    }
}
