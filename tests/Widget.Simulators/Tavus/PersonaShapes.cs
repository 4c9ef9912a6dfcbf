using System.Text.Json;
using System.Text.RegularExpressions;
using static Widget.Simulators.Tavus.Shapes;

namespace Widget.Simulators.Tavus;

/// <summary>The valid fields of a persona. Checked for requests and for the result of a patch.</summary>
internal sealed partial class PersonaShapes(SimulatedTavus tavus)
{
    public Shape Persona { get; } = All(
        ObjectOf(
            new("persona_name", Text(200)),
            new("system_prompt", Text()),
            new("context", Text()),
            new("pipeline_mode", OneOf("full", "echo")),
            new("default_replica_id", Text(50)),
            new("document_ids", ListOf(Text(100))),
            new("document_tags", ListOf(Text(200))),
            new("objectives_id", Text(50)),
            new("guardrails_id", Text(50)),
            new("guardrail_ids", ListOf(Text(50))),
            new("guardrail_tags", ListOf(Text(200))),
            new("greeting", Text(5_000)),
            new("layers", ObjectOf(
                new("llm", Llm(tavus)),
                new("tts", Tts),
                new("stt", Stt),
                new("perception", Perception),
                new("conversational_flow", ConversationalFlow),
                new("transport", ObjectOf(new Field("transport_type", OneOf("livekit", "daily"), Required: true)))))),
        body =>
            body.TryGetProperty("system_prompt", out _)
            || (body.TryGetProperty("pipeline_mode", out var mode) && mode.ValueEquals("echo"))
                ? null
                : "system_prompt: Missing data for required field.");

    private static Shape Llm(SimulatedTavus tavus) => ObjectOf(
        new("model", Text(200)),
        new(
            "base_url",
            All(
                Url(tavus),
                value => value.GetString()!.Contains("/chat/completions", StringComparison.Ordinal)
                    ? "base_url must not include the route."
                    : null)),
        new("api_key", Text(1_000)),
        new("speculative_inference", Flag),
        new("headers", MapOf(Text(5_000))),
        new("extra_body", AnyObject),
        new("default_query", MapOf(Text(5_000))),
        new("tools", ListOf(InlineTool, 50)));

    private static Shape Tts => ObjectOf(
        new("tts_engine", OneOf("cartesia", "elevenlabs")),
        new("external_voice_id", Text(200)),
        new("api_key", Text(1_000)),
        new("voice_settings", AnyObject),
        new("tts_model_name", Text(200)),
        new("tts_emotion_control", Flag),
        new("pronunciation_dictionary_id", Text(100)));

    private static Shape Stt => ObjectOf(
        new(
            "stt_engine",
            OneOf("tavus-auto", "tavus-parakeet", "tavus-soniox", "tavus-whisper", "tavus-deepgram-medical", "tavus-advanced")),
        new("hotwords", Text(5_000)));

    private static Shape Perception => ObjectOf(
        new("perception_model", OneOf("raven-1", "raven-0", "off")),
        new("visual_awareness_queries", ListOf(Text(1_000))),
        new("audio_awareness_queries", ListOf(Text(1_000))),
        new("perception_analysis_queries", ListOf(Text(1_000))),
        new("visual_tool_prompt", Text(1_000)),
        new("visual_tools", ListOf(InlineTool, 50)),
        new("audio_tool_prompt", Text(1_000)),
        new("audio_tools", ListOf(InlineTool, 50)),
        new("ambient_awareness_queries", ListOf(Text(1_000))),
        new("perception_tool_prompt", Text(1_000)),
        new("perception_tools", ListOf(InlineTool, 50)));

    private static Shape ConversationalFlow => ObjectOf(
        new("turn_detection_model", OneOf("sparrow-1", "sparrow-0")),
        new("turn_taking_patience", OneOf("low", "medium", "high")),
        new("replica_interruptibility", OneOf("low", "medium", "high")),
        new("voice_isolation", OneOf("near", "off")),
        new("wake_phrase", Text(200)),
        new("idle_engagement", OneOf("off", "patient", "eager")));

    private static string? InlineTool(JsonElement tool) => ObjectOf(
        new("type", OneOf("function"), Required: true),
        new("function", ObjectOf(
            new("name", Matching(ToolName()), Required: true),
            new("description", Text(10_000)),
            new("parameters", AnyObject),
            new("strict", Flag)), Required: true))(tool);

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]{0,63}$", RegexOptions.None, 1000)]
    internal static partial Regex ToolName();
}
