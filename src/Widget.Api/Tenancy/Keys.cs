using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy;

/// <summary>
/// The key in the script tag of a customer's page. It is public. It allows only what a visitor may do, from the tenant's allowed origins.
/// </summary>
public sealed class SiteKey : ITenantOwned
{
    public const string Prefix = "pk_";

    public required TenantId TenantId { get; init; }

    public required string Key { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    public static SiteKey New(TenantId tenant) =>
        new() { TenantId = tenant, Key = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(18)) };

    internal static void Map(ModelBuilder model)
    {
        var key = model.Entity<SiteKey>();
        key.ToTable("site_keys").HasKey(row => row.Key);
        key.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        key.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>A secret key of the tenant's own programs. Only its hash is stored, so it is shown only once, when it is created.</summary>
public sealed class ApiKey : ITenantOwned
{
    public const string SecretPrefix = "sk_";

    /// <summary>
    /// The prefix of a key that gives access only to the OpenAI-compatible endpoint, so that it can be given to another service.
    /// </summary>
    public const string ModelPrefix = "mk_";

    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    /// <summary>The tenant's name for the key.</summary>
    public required string Name { get; init; }

    /// <summary>The secret's first characters, to tell keys apart.</summary>
    public required string Prefix { get; init; }

    /// <summary>SHA-256 of the secret. The secret has 192 random bits, so a slow hash would add nothing.</summary>
    public required byte[] Hash { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>What the key allows, such as <c>leads.read</c>; null for everything.</summary>
    public string[]? Scopes { get; init; }

    /// <summary>Null if it never expires.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was last used, to the hour. Null if it never was.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <param name="tenant">The owner.</param>
    /// <param name="name">The tenant's name for it.</param>
    /// <param name="prefix">What the secret begins with.</param>
    /// <param name="scopes">What it allows; null for everything.</param>
    /// <param name="expiresAt">Null if it never expires.</param>
    public static (ApiKey Key, string Secret) New(
        TenantId tenant,
        string name,
        string prefix = SecretPrefix,
        string[]? scopes = null,
        DateTimeOffset? expiresAt = null)
    {
        var secret = prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        var key = new ApiKey
        {
            TenantId = tenant,
            Id = Guid.CreateVersion7(),
            Name = name,
            Prefix = secret[..9],
            Hash = HashOf(secret),
            Scopes = scopes,
            ExpiresAt = expiresAt,
        };
        return (key, secret);
    }

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    internal static void Map(ModelBuilder model)
    {
        var key = model.Entity<ApiKey>();
        key.ToTable("api_keys").HasKey(row => new { row.TenantId, row.Id });
        key.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        key.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>A website that may embed the tenant's widget, as browsers send it in the Origin header.</summary>
public sealed class AllowedOrigin : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required string Origin { get; init; }

    /// <summary>Returns the origin as browsers write it. Null if the text is not an origin.</summary>
    public static string? Normalize(string? text)
    {
        if (!Uri.TryCreate(text?.Trim(), UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https")
            || address.AbsolutePath != "/" || address.Query.Length > 0 || address.Fragment.Length > 0 || address.UserInfo.Length > 0)
        {
            return null;
        }

        // Browsers send international names in their ASCII form: bücher.example as xn--bcher-kva.example.
        var host = address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost;
        return address.IsDefaultPort ? $"{address.Scheme}://{host}" : $"{address.Scheme}://{host}:{address.Port}";
    }

    internal static void Map(ModelBuilder model)
    {
        var origin = model.Entity<AllowedOrigin>();
        origin.ToTable("allowed_origins").HasKey(row => new { row.TenantId, row.Origin });
        origin.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
    }
}
