using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Tools;

/// <summary>
/// The secrets with which Tavus signs tenants' tool calls, and the tokens in the addresses to which it sends the calls.
/// </summary>
public sealed class DeliverySecrets(TenantSecrets secrets)
{
    private const string Name = "tavus_tool_secret";

    /// <summary>Null while the tenant has none.</summary>
    public Task<string?> ReadAsync(TenantId tenant, CancellationToken ct) => secrets.ReadAsync(tenant, Name, ct);

    /// <summary>
    /// The tenant's secret, created if there is none. The caller must hold the lease, so that no other node creates one at the same time.
    /// </summary>
    public async Task<string> EnsureAsync(TenantId tenant, CancellationToken ct)
    {
        if (await ReadAsync(tenant, ct) is { } secret) return secret;
        secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await secrets.SaveAsync(tenant, Name, secret, ct);
        return secret;
    }

    /// <summary>
    /// A tool's token. It is derived from the secret, so the address stays the same and need not be stored.
    /// </summary>
    public static string Token(string secret, TenantId tenant, string tool) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"address:{tenant}:{tool}")));

    /// <summary>The stored form of a token.</summary>
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
