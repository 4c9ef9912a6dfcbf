using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<TavusTraining>))]
public enum TavusTraining
{
    [JsonStringEnumMemberName("ready")]
    Ready,

    [JsonStringEnumMemberName("training")]
    Training,

    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>A replica of the account: an avatar's appearance.</summary>
/// <param name="Id">Value for <c>tavusReplicaId</c>.</param>
/// <param name="Name">Name of the replica.</param>
/// <param name="ThumbnailUrl">A short video; null if Tavus has none.</param>
/// <param name="Training">Training status. Only a replica that is ready can be used.</param>
/// <param name="Progress">Training progress in percent; null if Tavus does not report it.</param>
/// <param name="Kind">"user" for the account's own replicas, "system" for Tavus's.</param>
/// <param name="Error">Why its training failed.</param>
/// <param name="Chosen">Whether the tenant's settings use it.</param>
public sealed record TavusReplicaSummary(
    string Id,
    string Name,
    string? ThumbnailUrl,
    TavusTraining Training,
    int? Progress,
    string? Kind,
    string? Error,
    bool Chosen);

/// <param name="Replicas">The replicas on this page.</param>
/// <param name="Page">Page number, from 1.</param>
/// <param name="Total">Total number; null if Tavus does not report it.</param>
public sealed record TavusReplicaPage(IReadOnlyList<TavusReplicaSummary> Replicas, int Page, int? Total);

/// <summary>A persona of the account: an avatar's character.</summary>
/// <param name="Id">Value for <c>tavusPersonaId</c>.</param>
/// <param name="Name">Name of the persona.</param>
/// <param name="ReplicaId">Its default replica.</param>
/// <param name="Kind">"user" for the account's own personas, "system" for Tavus's.</param>
/// <param name="Chosen">Whether the tenant's settings use it.</param>
public sealed record TavusPersonaSummary(string Id, string Name, string? ReplicaId, string? Kind, bool Chosen);

/// <param name="Personas">The personas on this page.</param>
/// <param name="Page">Page number, from 1.</param>
/// <param name="Total">Total number; null if Tavus does not report it.</param>
public sealed record TavusPersonaPage(IReadOnlyList<TavusPersonaSummary> Personas, int Page, int? Total);

/// <summary>A stock voice.</summary>
/// <param name="Name">Name of the voice.</param>
/// <param name="ReplicaId">The replica with this voice.</param>
/// <param name="SampleUrl">Address of an audio sample.</param>
/// <param name="Tags">Tags, such as <c>female</c>.</param>
public sealed record TavusVoiceSummary(string Name, string? ReplicaId, string? SampleUrl, IReadOnlyList<string> Tags);

/// <param name="Voices">The voices on this page.</param>
/// <param name="Page">Page number, from 1.</param>
/// <param name="Total">Total number; null if Tavus does not report it.</param>
public sealed record TavusVoicePage(IReadOnlyList<TavusVoiceSummary> Voices, int Page, int? Total);

/// <summary>Preview of the changes that the tenant's settings make to its persona at Tavus. Nothing has been changed yet.</summary>
public sealed record TavusPersonaPreview
{
    /// <summary>ID of the persona; null if a new one will be created.</summary>
    public string? PersonaId { get; init; }

    /// <summary>The persona's new name.</summary>
    public required string Name { get; init; }

    /// <summary>The changes; empty if the persona already matches the settings.</summary>
    public required IReadOnlyList<TavusPersonaDifference> Changes { get; init; }

    /// <summary>The JSON Patch (RFC 6902) to be sent. For a new persona, it adds all fields. Secrets are masked.</summary>
    public required JsonArray Patch { get; init; }

    /// <summary>Notes to read before applying the changes.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Identifies this preview. Send it to apply the changes; the request fails if something has changed since.</summary>
    public required string Fingerprint { get; init; }
}

/// <param name="Path">The setting, such as <c>agentName</c> or <c>tavusGuardrails.no_prices</c>.</param>
/// <param name="Before">Current value at Tavus; null if there is none.</param>
/// <param name="After">New value; null if it will be removed.</param>
public sealed record TavusPersonaDifference(string Path, JsonNode? Before, JsonNode? After);

/// <summary>Applies a preview.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusPersonaApplyRequest
{
    /// <summary>The preview's fingerprint, so that exactly the previewed changes are applied.</summary>
    [Required(ErrorMessage = "fingerprint is missing. POST /api/tavus/persona/preview returns it."), StringLength(100)]
    public string Fingerprint { get; init; } = "";
}

/// <param name="PersonaId">The tenant's persona, which its settings now use.</param>
/// <param name="Created">Whether it was created.</param>
/// <param name="Published">Whether its draft was published.</param>
/// <param name="Changes">Number of changes.</param>
/// <param name="Problems">What failed. Apply again to continue.</param>
public sealed record TavusPersonaApplied(string PersonaId, bool Created, bool Published, int Changes, IReadOnlyList<string> Problems);
