using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<SearchStrategyName>))]
public enum SearchStrategyName
{
    /// <summary>All knowledge bases at once.</summary>
    [JsonStringEnumMemberName("parallel")]
    Parallel,

    /// <summary>The one that suits the question.</summary>
    [JsonStringEnumMemberName("smart")]
    Smart,

    /// <summary>Tavus first, our own when that is not enough.</summary>
    [JsonStringEnumMemberName("fallback")]
    Fallback,
}

/// <summary>A tenant's settings. A misspelt one is refused, since it would be a setting silently not made.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TenantSettings : IValidatableObject
{
    /// <summary>Offer the video avatar.</summary>
    public bool UseTavusVideo { get; init; }

    /// <summary>Search the tenant's Tavus knowledge base, too.</summary>
    public bool UseTavusKB { get; init; }

    /// <summary>The avatar's replica (face); needed for video, and where an endpoint searches a replica's knowledge.</summary>
    [StringLength(100)]
    public string? TavusReplicaId { get; init; }

    /// <summary>The avatar's persona (PAL); the replica's default when null.</summary>
    [StringLength(100)]
    public string? TavusPersonaId { get; init; }

    /// <summary>Longest video call, in seconds; Tavus allows an hour.</summary>
    [Range(60, 3600, ErrorMessage = "tavusMaxCallSeconds must be between 60 and 3600.")]
    public int TavusMaxCallSeconds { get; init; } = 600;

    /// <summary>Minutes of video a month; null for no limit of ours.</summary>
    [Range(0, 1_000_000, ErrorMessage = "tavusMonthlyMinutes must be between 0 and 1,000,000.")]
    public int? TavusMonthlyMinutes { get; init; }

    /// <summary>Documents at Tavus that the avatar may draw on besides its persona's.</summary>
    [Required, MaxLength(100)]
    public IReadOnlyList<string> TavusDocumentIds { get; init; } = [];

    /// <summary>Tags of such documents.</summary>
    [Required, MaxLength(50)]
    public IReadOnlyList<string> TavusDocumentTags { get; init; } = [];

    /// <summary>How the avatar searches them: the quicker, the less thoroughly.</summary>
    public TavusRetrieval TavusRetrieval { get; init; } = TavusRetrieval.Balanced;

    /// <summary>Let calls be recorded, into the bucket of the account at Tavus.</summary>
    public bool TavusRecording { get; init; }

    /// <summary>Only who is given a token gets into the room.</summary>
    public bool TavusPrivateRoom { get; init; }

    /// <summary>Show the avatar without its background.</summary>
    public bool TavusGreenScreen { get; init; }

    /// <summary>The persona answers with this installation's answers and knowledge, through its OpenAI-compatible endpoint.</summary>
    public bool TavusCustomModel { get; init; }

    /// <summary>What the avatar must never do; each is told to Tavus as a guardrail of the persona.</summary>
    [Required, MaxLength(20)]
    public IReadOnlyList<TavusGuardrail> TavusGuardrails { get; init; } = [];

    /// <summary>How the avatar speaks, listens, sees and takes turns.</summary>
    [Required]
    public TavusLayers TavusLayers { get; init; } = new();

    /// <summary>How the assistant should behave, in the tenant's words; told to whatever model speaks for it.</summary>
    [StringLength(8_000)]
    public string? AgentInstructions { get; init; }

    /// <summary>The tools that the assistant may use.</summary>
    [Required, MaxLength(50)]
    public IReadOnlyList<string> Tools { get; init; } = ["search_knowledge"];

    /// <summary>Spoken replies and dictation.</summary>
    [Required]
    public SpeechSettings Speech { get; init; } = new();

    /// <summary>Realtime voice.</summary>
    [Required]
    public VoiceSettings Voice { get; init; } = new();

    /// <summary>Monthly usage ceilings.</summary>
    [Required]
    public BudgetSettings Budget { get; init; } = new();

    /// <summary>How knowledge bases are searched.</summary>
    public SearchStrategyName SearchStrategy { get; init; } = SearchStrategyName.Parallel;

    /// <summary>The Tavus knowledge base's share when both are merged: 0 leaves it without a say, 1 leaves ours without one.</summary>
    [Range(0.0, 1.0, ErrorMessage = "tavusKBWeight must be between 0 and 1.")]
    public double TavusKBWeight { get; init; } = 0.5;

    /// <summary>The name that the assistant goes by.</summary>
    [Required, StringLength(60, MinimumLength = 1)]
    public string AgentName { get; init; } = "Assistant";

    /// <summary>The first thing the assistant says; null for the widget's own words in the visitor's language.</summary>
    [StringLength(500)]
    public string? Greeting { get; init; }

    /// <summary>Questions to begin with, at most six.</summary>
    [Required, MaxLength(6, ErrorMessage = "There may be six suggested questions at most.")]
    public IReadOnlyList<string> SuggestedQuestions { get; init; } = [];

    /// <summary>The widget's looks.</summary>
    [Required]
    public ThemeSettings Theme { get; init; } = new();

    /// <summary>"auto" for the visitor's own language, or one of the widget's.</summary>
    [Required, RegularExpression("auto|en|de|es|ar", ErrorMessage = "locale must be auto, en, de, es or ar.")]
    public string Locale { get; init; } = "auto";

    /// <summary>Where a visitor finds a person besides the chat: a web address or a mailto address.</summary>
    [StringLength(500)]
    public string? ContactUrl { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (UseTavusVideo && string.IsNullOrWhiteSpace(TavusReplicaId))
            yield return new("tavusReplicaId is needed when useTavusVideo is on.", [nameof(TavusReplicaId)]);
        if (TavusDocumentIds.Concat(TavusDocumentTags).Any(text => string.IsNullOrWhiteSpace(text) || text.Length > 200))
            yield return new("A document's id or tag must have 1 to 200 characters.", [nameof(TavusDocumentIds), nameof(TavusDocumentTags)]);
        // JSON's null is let in where an entry is expected.
        var guardrails = TavusGuardrails.OfType<TavusGuardrail>().ToList();
        if (guardrails.Count != TavusGuardrails.Count) yield return new("A guardrail must have a name and a prompt.", [nameof(TavusGuardrails)]);
        foreach (var guardrail in guardrails)
        {
            var problems = new List<ValidationResult>();
            Validator.TryValidateObject(guardrail, new ValidationContext(guardrail), problems, validateAllProperties: true);
            foreach (var problem in problems) yield return new(problem.ErrorMessage, [nameof(TavusGuardrails)]);
        }

        if (guardrails.DistinctBy(guardrail => guardrail.Name, StringComparer.OrdinalIgnoreCase).Count() != guardrails.Count)
            yield return new("Each guardrail needs a name of its own.", [nameof(TavusGuardrails)]);
        if (Tools.Any(tool => string.IsNullOrWhiteSpace(tool) || tool.Length > 64))
            yield return new("A tool's name must have 1 to 64 characters.", [nameof(Tools)]);
        if (SuggestedQuestions.Any(question => string.IsNullOrWhiteSpace(question) || question.Length > 200))
            yield return new("A suggested question must have 1 to 200 characters.", [nameof(SuggestedQuestions)]);
        if (ContactUrl is not null && !(Uri.TryCreate(ContactUrl, UriKind.Absolute, out var contact) && contact.Scheme is "https" or "http" or "mailto"))
            yield return new("contactUrl must be a web address or a mailto address.", [nameof(ContactUrl)]);
        foreach (var (name, part) in new (string, object)[] { (nameof(Theme), Theme), (nameof(Speech), Speech), (nameof(Voice), Voice), (nameof(TavusLayers), TavusLayers), (nameof(Budget), Budget) })
        {
            var problems = new List<ValidationResult>();
            Validator.TryValidateObject(part, new ValidationContext(part), problems, validateAllProperties: true);
            foreach (var problem in problems) yield return new(problem.ErrorMessage, [.. problem.MemberNames.Select(member => $"{name}.{member}")]);
        }

        if (!IsEndpoint(Speech.Endpoint)) yield return new("speech.endpoint must be a web address without a query, such as https://api.openai.com/v1.", [$"{nameof(Speech)}.{nameof(Speech.Endpoint)}"]);
        if (!IsEndpoint(Voice.Endpoint)) yield return new("voice.endpoint must be a web address without a query, such as https://api.openai.com/v1.", [$"{nameof(Voice)}.{nameof(Voice.Endpoint)}"]);
    }

    private static bool IsEndpoint(string? text) =>
        text is null || (Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "https" or "http", Query: "", Fragment: "", UserInfo: "" });
}

[JsonConverter(typeof(StrictEnumConverter<TavusRetrieval>))]
public enum TavusRetrieval
{
    [JsonStringEnumMemberName("speed")]
    Speed,

    [JsonStringEnumMemberName("balanced")]
    Balanced,

    [JsonStringEnumMemberName("quality")]
    Quality,
}

/// <summary>A rule for the avatar.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusGuardrail
{
    /// <summary>Letters, digits and underscores; 89 at most, since Tavus's limit of 100 has to hold a prefix, too.</summary>
    [Required, RegularExpression("[A-Za-z0-9_]{1,89}", ErrorMessage = "A guardrail's name must have 1 to 89 letters, digits and underscores.")]
    public string Name { get; init; } = "";

    /// <summary>What the avatar must never do, in words.</summary>
    [Required(ErrorMessage = "A guardrail must say what it forbids."), StringLength(1_000, ErrorMessage = "A guardrail may have 1,000 characters at most.")]
    public string Prompt { get; init; } = "";
}

[JsonConverter(typeof(StrictEnumConverter<WidgetPosition>))]
public enum WidgetPosition
{
    [JsonStringEnumMemberName("right")]
    Right,

    [JsonStringEnumMemberName("left")]
    Left,
}

[JsonConverter(typeof(StrictEnumConverter<ColorScheme>))]
public enum ColorScheme
{
    /// <summary>The visitor's preference.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    [JsonStringEnumMemberName("light")]
    Light,

    [JsonStringEnumMemberName("dark")]
    Dark,
}

/// <summary>How the widget looks.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ThemeSettings
{
    /// <summary>The brand's colour, as <c>#rrggbb</c>. Text on it is black or white, whichever can be read.</summary>
    [Required, RegularExpression("#[0-9a-fA-F]{6}", ErrorMessage = "color must be written as #rrggbb.")]
    public string Color { get; init; } = "#2f5bea";

    /// <summary>The corner that the launcher stands in.</summary>
    public WidgetPosition Position { get; init; } = WidgetPosition.Right;

    /// <summary>Light, dark, or as the visitor's system.</summary>
    public ColorScheme Scheme { get; init; } = ColorScheme.Auto;
}

/// <summary>The web sites that may carry the tenant's widget.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AllowedOrigins
{
    /// <summary>
    /// Each as a browser sends it: scheme, host and, if it is not the default, port, without a path. At most 50. With an empty list the
    /// widget opens on its hosted page only. The list is required, so that a misspelt field name does not clear it.
    /// </summary>
    /// <example>["https://www.example.com", "http://localhost:8000"]</example>
    [Required, MaxLength(50)]
    public IReadOnlyList<string> Origins { get; init; } = null!;
}
