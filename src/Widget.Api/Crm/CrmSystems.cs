using System.Globalization;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Crm;

/// <summary>A tenant's connection to a system.</summary>
/// <param name="Settings">How to connect it: a <see cref="HubSpotConnection"/> or a <see cref="SalesforceConnection"/>.</param>
internal sealed record CrmAccount(CrmFields Settings)
{
    public CrmKind Kind => Settings is HubSpotConnection ? CrmKind.HubSpot : CrmKind.Salesforce;
}

/// <summary>Speaks with one kind of system.</summary>
internal interface ICrmSystem
{
    CrmKind Kind { get; }

    /// <summary>Adds or changes a lead, so that sending it twice is the same as sending it once.</summary>
    /// <param name="account">The tenant's connection.</param>
    /// <param name="lead">The lead.</param>
    /// <param name="remoteId">The system's id from the last time; null if it does not know the lead.</param>
    /// <param name="ct">Cancels the request.</param>
    /// <returns>The system's id.</returns>
    /// <exception cref="CrmException">The lead was not taken.</exception>
    Task<string> SaveAsync(CrmAccount account, Lead lead, string? remoteId, CancellationToken ct);

    /// <summary>Checks that the connection can be used.</summary>
    /// <exception cref="CrmException">It cannot, and why.</exception>
    Task TestAsync(CrmAccount account, CancellationToken ct);
}

/// <summary>What the systems' mappings share.</summary>
internal static class CrmMapping
{
    /// <summary>The first names and the last word of a name. Names of one word are last names.</summary>
    public static (string? First, string? Last) Names(string? name)
    {
        if (name?.Trim() is not { Length: > 0 } trimmed) return (null, null);
        var space = trimmed.LastIndexOf(' ');
        return space < 0 ? (null, trimmed) : (trimmed[..space].TrimEnd(), trimmed[(space + 1)..]);
    }

    /// <summary>Adds the properties that the tenant maps to fields of its own.</summary>
    public static void AddFields(IDictionary<string, string> properties, CrmFields settings, Lead lead)
    {
        foreach (var (name, field) in settings.Fields)
        {
            var value = name switch
            {
                "leadId" => lead.Id.ToString(),
                "score" => lead.Score?.ToString(CultureInfo.InvariantCulture),
                "tier" => lead.Tier,
                "reasons" => lead.Reasons.Count > 0 ? string.Join('\n', lead.Reasons) : null,
                "consent" => lead.Consent,
                "createdAt" => lead.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                _ => null,
            };
            if (value is not null) properties[field] = value;
        }
    }

    /// <summary>Adds a property unless it has no value. What the system knows already is not emptied.</summary>
    public static void Add(IDictionary<string, string> properties, string field, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value)) properties[field] = value;
    }

    /// <summary>The text of a property of a JSON object; null if there is none.</summary>
    public static string? Text(JsonElement value, string property) =>
        value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty(property, out var found)
        && found.ValueKind == JsonValueKind.String
            ? found.GetString()
            : null;
}
