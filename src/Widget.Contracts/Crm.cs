using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A system that gets the tenant's leads.</summary>
[JsonConverter(typeof(StrictEnumConverter<CrmKind>))]
public enum CrmKind
{
    /// <summary>HubSpot: leads become contacts.</summary>
    [JsonStringEnumMemberName("hubspot")]
    HubSpot,

    /// <summary>Salesforce: leads become leads.</summary>
    [JsonStringEnumMemberName("salesforce")]
    Salesforce,
}

/// <summary>How to connect HubSpot.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HubSpotConnection : CrmFields
{
    /// <summary>
    /// The access token of a private app with the scopes <c>crm.objects.contacts.read</c> and <c>crm.objects.contacts.write</c>.
    /// </summary>
    [Required(ErrorMessage = "token is missing."), StringLength(500)]
    public string Token { get; init; } = "";
}

/// <summary>How to connect Salesforce.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SalesforceConnection : CrmFields
{
    /// <summary>The organisation's My Domain address.</summary>
    /// <example>https://acme.my.salesforce.com</example>
    [Required(ErrorMessage = "domain is missing."), StringLength(500)]
    public string Domain { get; init; } = "";

    /// <summary>The consumer key of a connected app that allows the client credentials flow.</summary>
    [Required(ErrorMessage = "clientId is missing."), StringLength(500)]
    public string ClientId { get; init; } = "";

    /// <summary>The consumer secret.</summary>
    [Required(ErrorMessage = "clientSecret is missing."), StringLength(500)]
    public string ClientSecret { get; init; } = "";

    /// <summary>A text field of the object Lead that is marked as an external id. It gets the lead's id.</summary>
    [Required, RegularExpression("[A-Za-z][A-Za-z0-9_]{0,79}", ErrorMessage = "externalIdField must be a field's API name.")]
    public string ExternalIdField { get; init; } = "Widget_Lead_Id__c";
}

/// <summary>More of a lead's properties for a system.</summary>
public abstract record CrmFields : IValidatableObject
{
    /// <summary>The properties that can be sent besides name, e-mail address, phone number and company.</summary>
    public static IReadOnlyList<string> Names { get; } = ["leadId", "score", "tier", "reasons", "consent", "createdAt"];

    /// <summary>
    /// The system's fields for more of a lead's properties: <c>leadId</c>, <c>score</c>, <c>tier</c>, <c>reasons</c>, <c>consent</c>,
    /// <c>createdAt</c>. The fields must exist.
    /// </summary>
    /// <example>{"score": "widget_score"}</example>
    [Required]
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Fields.Keys.FirstOrDefault(name => !Names.Contains(name, StringComparer.Ordinal)) is { } unknown)
            yield return new($"A lead has no \"{unknown}\". Use {string.Join(", ", Names)}.", [nameof(Fields)]);
        if (Fields.Values.Any(field => string.IsNullOrWhiteSpace(field) || field.Length > 100))
            yield return new("A field's name must have 1 to 100 characters.", [nameof(Fields)]);
    }
}

/// <summary>A connected system.</summary>
public sealed record CrmConnection
{
    public required CrmKind Kind { get; init; }

    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a lead last arrived; null if none has.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>Why the system refuses the connection; null if it doesn't.</summary>
    public string? Error { get; init; }

    /// <summary>Leads that arrived in their present version.</summary>
    public required long Delivered { get; init; }

    /// <summary>Leads that wait to be sent.</summary>
    public required long Waiting { get; init; }

    /// <summary>Leads that the system refused, or that could not be sent for three days.</summary>
    public required long Failed { get; init; }
}

/// <summary>Whether a lead has been sent to a system.</summary>
public sealed record CrmRecord
{
    public required Guid LeadId { get; init; }

    /// <summary><c>delivered</c>, <c>waiting</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>The system's id of the lead; null until it arrived.</summary>
    public string? RemoteId { get; init; }

    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>Attempts to send the present version.</summary>
    public required int Attempts { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? Error { get; init; }
}

/// <summary>Whether leads have been sent to a system, the last change first.</summary>
/// <param name="Items">The leads.</param>
/// <param name="Next">Pass it as <c>after</c> to get more; null if there are none.</param>
public sealed record CrmRecordPage(IReadOnlyList<CrmRecord> Items, string? Next);

/// <summary>The result of testing a connection.</summary>
/// <param name="Ok">Whether the system accepts it.</param>
/// <param name="Message">What is wrong, and what to do about it; null if it is accepted.</param>
public sealed record CrmTest(bool Ok, string? Message);
