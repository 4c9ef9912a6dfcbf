using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Contracts;

namespace Widget.Api.Voice.Providers;

/// <summary>
/// Maps a call's configuration to a session of OpenAI's Realtime API (https://developers.openai.com/api/docs/guides/realtime, "session").
/// The provider never starts replies itself (<c>create_response: false</c>): we search the knowledge first, then request the reply.
/// </summary>
internal static class RealtimeSession
{
    public static JsonObject Of(VoicePlan plan, string model)
    {
        var input = new JsonObject { ["noise_reduction"] = new JsonObject { ["type"] = plan.FarField ? "far_field" : "near_field" } };
        if (plan.TranscriptionModel is { } transcription) input["transcription"] = Transcription(plan, transcription);
        input["turn_detection"] = TurnDetection(plan);
        var audio = new JsonObject { ["input"] = input };
        if (plan.Voice is { } voice) audio["output"] = new JsonObject { ["voice"] = voice };
        return new JsonObject
        {
            ["type"] = "realtime",
            ["model"] = model,
            ["output_modalities"] = new JsonArray("audio"),
            ["instructions"] = plan.Instructions,
            ["audio"] = audio,
            ["tools"] = new JsonArray([.. plan.Tools.Select(Tool)]),
            ["tool_choice"] = "auto",
        };
    }

    /// <summary>An earlier turn as a conversation item. The API accepts no assistant audio, so it is text.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="id">The item's id, so that we recognise the provider's event about it.</param>
    public static JsonObject Seed(VoiceTurn turn, string id) => Message(
        id,
        turn.Speaker == Speaker.Visitor ? "user" : "assistant",
        turn.Speaker == Speaker.Visitor ? "input_text" : "output_text",
        turn.Text);

    public static JsonObject Message(string id, string role, string kind, string text) => new()
    {
        ["type"] = "conversation.item.create",
        ["item"] = new JsonObject
        {
            ["id"] = id,
            ["type"] = "message",
            ["role"] = role,
            ["content"] = new JsonArray(new JsonObject { ["type"] = kind, ["text"] = text }),
        },
    };

    private static JsonObject Transcription(VoicePlan plan, string model)
    {
        var transcription = new JsonObject { ["model"] = model };
        // Without a language, short utterances are often transcribed in a wrong one.
        if (plan.Locale is { } locale) transcription["language"] = locale.Split('-', '_')[0].ToLowerInvariant();
        if (plan.Keywords.Count > 0) transcription["prompt"] = string.Join(", ", plan.Keywords);
        return transcription;
    }

    // Send all values: some servers do not apply defaults to the ones that are left out.
    private static JsonObject? TurnDetection(VoicePlan plan) => plan.Turns switch
    {
        TurnTaking.PushToTalk => null,
        TurnTaking.Semantic => new JsonObject
        {
            ["type"] = "semantic_vad",
            ["eagerness"] = JsonSerializer.SerializeToNode(plan.Eagerness),
            ["create_response"] = false,
            ["interrupt_response"] = true,
        },
        _ => new JsonObject
        {
            ["type"] = "server_vad",
            ["threshold"] = 0.5,
            ["prefix_padding_ms"] = 300,
            ["silence_duration_ms"] = plan.Eagerness switch { Eagerness.Low => 900, Eagerness.High => 300, _ => 500 },
            ["create_response"] = false,
            ["interrupt_response"] = true,
        },
    };

    private static JsonNode Tool(VoiceTool tool) => new JsonObject
    {
        ["type"] = "function",
        ["name"] = tool.Name,
        ["description"] = tool.Description,
        ["parameters"] = JsonNode.Parse(tool.Parameters.GetRawText()),
    };
}
