using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

/// <summary>What Tavus reports after a call.</summary>
internal static class PostCall
{
    public static void Report(SimulatedTavus tavus, SimulatedAccount account, SimulatedConversation conversation)
    {
        if (!conversation.WasVisited || !conversation.ReplicaIsIn) return;
        var persona = conversation.PersonaId is { } id ? account.Personas.Find(id) : null;
        var transcript = new JsonArray(
            new JsonObject { ["role"] = "system", ["content"] = persona?["system_prompt"]?.GetValue<string>() ?? "" });
        foreach (var (role, content) in conversation.Turns.Transcript)
            transcript.Add(new JsonObject { ["role"] = role, ["content"] = content });
        conversation.Callbacks.Post(
            "application.transcription_ready",
            new JsonObject { ["replica_id"] = conversation.ReplicaId, ["transcript"] = transcript });

        if (conversation.PropertyFlag("enable_recording") && tavus.Behavior.Records)
            conversation.Callbacks.Post("application.recording_ready", new JsonObject
            {
                ["bucket_name"] = "recordings",
                ["s3_key"] = $"tavus/{conversation.Id}/1789000000000",
                ["duration"] = (int)conversation.Seconds,
            });
        if (tavus.Behavior.PerceptionAnalysis is { } seen
            && persona?["layers"]?["perception"]?["perception_model"]?.GetValue<string>() != "off")
            conversation.Callbacks.Post("application.perception_analysis", new JsonObject { ["analysis"] = seen });
        if (persona is not null && conversation.Turns.Transcript.Any(entry => entry.Role == "user"))
            _ = ActAsync(tavus, account, conversation);
    }

    /// <summary>Runs the persona's post-call tools with arguments as a model would fill them in.</summary>
    private static async Task ActAsync(SimulatedTavus tavus, SimulatedAccount account, SimulatedConversation conversation)
    {
        var tools = ToolCalls.AttachedTo(account, conversation)
            .Where(tool => tool["trigger_type"]?.GetValue<string>() == "post_call");
        foreach (var tool in tools)
        {
            var arguments = Fill(tool["parameters"]);
            var call = await ToolCalls.OverHttpAsync(tavus, conversation, tool, arguments, $"call_{Guid.NewGuid():N}", signature: null);
            conversation.Callbacks.Post("application.post_call_action_executed", new JsonObject
            {
                ["tool_name"] = call.Name,
                ["request"] = new JsonObject { ["body"] = JsonNode.Parse(arguments) },
                ["response"] = new JsonObject { ["status"] = call.Status },
            });
        }
    }

    private static string Fill(JsonNode? schema)
    {
        var filled = new JsonObject();
        foreach (var (name, property) in schema?["properties"] as JsonObject ?? [])
            filled[name] = property?["type"]?.GetValue<string>() switch
            {
                "number" or "integer" => 1,
                "boolean" => true,
                "array" => new JsonArray(),
                "object" => new JsonObject(),
                _ => property?["enum"] is JsonArray { Count: > 0 } values ? values[0]!.DeepClone() : "as said in the call",
            };
        return JsonSerializer.Serialize(filled);
    }
}
