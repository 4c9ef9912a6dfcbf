using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Widget.Contracts;

/// <summary>
/// Changes to a lead. Properties that are left out stay as they are; null removes a value. What staff has set is not changed by what
/// visitors say later.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LeadChanges
{
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    /// <summary>The name.</summary>
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string? Name { get; init => field = Given(nameof(Name), value); }

    /// <summary>The company.</summary>
    [StringLength(200, ErrorMessage = "company can have at most 200 characters.")]
    public string? Company { get; init => field = Given(nameof(Company), value); }

    /// <summary>The e-mail address. A new one must not be that of another lead.</summary>
    [StringLength(320), EmailAddress(ErrorMessage = "email is not an e-mail address.")]
    public string? Email { get; init => field = Given(nameof(Email), value); }

    /// <summary>The phone number. Without a country code, it is read as a number of the tenant's region.</summary>
    [StringLength(40, ErrorMessage = "phone can have at most 40 characters.")]
    public string? Phone { get; init => field = Given(nameof(Phone), value); }

    /// <summary>The id of the rep who looks after the lead; null for nobody.</summary>
    public Guid? Owner { get; init => field = Given(nameof(Owner), value); }

    /// <summary>The tier, whatever the score says; null for the score's tier.</summary>
    [RegularExpression("hot|warm|cold", ErrorMessage = "tier must be hot, warm or cold, or null for the score's tier.")]
    public string? Tier { get; init => field = Given(nameof(Tier), value); }

    /// <summary>Values of the tenant's own fields, by key; null removes a value. Other fields stay as they are.</summary>
    [MaxLength(100, ErrorMessage = "fields can have at most 100 values.")]
    public IReadOnlyDictionary<string, JsonElement>? Fields { get; init; }

    /// <summary>
    /// Answers to the qualification's questions that the rep knows, by key; null removes an answer. They count more than the visitor's.
    /// </summary>
    [MaxLength(50, ErrorMessage = "answers can have at most 50 values.")]
    public IReadOnlyDictionary<string, JsonElement>? Answers { get; init; }

    /// <summary>The rep who makes the change, for the timeline. Without it, the API key's name is kept.</summary>
    public Guid? RepId { get; init; }

    /// <summary>Whether the request contains this property, possibly with null.</summary>
    /// <param name="property">The .NET name of the property.</param>
    public bool Has(string property) => _given.Contains(property);

    private T Given<T>(string property, T value)
    {
        _given.Add(property);
        return value;
    }
}

/// <summary>Merges a lead into another one.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MergeRequest
{
    /// <summary>The id of the lead that stays.</summary>
    [JsonRequired]
    public Guid Into { get; init; }

    /// <summary>The rep who merges them, for the timeline.</summary>
    public Guid? RepId { get; init; }
}

/// <summary>What the value of a field is.</summary>
[JsonConverter(typeof(StrictEnumConverter<LeadFieldKind>))]
public enum LeadFieldKind
{
    /// <summary>Text of at most 2,000 characters.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>A number.</summary>
    [JsonStringEnumMemberName("number")]
    Number,

    /// <summary>True or false.</summary>
    [JsonStringEnumMemberName("boolean")]
    Boolean,

    /// <summary>A day, such as 2027-05-01.</summary>
    [JsonStringEnumMemberName("date")]
    Date,
}

/// <summary>The tenant's own fields of leads.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed partial record LeadFields : IValidatableObject
{
    /// <summary>The fields in their order, at most 50. The values of a field that is left out are kept, but not shown.</summary>
    [Required(ErrorMessage = "fields is missing."), MaxLength(50, ErrorMessage = "There can be at most 50 fields.")]
    public IReadOnlyList<LeadField> Fields { get; init; } = [];

    /// <summary>Whether a text can be a key: lower-case letters, digits and underscores, at most 40, beginning with a letter.</summary>
    public static bool IsKey(string? text) => text is not null && Key().IsMatch(text);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // JSON null can occur as a list entry.
        if (Fields.Any(field => field is null || !IsKey(field.Key)))
        {
            yield return new(
                "A field's key must have 1 to 40 lower-case letters, digits and underscores, and begin with a letter.",
                [nameof(Fields)]);
            yield break;
        }

        if (Fields.Any(field => string.IsNullOrWhiteSpace(field.Label) || field.Label.Length > 100))
            yield return new("A field's label must have 1 to 100 characters.", [nameof(Fields)]);
        if (Fields.DistinctBy(field => field.Key, StringComparer.Ordinal).Count() != Fields.Count)
            yield return new("Each key can be used only once.", [nameof(Fields)]);
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_]{0,39}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Key();
}

/// <summary>A tenant's own field of leads.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LeadField
{
    /// <summary>Identifies the field: lower-case letters, digits and underscores.</summary>
    public string Key { get; init; } = "";

    /// <summary>The field's name for people.</summary>
    public string Label { get; init; } = "";

    /// <summary>What the value is.</summary>
    public LeadFieldKind Kind { get; init; }
}

/// <summary>The order of leads.</summary>
[JsonConverter(typeof(StrictEnumConverter<LeadSort>))]
public enum LeadSort
{
    [JsonStringEnumMemberName("newest")]
    Newest,

    [JsonStringEnumMemberName("oldest")]
    Oldest,

    /// <summary>The highest score first; leads without a score last.</summary>
    [JsonStringEnumMemberName("score")]
    Score,
}

/// <summary>A saved view: a name for filters and an order of leads.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LeadViewRequest : IValidatableObject
{
    /// <summary>The view's name.</summary>
    [VisibleText(ErrorMessage = "name is missing.")]
    [StringLength(100, ErrorMessage = "name can have at most 100 characters.")]
    public string Name { get; init; } = "";

    /// <summary>A part of the name, the e-mail address, the company or the phone number.</summary>
    [StringLength(200, ErrorMessage = "query can have at most 200 characters.")]
    public string? Query { get; init; }

    /// <summary>The tiers: <c>hot</c>, <c>warm</c>, <c>cold</c>, or <c>none</c>. Empty for all.</summary>
    [Required, MaxLength(4)]
    public IReadOnlyList<string> Tier { get; init; } = [];

    /// <summary>Ids of reps, or <c>none</c> for leads without an owner. Empty for all.</summary>
    [Required, MaxLength(100)]
    public IReadOnlyList<string> Owner { get; init; } = [];

    /// <summary>Wanted values of the tenant's own fields, each as key and value, such as <c>plan:gold</c>. Empty for all.</summary>
    [Required, MaxLength(100)]
    public IReadOnlyList<string> Field { get; init; } = [];

    /// <summary>The first day or time of creation.</summary>
    [StringLength(40)]
    public string? From { get; init; }

    /// <summary>The last day, or the time before which the leads were created.</summary>
    [StringLength(40)]
    public string? To { get; init; }

    /// <summary>The order.</summary>
    public LeadSort Sort { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Tier.FirstOrDefault(tier => tier is not ("hot" or "warm" or "cold" or "none")) is { } tier)
            yield return new($"There is no tier \"{tier}\". The tiers are hot, warm and cold, or none.", [nameof(Tier)]);
        if (Owner.FirstOrDefault(owner => owner != "none" && !Guid.TryParse(owner, out _)) is { } owner)
            yield return new($"\"{owner}\" is no rep's id. Write an id, or none for leads without an owner.", [nameof(Owner)]);
    }
}

/// <summary>A saved view of leads. Its filters are parameters of <c>GET /api/leads</c>.</summary>
/// <param name="Id">The view.</param>
/// <param name="Name">Its name.</param>
/// <param name="Query">A part of the name, the e-mail address, the company or the phone number; null for all.</param>
/// <param name="Tier">The tiers; empty for all.</param>
/// <param name="Owner">Ids of reps, or <c>none</c>; empty for all.</param>
/// <param name="From">The first day or time of creation; null for all.</param>
/// <param name="To">The last day, or the time before which they were created; null for all.</param>
/// <param name="Sort">The order.</param>
/// <param name="CreatedAt">When the view was saved first.</param>
public sealed record LeadView(
    Guid Id,
    string Name,
    string? Query,
    IReadOnlyList<string> Tier,
    IReadOnlyList<string> Owner,
    string? From,
    string? To,
    LeadSort Sort,
    DateTimeOffset CreatedAt)
{
    /// <summary>Wanted values of the tenant's own fields, each as key and value, such as <c>plan:gold</c>; empty for all.</summary>
    public IReadOnlyList<string> Field { get; init; } = [];
}
