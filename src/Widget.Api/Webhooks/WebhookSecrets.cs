using Widget.Api.Outbound;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Webhooks;

/// <summary>The secrets that sign messages.</summary>
internal sealed class WebhookSecrets(TenantSecrets secrets)
{
    public static string New() => SignedRequests.NewSecret();

    public string Encrypt(TenantId tenant, Guid endpoint, string secret) => secrets.Encrypt(tenant, Name(endpoint), secret);

    /// <summary>Null if the installation's keys can no longer decrypt it.</summary>
    public string? Decrypt(TenantId tenant, Guid endpoint, string encrypted) => secrets.Decrypt(tenant, Name(endpoint), encrypted);

    private static string Name(Guid endpoint) => $"webhook:{endpoint}";
}
