using System.Security.Cryptography;
using System.Text;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice;

/// <summary>Where and as whom a tenant's voice calls are made.</summary>
/// <param name="Protocol">What is spoken there.</param>
/// <param name="Endpoint">The API's root, as <c>https://api.openai.com/v1</c>.</param>
/// <param name="Key">Never to a browser or a log; null for a server that wants none.</param>
/// <param name="IsTenants">The tenant's own, not the installation's. Its endpoint may then be anywhere, and is only reached at public addresses.</param>
public sealed record VoiceAccount(VoiceProtocol Protocol, Uri Endpoint, string? Key, bool IsTenants)
{
    /// <summary>Tells accounts apart without telling their keys.</summary>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Endpoint} {Key}")))[..32];

    public override string ToString() => $"account {Fingerprint[..8]}";
}

/// <summary>Finds a tenant's account for voice.</summary>
public sealed class VoiceAccounts(TenantSecrets secrets, VoiceOptions options)
{
    internal static readonly Uri OpenAI = new("https://api.openai.com/v1");

    /// <summary>
    /// The tenant's own endpoint with its own key; the installation's endpoint with the tenant's key, or else the installation's. Null when what is
    /// needed is not there. The installation's key never goes to an endpoint that a tenant names.
    /// </summary>
    public async Task<VoiceAccount?> OfAsync(TenantId tenant, VoiceSettings settings, CancellationToken ct)
    {
        var (exists, key) = await secrets.LookUpAsync(tenant, TenantSecrets.VoiceKey, ct);
        // A key of its own that the key ring does not open any more is no reason to work, and pay, in another account.
        if (exists && key is null) return null;
        return Of(settings, key);
    }

    /// <summary>The account as it would be with this key of the tenant's; null for none of its own.</summary>
    public VoiceAccount? Of(VoiceSettings settings, string? key)
    {
        var protocol = settings.Protocol ?? options.Protocol;
        if (settings.Endpoint is { } own)
            return key is null && protocol != VoiceProtocol.SelfHosted ? null : new VoiceAccount(protocol, new Uri(own), key, IsTenants: true);
        // Another protocol than the installation's is spoken elsewhere.
        var endpoint = protocol == options.Protocol ? options.Endpoint : null;
        if (key is not null) return (endpoint ?? (protocol is VoiceProtocol.OpenAIRealtime or VoiceProtocol.GptLive ? OpenAI : null)) is { } place ? new VoiceAccount(protocol, place, key, IsTenants: false) : null;
        return endpoint is not null && (options.Key is not null || protocol == VoiceProtocol.SelfHosted) ? new VoiceAccount(protocol, endpoint, options.Key, IsTenants: false) : null;
    }
}
