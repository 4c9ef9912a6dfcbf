using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<TavusKeySource>))]
public enum TavusKeySource
{
    /// <summary>The tenant's own key.</summary>
    [JsonStringEnumMemberName("own")]
    Own,

    /// <summary>This installation's key.</summary>
    [JsonStringEnumMemberName("platform")]
    Platform,

    [JsonStringEnumMemberName("none")]
    None,
}

/// <summary>The Tavus key in use. The key itself is never shown again.</summary>
/// <param name="Source">The owner of the key.</param>
/// <param name="Hint">The last characters of the tenant's own key; otherwise null.</param>
/// <param name="UpdatedAt">When the tenant's own key was set.</param>
/// <param name="Words">An explanation for people.</param>
public sealed record TavusKeyState(TavusKeySource Source, string? Hint, DateTimeOffset? UpdatedAt, string Words);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusKeyRequest
{
    /// <summary>The API key from the Tavus portal. It is stored encrypted and never shown again.</summary>
    [Required(ErrorMessage = "key is missing.")]
    [StringLength(500, MinimumLength = 8, ErrorMessage = "A key must have 8 to 500 characters.")]
    [RegularExpression(
        "[!-~]+",
        ErrorMessage = "A key must not contain spaces or characters outside ASCII. Copy it again from Tavus's portal.")]
    public string Key { get; init; } = "";

    /// <summary>Hides the secret, which a record would otherwise print.</summary>
    public override string ToString() => "a key";
}

/// <summary>Result of testing the avatar's configuration.</summary>
/// <param name="Ok">Whether all checks passed.</param>
/// <param name="Checks">The checks, in the order in which to fix them.</param>
public sealed record TavusTestReport(bool Ok, IReadOnlyList<TavusCheck> Checks);

/// <param name="Name">Name of the check, for programs.</param>
/// <param name="Ok">Whether it passed.</param>
/// <param name="Words">The result and, if it failed, what to do.</param>
public sealed record TavusCheck(string Name, bool Ok, string Words);
