using System.Text.Json;
using static Widget.Simulators.Tavus.Shapes;

namespace Widget.Simulators.Tavus;

/// <summary>The valid fields of a request that creates a conversation.</summary>
internal sealed class ConversationShapes(SimulatedTavus tavus)
{
    public Shape Create { get; } = All(
        ObjectOf(
            new("replica_id", Text(50)),
            new("persona_id", Text(50)),
            new("audio_only", Flag),
            new("callback_url", Url(tavus)),
            new("conversation_name", Text(500)),
            new("conversational_context", Text()),
            new("custom_greeting", Text(5_000)),
            new("enable_dynamic_greeting", Flag),
            new("memory_stores", ListOf(Text(200))),
            new("document_ids", ListOf(Text(100))),
            new("document_tags", ListOf(Text(200))),
            new("document_retrieval_strategy", OneOf("speed", "balanced", "quality")),
            new("test_mode", Flag),
            new("require_auth", Flag),
            new("max_participants", Whole(2, 100)),
            new("meeting_url", Url(tavus, secure: true)),
            new("properties", ObjectOf(
                new("max_call_duration", Whole(1, 3600)),
                new("participant_left_timeout", Whole(0, 3600)),
                new("participant_absent_timeout", Whole(1, 3600)),
                new("enable_recording", Flag),
                new("enable_closed_captions", Flag),
                new("apply_greenscreen", Flag),
                new("language", OneOf(Languages)),
                new("recording_storage", RecordingStorage),
                new("recording_s3_bucket_name", Text(100)),
                new("recording_s3_bucket_region", Text(50)),
                new("aws_assume_role_arn", Text(300)),
                new("livekit_ws_url", Text(500)),
                new("livekit_room_token", Text(5_000)),
                new("require_auth", Flag)))),
        body =>
            body.TryGetProperty("replica_id", out _) || body.TryGetProperty("persona_id", out _)
                ? null
                : "One of replica_id and persona_id is required.");

    private static readonly string[] Languages =
    [
        "multilingual", "english", "french", "german", "spanish", "portuguese", "chinese", "japanese", "hindi", "italian", "korean",
        "dutch", "polish", "russian", "swedish", "turkish", "indonesian", "filipino", "bulgarian", "romanian", "arabic", "czech",
        "greek", "finnish", "croatian", "malay", "slovak", "danish", "tamil", "ukrainian",
        "hungarian", "norwegian", "vietnamese",
    ];

    // Providers document their other fields on pages of their own.
    private static string? RecordingStorage(JsonElement value) =>
        value.ValueKind != JsonValueKind.Object ? "Invalid input type."
        : !value.TryGetProperty("provider", out var provider) ? "provider: Missing data for required field."
        : OneOf("s3", "gcs", "azure_blob")(provider) is { } problem ? $"provider: {problem}"
        : null;
}
