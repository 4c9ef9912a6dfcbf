using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

internal static class ReplicasApi
{
    public static void MapReplicas(this IEndpointRouteBuilder v2)
    {
        v2.OnBoth("POST", "replicas", "faces", "", Create);
        v2.OnBoth("GET", "replicas", "faces", "", List);
        v2.OnBoth("GET", "replicas", "faces", "/{id}", call => call.Allow("verbose").Ok(Find(call)));
        v2.OnBoth("PATCH", "replicas", "faces", "/{id}/name", Rename);
        v2.OnBoth("DELETE", "replicas", "faces", "/{id}", Delete);
        v2.On("GET", "/voices", Voices);
    }

    private static IResult Create(ApiCall call)
    {
        var body = call.Allow().Fields(new OtherShapes(call.Tavus).Replica);
        if (body["voice_name"] is { } voice && Stock.Voices.All(known => known.Name != voice.GetValue<string>()))
            throw new Refusal(400, "Invalid voice_name");
        var id = call.Account.Replicas.NewId();
        call.Account.Replicas.Put(id, Stock.Replica(id, body["replica_name"]?.GetValue<string>(), "user", "started"));
        _ = call.Tavus.AfterAsync(
            call.Tavus.Behavior.TrainingSeconds,
            () => Finish(call, id, body["callback_url"]?.GetValue<string>()),
            CancellationToken.None);
        return call.Ok(new JsonObject { ["replica_id"] = id, ["status"] = "started" });
    }

    private static void Finish(ApiCall call, string id, string? callback)
    {
        var error = call.Tavus.Behavior.TrainingError;
        call.Account.Replicas.Change(id, replica =>
        {
            replica["status"] = error is null ? "completed" : "error";
            replica["error_message"] = error;
            replica["training_progress"] = error is null ? "100/100" : "40/100";
            replica["updated_at"] = SimulatedTavus.Now();
        });
        if (callback is null) return;
        // Lists say ready where GET says completed.
        var told = new JsonObject { ["replica_id"] = id, ["status"] = error is null ? "ready" : "error" };
        if (error is not null) told["error_message"] = error;
        _ = DocumentsApi.TellAsync(call.Tavus, callback, told);
    }

    private static IResult List(ApiCall call)
    {
        var (ids, type) = call.Renamed ? ("face_ids", "face_type") : ("replica_ids", "replica_type");
        call.Allow("limit", "page", "verbose", ids, type, "model_name");
        var wanted = call.Query(ids)?.Split(',');
        var all = call.Account.Replicas.All()
            .Where(replica => wanted is null || wanted.Contains(replica["replica_id"]!.GetValue<string>(), StringComparer.Ordinal))
            .Where(replica => call.Query(type) is not { } kind || replica["replica_type"]!.GetValue<string>() == kind)
            .Where(replica => call.Query("model_name") is not { } model || replica["model_name"]!.GetValue<string>() == model)
            .ToList();
        // Without verbose, Tavus returns a summary only.
        if (call.Query("verbose") != "true")
            foreach (var replica in all)
                foreach (var field in new[] { "replica_type", "model_name", "error_message" }) replica.Remove(field);
        return call.Page(all);
    }

    private static IResult Rename(ApiCall call)
    {
        Find(call.Allow());
        var name = call.Fields(new OtherShapes(call.Tavus).ReplicaName)["replica_name"]!.GetValue<string>();
        call.Account.Replicas.Change(call.Id, replica => replica["replica_name"] = name);
        return Results.Ok();
    }

    private static IResult Delete(ApiCall call)
    {
        if (Find(call.Allow("hard"))["replica_type"]!.GetValue<string>() == "system")
            throw new Refusal(400, "System replicas cannot be deleted");
        call.Account.Replicas.Remove(call.Id);
        return Results.NoContent();
    }

    private static IResult Voices(ApiCall call)
    {
        call.Allow("limit", "page", "search", "sort", "tag");
        return call.Page([.. Stock.Voices
            .Where(voice => call.Query("search") is not { } search || voice.Name.Contains(search, StringComparison.OrdinalIgnoreCase))
            .Where(voice => call.Query("tag") is not { } tag || voice.Tag.Equals(tag, StringComparison.OrdinalIgnoreCase))
            .Select(voice => new JsonObject
            {
                ["voice_name"] = voice.Name,
                ["replica_id"] = voice.Replica,
                ["audio_url"] = null,
                ["tags"] = new JsonArray(new JsonObject { ["tag_name"] = voice.Tag }),
            })]);
    }

    private static JsonObject Find(ApiCall call) =>
        call.Account.Replicas.Find(call.Id) ?? throw new Refusal(400, "Invalid replica_id", "message");
}
