using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>
/// How the avatar speaks, listens, sees and takes turns: the layers of its persona, under Tavus's own names. What is null is left as it is at Tavus; what
/// was set once and is null now goes back to Tavus's default. The language model has settings of its own.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusLayers : IValidatableObject
{
    /// <summary>The voice.</summary>
    [Required]
    public TavusTts Tts { get; init; } = new();

    /// <summary>What understands the visitor's words.</summary>
    [Required]
    public TavusStt Stt { get; init; } = new();

    /// <summary>What looks at the visitor's picture and hears the tone.</summary>
    [Required]
    public TavusPerception Perception { get; init; } = new();

    /// <summary>Who speaks when.</summary>
    [Required]
    public TavusConversationalFlow ConversationalFlow { get; init; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, layer) in new (string, object)[] { ("tts", Tts), ("stt", Stt), ("perception", Perception), ("conversationalFlow", ConversationalFlow) })
        {
            var problems = new List<ValidationResult>();
            Validator.TryValidateObject(layer, new ValidationContext(layer), problems, validateAllProperties: true);
            foreach (var problem in problems) yield return new(problem.ErrorMessage, [.. problem.MemberNames.Select(member => $"{name}.{member}")]);
        }

        if (new[] { Perception.VisualAwarenessQueries, Perception.AudioAwarenessQueries, Perception.PerceptionAnalysisQueries }
            .Any(queries => queries?.Any(query => string.IsNullOrWhiteSpace(query) || query.Length > TavusPerception.LongestQuery) == true))
            yield return new($"A question of the perception layer must have 1 to {TavusPerception.LongestQuery:N0} characters.", ["perception"]);
    }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusTts
{
    /// <summary>Who makes the avatar's voice.</summary>
    [RegularExpression("cartesia|elevenlabs", ErrorMessage = "ttsEngine must be cartesia or elevenlabs.")]
    public string? TtsEngine { get; init; }

    /// <summary>A voice of the engine's; the replica's own when null. A private one needs its key set at Tavus.</summary>
    [StringLength(200)]
    public string? ExternalVoiceId { get; init; }

    /// <summary>The model of that voice; the engine's usual one when null.</summary>
    [StringLength(100)]
    public string? TtsModelName { get; init; }

    /// <summary>Let the voice show feeling.</summary>
    public bool? TtsEmotionControl { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusStt
{
    /// <summary>Such as <c>tavus-auto</c>.</summary>
    [RegularExpression("tavus-[a-z0-9-]{1,50}", ErrorMessage = "sttEngine must be one of Tavus's, such as tavus-auto.")]
    public string? SttEngine { get; init; }

    /// <summary>Names and terms that visitors will say.</summary>
    [StringLength(5_000)]
    public string? Hotwords { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusPerception
{
    /// <summary>Tavus's limit, in characters.</summary>
    public const int LongestQuery = 1_000;

    /// <summary>The model that sees and hears the visitor.</summary>
    [RegularExpression("raven-[01]|off", ErrorMessage = "perceptionModel must be raven-1, raven-0 or off.")]
    public string? PerceptionModel { get; init; }

    /// <summary>What to keep an eye on in the picture.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? VisualAwarenessQueries { get; init; }

    /// <summary>What to listen for besides words.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? AudioAwarenessQueries { get; init; }

    /// <summary>What to answer about the visitor when the call is over.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? PerceptionAnalysisQueries { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusConversationalFlow
{
    private const string Levels = "low|medium|high";

    /// <summary>The model that notices whose turn it is.</summary>
    [RegularExpression("sparrow-[01]", ErrorMessage = "turnDetectionModel must be sparrow-1 or sparrow-0.")]
    public string? TurnDetectionModel { get; init; }

    /// <summary>How long a pause it lets pass before it speaks.</summary>
    [RegularExpression(Levels, ErrorMessage = "turnTakingPatience must be low, medium or high.")]
    public string? TurnTakingPatience { get; init; }

    /// <summary>How easily it can be interrupted.</summary>
    [RegularExpression(Levels, ErrorMessage = "replicaInterruptibility must be low, medium or high.")]
    public string? ReplicaInterruptibility { get; init; }

    /// <summary>How much of other voices and noise is taken out of what the visitor says.</summary>
    [RegularExpression("near|off", ErrorMessage = "voiceIsolation must be near or off.")]
    public string? VoiceIsolation { get; init; }

    /// <summary>It listens only when it hears this.</summary>
    [StringLength(200)]
    public string? WakePhrase { get; init; }

    /// <summary>Whether it speaks up when nobody does.</summary>
    [RegularExpression("off|patient|eager", ErrorMessage = "idleEngagement must be off, patient or eager.")]
    public string? IdleEngagement { get; init; }
}
