using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>
/// How the avatar speaks, listens, sees and takes turns: the layers of its persona, under Tavus's names. A null field keeps Tavus's value;
/// a field that was set before and is null now is reset to Tavus's default. The language model has its own settings.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusLayers : IValidatableObject
{
    /// <summary>The voice.</summary>
    [Required]
    public TavusTts Tts { get; init; } = new();

    /// <summary>Speech recognition.</summary>
    [Required]
    public TavusStt Stt { get; init; } = new();

    /// <summary>Perception of the visitor's video and tone.</summary>
    [Required]
    public TavusPerception Perception { get; init; } = new();

    /// <summary>Turn-taking.</summary>
    [Required]
    public TavusConversationalFlow ConversationalFlow { get; init; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, object Value)[] layers =
            [("tts", Tts), ("stt", Stt), ("perception", Perception), ("conversationalFlow", ConversationalFlow)];
        foreach (var error in layers.SelectMany(layer => FieldErrors.OfPart(layer.Name, layer.Value))) yield return error;

        IReadOnlyList<string>?[] queryLists =
            [Perception.VisualAwarenessQueries, Perception.AudioAwarenessQueries, Perception.PerceptionAnalysisQueries];
        if (queryLists.SelectMany(queries => queries ?? [])
            .Any(query => string.IsNullOrWhiteSpace(query) || query.Length > TavusPerception.MaxQueryLength))
            yield return new(
                $"A question of the perception layer must have 1 to {TavusPerception.MaxQueryLength:N0} characters.",
                ["perception"]);
    }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusTts
{
    /// <summary>The text-to-speech engine.</summary>
    [RegularExpression("cartesia|elevenlabs", ErrorMessage = "ttsEngine must be cartesia or elevenlabs.")]
    public string? TtsEngine { get; init; }

    /// <summary>One of the engine's voices. Defaults to the replica's voice. A private voice needs its key set at Tavus.</summary>
    [StringLength(200)]
    public string? ExternalVoiceId { get; init; }

    /// <summary>The voice model. Defaults to the engine's usual one.</summary>
    [StringLength(100)]
    public string? TtsModelName { get; init; }

    /// <summary>Whether the voice may express emotion.</summary>
    public bool? TtsEmotionControl { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusStt
{
    /// <summary>The speech recognition engine, such as <c>tavus-auto</c>.</summary>
    [RegularExpression("tavus-[a-z0-9-]{1,50}", ErrorMessage = "sttEngine must be one of Tavus's, such as tavus-auto.")]
    public string? SttEngine { get; init; }

    /// <summary>Names and terms that visitors are likely to say.</summary>
    [StringLength(5_000)]
    public string? Hotwords { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusPerception
{
    /// <summary>Maximum length of a query in characters, as Tavus limits it.</summary>
    public const int MaxQueryLength = 1_000;

    /// <summary>The perception model.</summary>
    [RegularExpression("raven-[01]|off", ErrorMessage = "perceptionModel must be raven-1, raven-0 or off.")]
    public string? PerceptionModel { get; init; }

    /// <summary>What to watch for in the video.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? VisualAwarenessQueries { get; init; }

    /// <summary>What to listen for besides words.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? AudioAwarenessQueries { get; init; }

    /// <summary>Questions about the visitor to answer after the call.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? PerceptionAnalysisQueries { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusConversationalFlow
{
    private const string Levels = "low|medium|high";

    /// <summary>The turn detection model.</summary>
    [RegularExpression("sparrow-[01]", ErrorMessage = "turnDetectionModel must be sparrow-1 or sparrow-0.")]
    public string? TurnDetectionModel { get; init; }

    /// <summary>How long the avatar waits in a pause before it speaks.</summary>
    [RegularExpression(Levels, ErrorMessage = "turnTakingPatience must be low, medium or high.")]
    public string? TurnTakingPatience { get; init; }

    /// <summary>How easily the avatar can be interrupted.</summary>
    [RegularExpression(Levels, ErrorMessage = "replicaInterruptibility must be low, medium or high.")]
    public string? ReplicaInterruptibility { get; init; }

    /// <summary>How strongly other voices and noise are filtered from the visitor's audio.</summary>
    [RegularExpression("near|off", ErrorMessage = "voiceIsolation must be near or off.")]
    public string? VoiceIsolation { get; init; }

    /// <summary>The avatar listens only after it hears this phrase.</summary>
    [StringLength(200)]
    public string? WakePhrase { get; init; }

    /// <summary>Whether the avatar speaks up when the visitor is silent.</summary>
    [RegularExpression("off|patient|eager", ErrorMessage = "idleEngagement must be off, patient or eager.")]
    public string? IdleEngagement { get; init; }
}
