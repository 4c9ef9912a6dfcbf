using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Widget.Contracts;

/// <summary>The tools that an assistant may have.</summary>
/// <param name="Tools">In order of their names.</param>
public sealed record ToolList(IReadOnlyList<ToolDescription> Tools);

/// <summary>A tool.</summary>
/// <param name="Name">As the settings' <c>tools</c> name it.</param>
/// <param name="Description">What models are told of it.</param>
/// <param name="Parameters">JSON Schema of its arguments.</param>
/// <param name="HasEffects">It changes something, and so is offered only where what it does is really meant.</param>
/// <param name="IsOn">The tenant's assistant may use it.</param>
public sealed record ToolDescription(string Name, string Description, JsonElement Parameters, bool HasEffects, bool IsOn);

/// <summary>What became of registering the tenant's tools at Tavus.</summary>
/// <param name="Created">Names of tools that were not there before.</param>
/// <param name="Updated">Those that had changed.</param>
/// <param name="Removed">Those that are off by now.</param>
/// <param name="Attached">Those that the persona has from now on.</param>
/// <param name="Problems">What could not be done, and why, in words. Doing it again goes on from there.</param>
public sealed record ToolSyncReport(
    IReadOnlyList<string> Created,
    IReadOnlyList<string> Updated,
    IReadOnlyList<string> Removed,
    IReadOnlyList<string> Attached,
    IReadOnlyList<string> Problems);

public sealed record ModelKeyRequest
{
    /// <summary>What it is for.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string Name { get; init; } = "";
}

/// <summary>A key that opens the OpenAI-compatible endpoint and nothing else.</summary>
/// <param name="Id">To revoke it by.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Prefix">Its first characters, to tell keys apart.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ModelKeyInfo(Guid Id, string Name, string Prefix, DateTimeOffset CreatedAt);

/// <summary>A key that was just made.</summary>
/// <param name="Id">To revoke it by.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Key">The key. It is shown this once.</param>
public sealed record CreatedModelKey(Guid Id, string Name, string Key);
