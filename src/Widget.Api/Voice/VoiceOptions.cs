using Widget.Contracts;

namespace Widget.Api.Voice;

/// <summary>The installation's voice service, for tenants without their own.</summary>
public sealed record VoiceOptions
{
    /// <summary>Base URL of the API (WIDGET_VOICE_ENDPOINT); null for none.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The API's protocol (WIDGET_VOICE_PROTOCOL).</summary>
    public VoiceProtocol Protocol { get; init; } = VoiceProtocol.OpenAIRealtime;

    /// <summary>The API key (WIDGET_VOICE_KEY).</summary>
    public string? Key { get; init; }

    /// <summary>The realtime model (WIDGET_VOICE_MODEL).</summary>
    public string? Model { get; init; }

    /// <summary>The model that transcribes what visitors say (WIDGET_VOICE_TRANSCRIPTION_MODEL); null for no transcripts.</summary>
    public string? TranscriptionModel { get; init; }
}
