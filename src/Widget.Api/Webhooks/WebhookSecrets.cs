using System.Security.Cryptography;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Webhooks;

/// <summary>The secrets that sign messages, in the form of Standard Webhooks: <c>whsec_</c> and 32 random bytes in base64.</summary>
internal sealed class WebhookSecrets(TenantSecrets secrets)
{
    public const string Prefix = "whsec_";
    private const int RandomBytes = 32;

    public static string New() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(RandomBytes));

    public string Encrypt(TenantId tenant, Guid endpoint, string secret) => secrets.Encrypt(tenant, Name(endpoint), secret);

    /// <summary>Null if the installation's keys can no longer decrypt it.</summary>
    public string? Decrypt(TenantId tenant, Guid endpoint, string encrypted) => secrets.Decrypt(tenant, Name(endpoint), encrypted);

    private static string Name(Guid endpoint) => $"webhook:{endpoint}";
}
