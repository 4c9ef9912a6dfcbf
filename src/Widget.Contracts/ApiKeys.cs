using System.ComponentModel.DataAnnotations;

namespace Widget.Contracts;

/// <summary>A new API key.</summary>
public sealed record ApiKeyRequest
{
    /// <summary>What the key is for.</summary>
    [Required(AllowEmptyStrings = false), StringLength(100)]
    public required string Name { get; init; }

    /// <summary>What it allows, such as <c>leads.read</c>; <c>GET /api/keys</c> lists all scopes. To write includes to read.</summary>
    [Required, MinLength(1)]
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The key is valid for so many days. Null if it never expires.</summary>
    [Range(1, 3650)]
    public int? Days { get; init; }
}

/// <summary>An API key. Its secret is not stored and cannot be shown.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Prefix">The secret's first characters.</param>
/// <param name="Scopes">What it allows; null for everything.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ExpiresAt">Null if it never expires.</param>
/// <param name="LastUsedAt">When it was last used, to the hour. Null if it never was.</param>
public sealed record ApiKeyInfo(
    Guid Id,
    string Name,
    string Prefix,
    IReadOnlyList<string>? Scopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt);

/// <summary>The tenant's API keys.</summary>
/// <param name="Items">Keys that are not revoked, oldest first.</param>
/// <param name="Scopes">All scopes that a key can have.</param>
public sealed record ApiKeyList(IReadOnlyList<ApiKeyInfo> Items, IReadOnlyList<string> Scopes);

/// <summary>A new API key with its secret, which is shown only this once.</summary>
/// <param name="Key">The key.</param>
/// <param name="Secret">Send it as <c>Authorization: Bearer sk_…</c>.</param>
public sealed record CreatedApiKey(ApiKeyInfo Key, string Secret);
