using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<SearchStrategyName>))]
public enum SearchStrategyName
{
    /// <summary>Ask all knowledge bases at once.</summary>
    [JsonStringEnumMemberName("parallel")]
    Parallel,

    /// <summary>Ask the knowledge base that suits the question first.</summary>
    [JsonStringEnumMemberName("smart")]
    Smart,

    /// <summary>Ask Tavus first, and the own knowledge base if that is not enough.</summary>
    [JsonStringEnumMemberName("fallback")]
    Fallback,
}

/// <summary>A tenant's settings. Unknown fields are rejected, so that a misspelt setting is not silently ignored.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TenantSettings : IValidatableObject
{
    /// <summary>Whether to offer the video avatar.</summary>
    public bool UseTavusVideo { get; init; }

    /// <summary>Whether to also search the tenant's Tavus knowledge base.</summary>
    public bool UseTavusKB { get; init; }

    /// <summary>The avatar's replica (its face). Required for video, and for search endpoints that search a replica's knowledge.</summary>
    [StringLength(100)]
    public string? TavusReplicaId { get; init; }

    /// <summary>The avatar's persona (PAL). Defaults to the replica's persona.</summary>
    [StringLength(100)]
    public string? TavusPersonaId { get; init; }

    /// <summary>Maximum duration of a video call in seconds. Tavus allows up to one hour.</summary>
    [Range(60, 3600, ErrorMessage = "tavusMaxCallSeconds must be between 60 and 3600.")]
    public int TavusMaxCallSeconds { get; init; } = 600;

    /// <summary>Maximum video minutes per month; null for no limit.</summary>
    [Range(0, 1_000_000, ErrorMessage = "tavusMonthlyMinutes must be between 0 and 1,000,000.")]
    public int? TavusMonthlyMinutes { get; init; }

    /// <summary>IDs of Tavus documents that the avatar may use in addition to its persona's.</summary>
    [Required, MaxLength(100)]
    public IReadOnlyList<string> TavusDocumentIds { get; init; } = [];

    /// <summary>Tags of Tavus documents that the avatar may use in addition to its persona's.</summary>
    [Required, MaxLength(50)]
    public IReadOnlyList<string> TavusDocumentTags { get; init; } = [];

    /// <summary>How the avatar searches these documents. Faster is less thorough.</summary>
    public TavusRetrieval TavusRetrieval { get; init; } = TavusRetrieval.Balanced;

    /// <summary>Whether calls may be recorded, to the Tavus account's bucket.</summary>
    public bool TavusRecording { get; init; }

    /// <summary>Whether the room requires a token.</summary>
    public bool TavusPrivateRoom { get; init; }

    /// <summary>Whether to show the avatar without its background.</summary>
    public bool TavusGreenScreen { get; init; }

    /// <summary>
    /// Whether the persona answers with this installation's answers and knowledge, through its OpenAI-compatible endpoint.
    /// </summary>
    public bool TavusCustomModel { get; init; }

    /// <summary>What the avatar must never do. Each entry becomes a guardrail of the persona at Tavus.</summary>
    [Required, MaxLength(20)]
    public IReadOnlyList<TavusGuardrail> TavusGuardrails { get; init; } = [];

    /// <summary>How the avatar speaks, listens, sees and takes turns.</summary>
    [Required]
    public TavusLayers TavusLayers { get; init; } = new();

    /// <summary>Instructions for the assistant, in the tenant's own words. All models receive them.</summary>
    [StringLength(8_000)]
    public string? AgentInstructions { get; init; }

    /// <summary>Names of the tools that the assistant may use.</summary>
    [Required, MaxLength(50)]
    public IReadOnlyList<string> Tools { get; init; } = ["search_knowledge"];

    /// <summary>Spoken replies and dictation.</summary>
    [Required]
    public SpeechSettings Speech { get; init; } = new();

    /// <summary>Which agents visitors talk with.</summary>
    [Required]
    public AgentSettings Agents { get; init; } = new();

    /// <summary>Realtime voice.</summary>
    [Required]
    public VoiceSettings Voice { get; init; } = new();

    /// <summary>Monthly usage ceilings.</summary>
    [Required]
    public BudgetSettings Budget { get; init; } = new();

    /// <summary>How knowledge bases are searched.</summary>
    public SearchStrategyName SearchStrategy { get; init; } = SearchStrategyName.Parallel;

    /// <summary>Weight of the Tavus knowledge base when results are merged: 0 uses only the own knowledge base, 1 only Tavus.</summary>
    [Range(0.0, 1.0, ErrorMessage = "tavusKBWeight must be between 0 and 1.")]
    public double TavusKBWeight { get; init; } = 0.5;

    /// <summary>The assistant's name.</summary>
    [VisibleText(ErrorMessage = "agentName must have 1 to 60 characters. Leave it out for \"Assistant\".")]
    [StringLength(60, ErrorMessage = "agentName must have 1 to 60 characters.")]
    public string AgentName { get; init; } = "Assistant";

    /// <summary>The assistant's greeting. If null, the widget greets in the visitor's language.</summary>
    [StringLength(500)]
    public string? Greeting { get; init; }

    /// <summary>What the assistant can do, in one or two sentences.</summary>
    [StringLength(300, ErrorMessage = "introduction can have at most 300 characters.")]
    public string? Introduction { get; init; }

    /// <summary>Suggested questions, at most six.</summary>
    [Required, MaxLength(6, ErrorMessage = "There can be at most six suggested questions.")]
    public IReadOnlyList<string> SuggestedQuestions { get; init; } = [];

    /// <summary>
    /// Greeting, introduction and suggested questions by language: <c>en</c>, <c>de</c>, <c>es</c>, <c>ar</c>. A visitor in another
    /// language sees those without a language.
    /// </summary>
    [Required]
    public IReadOnlyDictionary<string, WidgetTranslation> Translations { get; init; } =
        new Dictionary<string, WidgetTranslation>(StringComparer.Ordinal);

    /// <summary>The widget's appearance.</summary>
    [Required]
    public ThemeSettings Theme { get; init; } = new();

    /// <summary>"auto" for the visitor's language, or one of the widget's languages.</summary>
    [Required, RegularExpression("auto|en|de|es|ar", ErrorMessage = "locale must be auto, en, de, es or ar.")]
    public string Locale { get; init; } = "auto";

    /// <summary>How to reach a person outside the chat: a web address or a mailto address.</summary>
    [StringLength(500)]
    public string? ContactUrl { get; init; }

    /// <summary>When people of the company answer visitors; null to say nothing about it.</summary>
    public OfficeHours? OfficeHours { get; init; }

    /// <summary>How soon a person usually answers during office hours, in minutes; null to say nothing about it.</summary>
    [Range(1, 10_080, ErrorMessage = "replyMinutes must be between 1 and 10,080.")]
    public int? ReplyMinutes { get; init; }

    /// <summary>For how many minutes a waiting visitor is offered to one rep before the next one gets the offer.</summary>
    [Range(1, 60, ErrorMessage = "handoffMinutes must be between 1 and 60.")]
    public int HandoffMinutes { get; init; } = 2;

    /// <summary>
    /// The region of phone numbers without a country code: ISO 3166-1 alpha-2, such as <c>DE</c>. If null, the visitor's language and
    /// the time zone of the office hours decide.
    /// </summary>
    [RegularExpression("[A-Z]{2}", ErrorMessage = "phoneRegion must be a country's code of two letters, such as DE.")]
    public string? PhoneRegion { get; init; }

    /// <summary>
    /// A page of another calendar system on which visitors can book meetings: an https address. Null to offer only the own calendar.
    /// </summary>
    [StringLength(500)]
    public string? MeetingUrl { get; init; }

    /// <summary>Proactive messages, at most 20.</summary>
    [Required, MaxLength(20, ErrorMessage = "There can be at most 20 triggers.")]
    public IReadOnlyList<TriggerSettings> Triggers { get; init; } = [];

    /// <summary>What visitors are asked before the chat; null for nothing.</summary>
    public PreChatSettings? PreChat { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (UseTavusVideo && string.IsNullOrWhiteSpace(TavusReplicaId))
            yield return new("tavusReplicaId is required when useTavusVideo is on.", [nameof(TavusReplicaId)]);
        if (TavusDocumentIds.Concat(TavusDocumentTags).Any(text => string.IsNullOrWhiteSpace(text) || text.Length > 200))
            yield return new(
                "A document's id or tag must have 1 to 200 characters.",
                [nameof(TavusDocumentIds), nameof(TavusDocumentTags)]);
        foreach (var (_, error) in TavusGuardrails.SelectMany(FieldErrors.Of)) yield return new(error, [nameof(TavusGuardrails)]);
        if (TavusGuardrails.DistinctBy(guardrail => guardrail.Name, StringComparer.OrdinalIgnoreCase).Count() != TavusGuardrails.Count)
            yield return new("Guardrail names must be unique.", [nameof(TavusGuardrails)]);
        if (Triggers.DistinctBy(trigger => trigger.Id).Count() != Triggers.Count)
            yield return new("Triggers must have different ids.", [nameof(Triggers)]);
        foreach (var (_, error) in Triggers.SelectMany(FieldErrors.Of)) yield return new(error, [nameof(Triggers)]);
        if (Tools.Any(tool => string.IsNullOrWhiteSpace(tool) || tool.Length > 64))
            yield return new("A tool's name must have 1 to 64 characters.", [nameof(Tools)]);
        if (SuggestedQuestions.Any(question => string.IsNullOrWhiteSpace(question) || question.Length > 200))
            yield return new("A suggested question must have 1 to 200 characters.", [nameof(SuggestedQuestions)]);
        if (ContactUrl is not null
            && !(Uri.TryCreate(ContactUrl, UriKind.Absolute, out var contact) && contact.Scheme is "https" or "http" or "mailto"))
            yield return new("contactUrl must be a web address or a mailto address.", [nameof(ContactUrl)]);
        if (MeetingUrl is not null
            && !(Uri.TryCreate(MeetingUrl, UriKind.Absolute, out var calendar) && calendar is { Scheme: "https", UserInfo: "" }))
        {
            yield return new(
                "meetingUrl must be an https address, such as https://calendar.example.com/acme.",
                [nameof(MeetingUrl)]);
        }

        if (Translations.Keys.FirstOrDefault(locale => !WidgetLocales.All.Contains(locale, StringComparer.Ordinal)) is { } unknown)
        {
            yield return new(
                $"There is no language \"{unknown}\". Use {string.Join(", ", WidgetLocales.All)}.",
                [nameof(Translations)]);
        }

        if (Translations.Values.Any(translation => translation is null))
            yield return new("The texts of a language must be an object, not null.", [nameof(Translations)]);
        if (PreChat is { } form
            && (form.Fields is not { Count: <= 10 }
                || form.Fields.Any(field => field is null || !LeadFields.IsKey(field.Field))
                || form.Fields.DistinctBy(field => field.Field, StringComparer.Ordinal).Count() != form.Fields.Count))
        {
            yield return new(
                "preChat.fields can have at most ten different fields: name, email, phone, and keys of questions.",
                [nameof(PreChat)]);
        }

        List<(string Name, object Value)> parts =
        [
            (nameof(Theme), Theme),
            (nameof(Speech), Speech),
            (nameof(Voice), Voice),
            (nameof(TavusLayers), TavusLayers),
            (nameof(Budget), Budget),
        ];
        if (OfficeHours is not null) parts.Add((nameof(OfficeHours), OfficeHours));
        parts.AddRange(Translations.Where(entry => entry.Value is not null)
            .Select(entry => ($"{nameof(Translations)}.{entry.Key}", (object)entry.Value)));
        foreach (var error in parts.SelectMany(part => FieldErrors.OfPart(part.Name, part.Value))) yield return error;
        if (!IsEndpoint(Speech.Endpoint))
            yield return new(
                "speech.endpoint must be a web address without a query, such as https://api.openai.com/v1.",
                [$"{nameof(Speech)}.{nameof(Speech.Endpoint)}"]);
        if (!IsEndpoint(Voice.Endpoint))
            yield return new(
                "voice.endpoint must be a web address without a query, such as https://api.openai.com/v1.",
                [$"{nameof(Voice)}.{nameof(Voice.Endpoint)}"]);
    }

    private static bool IsEndpoint(string? text) =>
        text is null
            || (
                Uri.TryCreate(text, UriKind.Absolute, out var address)
                    && address is { Scheme: "https" or "http", Query: "", Fragment: "", UserInfo: "" });
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
    /// <summary>Letters, digits and underscores, at most 89: Tavus allows 100, including a prefix.</summary>
    [Required]
    [RegularExpression("[A-Za-z0-9_]{1,89}", ErrorMessage = "A guardrail's name must have 1 to 89 letters, digits and underscores.")]
    public string Name { get; init; } = "";

    /// <summary>What the avatar must never do.</summary>
    [Required(ErrorMessage = "A guardrail must say what it forbids.")]
    [StringLength(1_000, ErrorMessage = "A guardrail can have at most 1,000 characters.")]
    public string Prompt { get; init; } = "";
}
