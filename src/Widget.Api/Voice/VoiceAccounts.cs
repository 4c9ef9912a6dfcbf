using System.Security.Cryptography;
using System.Text;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice;

/// <summary>The endpoint and credentials of a tenant's voice calls.</summary>
/// <param name="Protocol">The API's protocol.</param>
/// <param name="Endpoint">Base URL of the API, such as <c>https://api.openai.com/v1</c>.</param>
/// <param name="Key">Must not reach a browser or a log. Null for a server without authentication.</param>
/// <param name="BelongsToTenant">
/// Whether the tenant chose the endpoint. It may then be any URL, so only public addresses are allowed.
/// </param>
public sealed record VoiceAccount(VoiceProtocol Protocol, Uri Endpoint, string? Key, bool BelongsToTenant)
{
    /// <summary>Identifies the account without revealing its key.</summary>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Endpoint} {Key}")))[..32];

    public override string ToString() => $"account {Fingerprint[..8]}";
}

/// <summary>Finds the account for a tenant's voice calls.</summary>
public sealed class VoiceAccounts(TenantSecrets secrets, VoiceOptions options)
{
    internal static readonly Uri OpenAI = new("https://api.openai.com/v1");

    /// <summary>
    /// The tenant's own endpoint with its own key; otherwise the installation's endpoint with the tenant's key, or else with the
    /// installation's key. Null when something is missing. The installation's key is never sent to an endpoint that a tenant chose.
    /// </summary>
    public async Task<VoiceAccount?> OfAsync(TenantId tenant, VoiceSettings settings, CancellationToken ct)
    {
        var (exists, key) = await secrets.LookUpAsync(tenant, TenantSecrets.VoiceKey, ct);
        // If the tenant's key can't be decrypted, do not use the installation's account, which somebody else pays for.
        if (exists && key is null) return null;
        return Of(settings, key);
    }

    /// <summary>The account for a tenant's key; pass null for a tenant without a key.</summary>
    public VoiceAccount? Of(VoiceSettings settings, string? key)
    {
        var protocol = settings.Protocol ?? options.Protocol;
        if (settings.Endpoint is { } own)
            return key is null && protocol != VoiceProtocol.SelfHosted
                ? null
                : new VoiceAccount(protocol, new Uri(own), key, BelongsToTenant: true);
        // The installation's endpoint supports only the installation's protocol.
        var endpoint = protocol == options.Protocol ? options.Endpoint : null;
        if (key is not null)
        {
            if (protocol is VoiceProtocol.OpenAIRealtime or VoiceProtocol.GptLive) endpoint ??= OpenAI;
            return endpoint is null ? null : new VoiceAccount(protocol, endpoint, key, BelongsToTenant: false);
        }

        return endpoint is not null && (options.Key is not null || protocol == VoiceProtocol.SelfHosted)
            ? new VoiceAccount(protocol, endpoint, options.Key, BelongsToTenant: false)
            : null;
    }
}
