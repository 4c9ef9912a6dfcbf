using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Widget.Contracts;

/// <summary>A proactive message: what the launcher says by itself, and when.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed partial record TriggerSettings : IValidatableObject
{
    /// <summary>Identifies the trigger in counts and in visitors' browsers: small letters, digits and hyphens.</summary>
    /// <example>pricing-help</example>
    [Required]
    public string Id { get; init; } = "";

    /// <summary>When the message is shown.</summary>
    [Required]
    public TriggerConditions When { get; init; } = new();

    /// <summary>
    /// The message, in one to four variants. With more than one, each visitor sees one of them, and <c>GET /api/analytics/triggers</c> says
    /// which does better.
    /// </summary>
    [Required]
    [MinLength(1, ErrorMessage = "A trigger needs a message."), MaxLength(4, ErrorMessage = "A trigger can have at most four variants.")]
    public IReadOnlyList<TriggerVariant> Variants { get; init; } = [];

    /// <summary>How often a visitor sees it at most, 1 to 20.</summary>
    [Range(1, 20, ErrorMessage = "cap must be between 1 and 20.")]
    public int Cap { get; init; } = 1;

    /// <summary>Whether it is in use.</summary>
    public bool Enabled { get; init; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Name().IsMatch(Id))
            yield return new("A trigger's id must have 1 to 40 small letters, digits and hyphens.", [nameof(Id)]);
        if (Variants.Any(variant => variant.Id is null || !Name().IsMatch(variant.Id)))
            yield return new("A variant's id must have 1 to 40 small letters, digits and hyphens.", [nameof(Variants)]);
        if (Variants.DistinctBy(variant => variant.Id).Count() != Variants.Count)
            yield return new("The variants of a trigger must have different ids.", [nameof(Variants)]);
        if (Variants.Any(variant => string.IsNullOrWhiteSpace(variant.Message) || variant.Message.Length > 300))
            yield return new("A trigger's message must have 1 to 300 characters.", [nameof(Variants)]);
        foreach (var error in FieldErrors.OfPart(nameof(When), When)) yield return error;
    }

    [GeneratedRegex(@"^[a-z0-9-]{1,40}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}

/// <summary>When a proactive message is shown: when all conditions that are set hold.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TriggerConditions : IValidatableObject
{
    /// <summary>
    /// Paths of pages, such as <c>/pricing</c> or <c>/products/*</c>. <c>*</c> stands for any characters. Empty for all pages.
    /// </summary>
    [Required, MaxLength(20, ErrorMessage = "A trigger can have at most 20 pages.")]
    public IReadOnlyList<string> Pages { get; init; } = [];

    /// <summary>Seconds that the visitor has been on the page, 0 to 3,600.</summary>
    [Range(0, 3_600, ErrorMessage = "afterSeconds must be between 0 and 3,600.")]
    public int? AfterSeconds { get; init; }

    /// <summary>How much of the page the visitor has scrolled past, in percent.</summary>
    [Range(1, 100, ErrorMessage = "scrollPercent must be between 1 and 100.")]
    public int? ScrollPercent { get; init; }

    /// <summary>Whether the pointer leaves the page at its top, as if to close it or to leave. Only with a mouse.</summary>
    public bool OnExit { get; init; }

    /// <summary>True for visitors whose browser was on the site in an earlier session, false for the others; null for all.</summary>
    public bool? Returning { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Pages.Any(page => page is null || page.Length > 300 || !(page.StartsWith('/') || page.StartsWith('*'))))
            yield return new("A page is a path such as /pricing or /products/*, with at most 300 characters.", [nameof(Pages)]);
    }
}

/// <summary>A variant of a proactive message.</summary>
/// <param name="Id">Identifies it in counts.</param>
/// <param name="Message">The message.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TriggerVariant(string Id, string Message);

/// <summary>A proactive message for a visitor's page. The page chooses one of the variants at random, and keeps to it.</summary>
public sealed record WidgetTrigger(string Id, TriggerConditions When, IReadOnlyList<TriggerVariant> Variants, int Cap);

/// <summary>What happened to a proactive message.</summary>
[JsonConverter(typeof(StrictEnumConverter<TriggerEvent>))]
public enum TriggerEvent
{
    [JsonStringEnumMemberName("shown")]
    Shown,

    /// <summary>The visitor opened the panel from it.</summary>
    [JsonStringEnumMemberName("opened")]
    Opened,

    /// <summary>The visitor closed it.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,
}

/// <summary>A page's report about a proactive message.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TriggerReport
{
    /// <summary>The public key of the site.</summary>
    [Required(ErrorMessage = "siteKey is missing."), StringLength(100)]
    public string SiteKey { get; init; } = "";

    /// <summary>The trigger's id.</summary>
    [Required(ErrorMessage = "trigger is missing."), StringLength(40)]
    public string Trigger { get; init; } = "";

    /// <summary>The variant's id.</summary>
    [Required(ErrorMessage = "variant is missing."), StringLength(40)]
    public string Variant { get; init; } = "";

    [JsonRequired]
    public TriggerEvent Event { get; init; }

    /// <summary>The page on which it happened. It is counted without its query.</summary>
    [StringLength(2_000, ErrorMessage = "page can have at most 2,000 characters.")]
    public string? Page { get; init; }
}

/// <summary>How a variant of a proactive message does.</summary>
public sealed record TriggerVariantFigures
{
    /// <summary>The variant's id.</summary>
    public required string Variant { get; init; }

    /// <summary>Its present message; null if it is no longer in the settings.</summary>
    public string? Message { get; init; }

    public required long Shown { get; init; }

    public required long Opened { get; init; }

    public required long Closed { get; init; }

    /// <summary>The share of those who saw it who opened the panel; null if nobody saw it.</summary>
    public double? OpenRate { get; init; }

    /// <summary>
    /// How probable it is to see at least such a difference from the first variant if both did equally well: the p value of Fisher's exact
    /// test, multiplied by the number of comparisons (Bonferroni). Null for the first variant.
    /// </summary>
    public double? PValue { get; init; }

    /// <summary>Whether the difference from the first variant is significant: a p value below 0.05.</summary>
    public bool Significant { get; init; }
}

/// <summary>How a proactive message does.</summary>
/// <param name="Trigger">The trigger's id.</param>
/// <param name="Variants">Its variants, those in the settings first.</param>
/// <param name="Pages">The pages on which it was shown most often, at most 50.</param>
public sealed record TriggerFigures(
    string Trigger,
    IReadOnlyList<TriggerVariantFigures> Variants,
    IReadOnlyList<TriggerPageFigures> Pages);

/// <summary>How often a proactive message was shown, opened and closed on a page.</summary>
/// <param name="Page">The address without query; empty if it is unknown.</param>
/// <param name="Shown">How often it was shown.</param>
/// <param name="Opened">How often the panel was opened from it.</param>
/// <param name="Closed">How often it was closed.</param>
public sealed record TriggerPageFigures(string Page, long Shown, long Opened, long Closed);
