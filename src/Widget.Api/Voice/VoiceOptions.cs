using Widget.Contracts;

namespace Widget.Api.Voice;

/// <summary>The installation's realtime voice, for tenants that have none of their own.</summary>
public sealed record VoiceOptions
{
    /// <summary>Root of the API (WIDGET_VOICE_ENDPOINT); null for none.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>What is spoken there (WIDGET_VOICE_PROTOCOL).</summary>
    public VoiceProtocol Protocol { get; init; } = VoiceProtocol.OpenAIRealtime;

    /// <summary>The installation's key (WIDGET_VOICE_KEY).</summary>
    public string? Key { get; init; }

    /// <summary>The model to speak with (WIDGET_VOICE_MODEL).</summary>
    public string? Model { get; init; }

    /// <summary>The model that writes down what visitors say (WIDGET_VOICE_TRANSCRIPTION_MODEL); null for no transcripts of theirs.</summary>
    public string? TranscriptionModel { get; init; }
}
