using Widget.Contracts;

namespace Widget.Api.Speech;

/// <summary>The installation's speech service, for tenants without their own.</summary>
public sealed record SpeechOptions
{
    /// <summary>Base URL of the API (WIDGET_SPEECH_ENDPOINT). Null for none: visitors' browsers read aloud then.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The API key (WIDGET_SPEECH_KEY). Self-hosted servers often need none.</summary>
    public string? Key { get; init; }

    /// <summary>The model (WIDGET_SPEECH_MODEL). Null is valid for ElevenLabs, which has a default.</summary>
    public string? Model { get; init; }

    /// <summary>The voice's name, or its id for ElevenLabs (WIDGET_SPEECH_VOICE).</summary>
    public string? Voice { get; init; }

    /// <summary>The kind of API (WIDGET_SPEECH_PROVIDER); never <see cref="SpeechProvider.Browser"/>.</summary>
    public SpeechProvider Provider { get; init; } = SpeechProvider.OpenAI;

    /// <summary>Longest wait for a sentence's first audio, and then for each further piece.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Bytes of audio that are cached for each tenant.</summary>
    public long MostKept { get; init; } = 64L << 20;

    /// <summary>Answers that may be read aloud to one visitor at once. Our page uses one.</summary>
    public int MostStreams { get; init; } = 3;
}
