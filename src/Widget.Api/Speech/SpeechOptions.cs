using Widget.Contracts;

namespace Widget.Api.Speech;

/// <summary>The installation's voice, for tenants that have none of their own.</summary>
public sealed record SpeechOptions
{
    /// <summary>Root of the API (WIDGET_SPEECH_ENDPOINT); null for none: then visitors' browsers speak.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Its key; self-hosted servers often need none (WIDGET_SPEECH_KEY).</summary>
    public string? Key { get; init; }

    /// <summary>The model (WIDGET_SPEECH_MODEL); ElevenLabs takes its usual one when null.</summary>
    public string? Model { get; init; }

    /// <summary>The voice's name, or its id at ElevenLabs (WIDGET_SPEECH_VOICE).</summary>
    public string? Voice { get; init; }

    /// <summary>What is spoken there (WIDGET_SPEECH_PROVIDER): never <see cref="SpeechProvider.Browser"/>.</summary>
    public SpeechProvider Provider { get; init; } = SpeechProvider.OpenAI;

    /// <summary>Longest wait for a sentence's first sound, and then for each further piece.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Bytes of sound kept for each tenant.</summary>
    public long MostKept { get; init; } = 64L << 20;

    /// <summary>Answers that one visitor may have read aloud at once: more than a page does, which ends one before it begins the next.</summary>
    public int MostStreams { get; init; } = 3;
}
