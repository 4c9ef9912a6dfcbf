using System.Text.Json;

namespace Widget.Api.Tavus.Client;

/// <summary>The models and services that a persona uses, one layer for each task.</summary>
public sealed record PersonaLayers
{
    public LlmLayer? Llm { get; init; }

    public TtsLayer? Tts { get; init; }

    public SttLayer? Stt { get; init; }

    public PerceptionLayer? Perception { get; init; }

    public ConversationalFlowLayer? ConversationalFlow { get; init; }

    public TransportLayer? Transport { get; init; }
}

/// <summary>The language model: one that Tavus hosts, or any with an OpenAI-compatible API.</summary>
public sealed record LlmLayer
{
    public string? Model { get; init; }

    /// <summary>Without the last part of the path: Tavus appends <c>/chat/completions</c>.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>Sent as bearer token.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Calls the model while the visitor is still speaking, and discards most answers; on by default.</summary>
    public bool? SpeculativeInference { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Merged into each request's body.</summary>
    public IReadOnlyDictionary<string, JsonElement>? ExtraBody { get; init; }

    /// <summary>Added to each request's query string. Tavus's guides describe it, its OpenAPI document does not.</summary>
    public IReadOnlyDictionary<string, string>? DefaultQuery { get; init; }

    /// <summary>Functions in OpenAI's format. Deprecated; use tools, which are separate objects.</summary>
    public IReadOnlyList<JsonElement>? Tools { get; init; }

    /// <summary>Omits the key, which a record's default text would contain.</summary>
    public override string ToString() => $"model {Model} at {BaseUrl}";
}

public sealed record TtsLayer
{
    /// <summary>cartesia or elevenlabs.</summary>
    public string? TtsEngine { get; init; }

    public string? ExternalVoiceId { get; init; }

    public string? ApiKey { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? VoiceSettings { get; init; }

    public string? TtsModelName { get; init; }

    /// <summary>On by default.</summary>
    public bool? TtsEmotionControl { get; init; }

    public string? PronunciationDictionaryId { get; init; }

    /// <summary>Omits the key, which a record's default text would contain.</summary>
    public override string ToString() => $"voice {ExternalVoiceId} of {TtsEngine}";
}

public sealed record SttLayer
{
    /// <summary>tavus-auto by default.</summary>
    public string? SttEngine { get; init; }

    /// <summary>Words that speech recognition should expect, as one text.</summary>
    public string? Hotwords { get; init; }
}

/// <summary>What the avatar notices about the visitor it sees and hears. An entry may have about 1,000 characters.</summary>
public sealed record PerceptionLayer
{
    /// <summary>raven-1 (default), raven-0 or off.</summary>
    public string? PerceptionModel { get; init; }

    public IReadOnlyList<string>? VisualAwarenessQueries { get; init; }

    public IReadOnlyList<string>? AudioAwarenessQueries { get; init; }

    /// <summary>Questions that are answered after the call has ended.</summary>
    public IReadOnlyList<string>? PerceptionAnalysisQueries { get; init; }

    public string? VisualToolPrompt { get; init; }

    public IReadOnlyList<JsonElement>? VisualTools { get; init; }

    public string? AudioToolPrompt { get; init; }

    public IReadOnlyList<JsonElement>? AudioTools { get; init; }

    /// <summary>The old name of <see cref="VisualAwarenessQueries"/>.</summary>
    public IReadOnlyList<string>? AmbientAwarenessQueries { get; init; }

    /// <summary>The old name of <see cref="VisualToolPrompt"/>.</summary>
    public string? PerceptionToolPrompt { get; init; }

    /// <summary>The old name of <see cref="VisualTools"/>.</summary>
    public IReadOnlyList<JsonElement>? PerceptionTools { get; init; }
}

/// <summary>Turn taking.</summary>
public sealed record ConversationalFlowLayer
{
    /// <summary>sparrow-1 or sparrow-0.</summary>
    public string? TurnDetectionModel { get; init; }

    /// <summary>low, medium or high.</summary>
    public string? TurnTakingPatience { get; init; }

    /// <summary>low, medium or high.</summary>
    public string? ReplicaInterruptibility { get; init; }

    /// <summary>near (default) or off.</summary>
    public string? VoiceIsolation { get; init; }

    public string? WakePhrase { get; init; }

    /// <summary>off (default), patient or eager.</summary>
    public string? IdleEngagement { get; init; }
}

/// <summary>The room that carries the media. Omit the layer to use a room of Tavus's.</summary>
/// <param name="TransportType">livekit.</param>
public sealed record TransportLayer(string TransportType);
