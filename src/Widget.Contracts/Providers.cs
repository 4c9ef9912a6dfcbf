using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A short-lived secret of the provider, for the tenant's own front end.</summary>
/// <param name="Value">The secret, to use as the key.</param>
/// <param name="ExpiresAt">When it expires. Calls cannot be opened after that.</param>
/// <param name="Endpoint">Where to post the offer.</param>
public sealed record VoiceClientSecret(string Value, DateTimeOffset ExpiresAt, string Endpoint);

/// <summary>Result of testing a provider's configuration, with explanations for the tenant's staff.</summary>
/// <param name="Ok">Whether all checks passed.</param>
/// <param name="Checks">The checks, in the order in which to fix them.</param>
public sealed record ConnectionReport(bool Ok, IReadOnlyList<ConnectionCheck> Checks);

/// <param name="Name">Name of the check, for programs.</param>
/// <param name="Ok">Whether it passed.</param>
/// <param name="Words">The result and, if it failed or soon will, what to do.</param>
public sealed record ConnectionCheck(string Name, bool Ok, string Words);

/// <summary>The key in use at a provider. The key itself is never shown again.</summary>
/// <param name="Source">The owner of the key: <c>own</c>, <c>platform</c> or <c>none</c>.</param>
/// <param name="Hint">The last characters of the tenant's own key; otherwise null.</param>
/// <param name="UpdatedAt">When the tenant's own key was set.</param>
public sealed record ProviderKeyState(TavusKeySource Source, string? Hint, DateTimeOffset? UpdatedAt);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ProviderKeyRequest
{
    /// <summary>The provider's API key. It is stored encrypted and never shown again.</summary>
    [Required(ErrorMessage = "key is missing.")]
    [StringLength(500, MinimumLength = 8, ErrorMessage = "A key must have 8 to 500 characters.")]
    [RegularExpression(
        "[!-~]+",
        ErrorMessage = "A key must not contain spaces or characters outside ASCII. Copy it again from the provider.")]
    public string Key { get; init; } = "";

    /// <summary>Hides the secret, which a record would otherwise print.</summary>
    public override string ToString() => "a key";
}

/// <summary>A mode of conversation and its availability.</summary>
/// <param name="Mode">text, speech, voice or video.</param>
/// <param name="Available">Whether visitors can use it now.</param>
/// <param name="Words">Why, or why not and what to do. For the tenant's staff; visitors do not see it.</param>
public sealed record ModeState(string Mode, bool Available, string Words);
