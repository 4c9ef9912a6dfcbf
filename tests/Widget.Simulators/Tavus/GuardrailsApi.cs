using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

internal static class GuardrailsApi
{
    public static void MapGuardrails(this IEndpointRouteBuilder v2)
    {
        v2.On("POST", "/guardrails", Create);
        v2.On("GET", "/guardrails", List);
        v2.On("GET", "/guardrails/{id}", call => call.Allow().Ok(Find(call)));
        v2.On("PATCH", "/guardrails/{id}", Patch);
        v2.On("DELETE", "/guardrails/{id}", Delete);
        v2.On("POST", "/objectives", CreateObjectives);
        v2.On("GET", "/objectives", call => call.Allow("limit", "page").Page(call.Account.Objectives.All()));
        v2.On("GET", "/objectives/{id}", call => call.Allow().Ok(FindObjectives(call)));
        v2.On("DELETE", "/objectives/{id}", DeleteObjectives);
    }

    private static IResult Create(ApiCall call)
    {
        var guardrail = call.Allow().Fields(new OtherShapes(call.Tavus).Guardrail);
        var id = Guid.NewGuid().ToString();
        guardrail["uuid"] = id;
        guardrail["modality"] ??= "verbal";
        guardrail["app_message"] ??= true;
        guardrail["created_at"] = SimulatedTavus.Now();
        guardrail["updated_at"] = SimulatedTavus.Now();
        call.Account.Guardrails.Put(id, guardrail.DeepClone().AsObject());
        return call.Ok(guardrail);
    }

    // Without legacy=false, Tavus lists only old sets, and there are none.
    private static IResult List(ApiCall call) =>
        call.Allow("limit", "page", "legacy").Page(call.Query("legacy") == "false" ? call.Account.Guardrails.All() : []);

    private static IResult Patch(ApiCall call)
    {
        Find(call.Allow());
        var change = call.Fields(new OtherShapes(call.Tavus).GuardrailPatch);
        call.Account.Guardrails.Change(call.Id, guardrail =>
        {
            foreach (var (field, value) in change) guardrail[field] = value?.DeepClone();
            guardrail["updated_at"] = SimulatedTavus.Now();
        });
        return call.Ok(Find(call));
    }

    private static IResult Delete(ApiCall call)
    {
        Find(call.Allow());
        call.Account.Guardrails.Remove(call.Id);
        return Results.NoContent();
    }

    private static IResult CreateObjectives(ApiCall call)
    {
        var objectives = call.Allow().Fields(new OtherShapes(call.Tavus).Objectives);
        var id = call.Account.Objectives.NewId();
        objectives["objectives_id"] = id;
        objectives["created_at"] = SimulatedTavus.Now();
        call.Account.Objectives.Put(id, objectives.DeepClone().AsObject());
        return call.Ok(new JsonObject { ["objectives_id"] = id, ["created_at"] = objectives["created_at"]!.DeepClone() });
    }

    private static IResult DeleteObjectives(ApiCall call)
    {
        FindObjectives(call.Allow());
        call.Account.Objectives.Remove(call.Id);
        return Results.NoContent();
    }

    private static JsonObject Find(ApiCall call) =>
        call.Account.Guardrails.Find(call.Id) ?? throw new Refusal(404, "Guardrail not found", "message");

    private static JsonObject FindObjectives(ApiCall call) =>
        call.Account.Objectives.Find(call.Id) ?? throw new Refusal(400, "Invalid objectives_id", "message");
}
