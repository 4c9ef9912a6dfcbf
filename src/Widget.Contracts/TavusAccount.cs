using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<TavusKeySource>))]
public enum TavusKeySource
{
    /// <summary>The tenant's own.</summary>
    [JsonStringEnumMemberName("own")]
    Own,

    /// <summary>This installation's.</summary>
    [JsonStringEnumMemberName("platform")]
    Platform,

    [JsonStringEnumMemberName("none")]
    None,
}

/// <summary>Whose key at Tavus is used. The key itself is never shown again.</summary>
/// <param name="Source">Whose.</param>
/// <param name="Hint">The last characters of the tenant's own; null for the others.</param>
/// <param name="UpdatedAt">When the tenant's own was set.</param>
/// <param name="Words">What a person should know about it.</param>
public sealed record TavusKeyState(TavusKeySource Source, string? Hint, DateTimeOffset? UpdatedAt, string Words);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusKeyRequest
{
    /// <summary>The API key from Tavus's portal. It is kept encrypted and never shown again.</summary>
    [Required(ErrorMessage = "key is missing."), StringLength(500, MinimumLength = 8, ErrorMessage = "A key has 8 to 500 characters."), RegularExpression("[!-~]+", ErrorMessage = "A key has no spaces and no characters beyond ASCII. Copy it again from Tavus's portal.")]
    public string Key { get; init; } = "";

    /// <summary>Records are printed whole otherwise.</summary>
    public override string ToString() => "a key";
}

/// <summary>Whether everything that the avatar needs is there.</summary>
/// <param name="Ok">No check failed.</param>
/// <param name="Checks">Each thing that is needed, in the order to see to them.</param>
public sealed record TavusTestReport(bool Ok, IReadOnlyList<TavusCheck> Checks);

/// <param name="Name">A word for programs.</param>
/// <param name="Ok">Whether it is as it should be.</param>
/// <param name="Words">How it stands and, where it fails, what to do.</param>
public sealed record TavusCheck(string Name, bool Ok, string Words);
