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

/// <summary>A replica of the account: what an avatar looks like.</summary>
/// <param name="Id">For <c>tavusReplicaId</c>.</param>
/// <param name="Name">What people call it.</param>
/// <param name="ThumbnailUrl">A short video of it; null when Tavus has none.</param>
/// <param name="Training">Only one that is ready can be used.</param>
/// <param name="Progress">Of its training, in percent; null when Tavus does not say.</param>
/// <param name="Kind">user for the account's own, system for Tavus's.</param>
/// <param name="Error">Why its training failed.</param>
/// <param name="Chosen">The tenant's settings name it.</param>
public sealed record TavusReplicaSummary(string Id, string Name, string? ThumbnailUrl, TavusTraining Training, int? Progress, string? Kind, string? Error, bool Chosen);

/// <param name="Replicas">What is on the page.</param>
/// <param name="Page">From 1.</param>
/// <param name="Total">On all pages; null when Tavus does not say.</param>
public sealed record TavusReplicaPage(IReadOnlyList<TavusReplicaSummary> Replicas, int Page, int? Total);

/// <summary>A persona of the account: who an avatar is.</summary>
/// <param name="Id">For <c>tavusPersonaId</c>.</param>
/// <param name="Name">What people call it.</param>
/// <param name="ReplicaId">Its replica unless a call names another.</param>
/// <param name="Kind">user for the account's own, system for Tavus's.</param>
/// <param name="Chosen">The tenant's settings name it.</param>
public sealed record TavusPersonaSummary(string Id, string Name, string? ReplicaId, string? Kind, bool Chosen);

/// <param name="Personas">What is on the page.</param>
/// <param name="Page">From 1.</param>
/// <param name="Total">On all pages; null when Tavus does not say.</param>
public sealed record TavusPersonaPage(IReadOnlyList<TavusPersonaSummary> Personas, int Page, int? Total);

/// <summary>A stock voice.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="ReplicaId">The replica that speaks so.</param>
/// <param name="SampleUrl">To listen to.</param>
/// <param name="Tags">As <c>female</c>.</param>
public sealed record TavusVoiceSummary(string Name, string? ReplicaId, string? SampleUrl, IReadOnlyList<string> Tags);

/// <param name="Voices">What is on the page.</param>
/// <param name="Page">From 1.</param>
/// <param name="Total">On all pages; null when Tavus does not say.</param>
public sealed record TavusVoicePage(IReadOnlyList<TavusVoiceSummary> Voices, int Page, int? Total);

/// <summary>What the tenant's settings will change of its persona at Tavus. Nothing has been changed yet.</summary>
public sealed record TavusPersonaPreview
{
    /// <summary>The persona; null when one will be made.</summary>
    public string? PersonaId { get; init; }

    /// <summary>What it will be called.</summary>
    public required string Name { get; init; }

    /// <summary>Empty when everything is as the settings say.</summary>
    public required IReadOnlyList<TavusPersonaDifference> Changes { get; init; }

    /// <summary>The JSON Patch (RFC 6902) that is sent; for a persona that will be made, its fields as additions. Secrets are masked.</summary>
    public required JsonArray Patch { get; init; }

    /// <summary>What a person should know before applying it.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Names this preview: applying takes it, and refuses when something has changed since.</summary>
    public required string Fingerprint { get; init; }
}

/// <param name="Path">The setting it comes from, as <c>agentName</c> or <c>tavusGuardrails.no_prices</c>.</param>
/// <param name="Before">How it is at Tavus; null when it is not there.</param>
/// <param name="After">How it will be; null when it will be gone.</param>
public sealed record TavusPersonaDifference(string Path, JsonNode? Before, JsonNode? After);

/// <summary>Does what a preview shows.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusPersonaApplyRequest
{
    /// <summary>The preview's fingerprint: what was looked at is what is applied.</summary>
    [Required(ErrorMessage = "fingerprint is missing. POST /api/tavus/persona/preview tells it."), StringLength(100)]
    public string Fingerprint { get; init; } = "";
}

/// <param name="PersonaId">The tenant's persona, which its settings name from now on.</param>
/// <param name="Created">It was made.</param>
/// <param name="Published">It had a draft, which has been published.</param>
/// <param name="Changes">How many things were changed.</param>
/// <param name="Problems">What did not work, in words; applying again goes on with it.</param>
public sealed record TavusPersonaApplied(string PersonaId, bool Created, bool Published, int Changes, IReadOnlyList<string> Problems);
