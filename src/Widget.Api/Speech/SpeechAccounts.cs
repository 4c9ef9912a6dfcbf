using System.Security.Cryptography;
using System.Text;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Speech;

/// <summary>The endpoint and credentials of a tenant's spoken replies.</summary>
/// <param name="Provider">The kind of API.</param>
/// <param name="Endpoint">Base URL of the API, such as <c>https://api.openai.com/v1</c> or <c>https://api.elevenlabs.io</c>.</param>
/// <param name="Key">Must not reach a browser or a log. Null for a server without authentication.</param>
/// <param name="BelongsToTenant">Whether the tenant chose the endpoint. Only public addresses are allowed then.</param>
public sealed record SpeechAccount(SpeechProvider Provider, Uri Endpoint, string? Key, bool BelongsToTenant)
{
    /// <summary>Identifies the account without revealing its key.</summary>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Endpoint} {Key}")))[..32];

    /// <summary>Omits the key, which a record's default text would contain.</summary>
    public override string ToString() => $"{Provider} at {Endpoint.Host}";
}

/// <summary>A tenant's voice.</summary>
/// <param name="Account">The account to use.</param>
/// <param name="Model">Null only for ElevenLabs, which has a default.</param>
/// <param name="Voice">The voice's name, or its id for ElevenLabs.</param>
public sealed record SpeechVoicePlan(SpeechAccount Account, string? Model, string Voice);

/// <summary>Why a tenant has no voice on the server.</summary>
public enum SpeechGap
{
    None,

    /// <summary>The tenant has chosen the browser's voice.</summary>
    Browser,

    /// <summary>Neither the installation nor the tenant has an endpoint.</summary>
    NoEndpoint,

    /// <summary>The tenant has an endpoint without a key.</summary>
    NoKey,

    /// <summary>The tenant's key can't be decrypted.</summary>
    UnreadableKey,

    NoModel,

    NoVoice,
}

/// <summary>Finds a tenant's voice.</summary>
public sealed class SpeechAccounts(TenantSecrets secrets, SpeechOptions options)
{
    private static readonly Uri OpenAI = new("https://api.openai.com/v1");
    private static readonly Uri ElevenLabs = new("https://api.elevenlabs.io");

    /// <summary>
    /// The tenant's own endpoint with its own key; otherwise the installation's endpoint, or the provider's public one, with the tenant's
    /// key; otherwise the installation's endpoint with its key. The installation's key is never sent to an endpoint that a tenant chose.
    /// </summary>
    public async Task<(SpeechAccount? Account, SpeechGap Gap)> AccountAsync(TenantId tenant, SpeechSettings settings, CancellationToken ct)
    {
        if (settings.Provider == SpeechProvider.Browser) return (null, SpeechGap.Browser);
        var (exists, key) = await secrets.LookUpAsync(tenant, TenantSecrets.SpeechKey, ct);
        // If the tenant's key can't be decrypted, do not use (and pay from) another account.
        if (exists && key is null) return (null, SpeechGap.UnreadableKey);
        if (key is not null) return (WithKey(settings, key), SpeechGap.None);
        if (settings.Endpoint is not null) return (null, SpeechGap.NoKey);
        // The installation's endpoint can only be used with the installation's provider.
        return options.Endpoint is { } shared && (settings.Provider ?? options.Provider) == options.Provider
            ? (new SpeechAccount(options.Provider, shared, options.Key, BelongsToTenant: false), SpeechGap.None)
            : (null, settings.Provider is null ? SpeechGap.NoEndpoint : SpeechGap.NoKey);
    }

    /// <summary>The account for a tenant's own key.</summary>
    public SpeechAccount WithKey(SpeechSettings settings, string key)
    {
        var provider = settings.Provider is { } wanted and not SpeechProvider.Browser ? wanted : options.Provider;
        if (settings.Endpoint is { } endpoint) return new SpeechAccount(provider, new Uri(endpoint), key, BelongsToTenant: true);
        var shared = provider == options.Provider ? options.Endpoint : null;
        var address = shared ?? (provider == SpeechProvider.ElevenLabs ? ElevenLabs : OpenAI);
        return new SpeechAccount(provider, address, key, BelongsToTenant: false);
    }

    /// <summary>The tenant's voice, or what is missing for one.</summary>
    public async Task<(SpeechVoicePlan? Plan, SpeechGap Gap)> PlanAsync(TenantId tenant, SpeechSettings settings, CancellationToken ct)
    {
        var (account, gap) = await AccountAsync(tenant, settings, ct);
        if (account is null) return (null, gap);
        var (model, voice) = Names(account, settings);
        if (model is null && account.Provider == SpeechProvider.OpenAI) return (null, SpeechGap.NoModel);
        return voice is null ? (null, SpeechGap.NoVoice) : (new SpeechVoicePlan(account, model, voice), SpeechGap.None);
    }

    // The installation's model and voice exist only at its own endpoint.
    private (string? Model, string? Voice) Names(SpeechAccount account, SpeechSettings settings)
    {
        var shared = account.Provider == options.Provider && account.Endpoint == options.Endpoint;
        return (Text(settings.Model) ?? (shared ? options.Model : null), Text(settings.Voice) ?? (shared ? options.Voice : null));
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
