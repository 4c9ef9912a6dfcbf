using System.Security.Cryptography;
using System.Text;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Visitors;

/// <summary>Checks the proof of a visitor's identity with the tenant's identity secret (docs/embedding.md).</summary>
public sealed class IdentityProofs(TenantSecrets secrets)
{
    /// <summary>Whether the hash proves the id.</summary>
    /// <param name="tenant">The tenant whose secret counts.</param>
    /// <param name="id">The visitor's id on the tenant's site.</param>
    /// <param name="hash">The proof: 64 lower-case hexadecimal digits.</param>
    /// <param name="ct">Cancels the check.</param>
    /// <returns>False, too, if the tenant has no identity secret.</returns>
    public async Task<bool> IsValidAsync(TenantId tenant, string id, string hash, CancellationToken ct) =>
        await secrets.ReadAsync(tenant, TenantSecrets.IdentitySecret, ct) is { } secret && Matches(secret, id, hash);

    /// <summary>The proof of an id.</summary>
    public static string HashOf(string secret, string id) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(id)));

    // The comparison takes the same time wherever the hashes differ, so that the time reveals nothing about the correct hash.
    private static bool Matches(string secret, string id, string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(HashOf(secret, id)), Encoding.UTF8.GetBytes(hash));
}
