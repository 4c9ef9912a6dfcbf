using System.Security.Cryptography;
using System.Text;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Speech;

/// <summary>Where and as whom text is made into sound.</summary>
/// <param name="Provider">What is spoken there.</param>
/// <param name="Endpoint">The API's root, as <c>https://api.openai.com/v1</c> or <c>https://api.elevenlabs.io</c>.</param>
/// <param name="Key">Never to a browser or a log; null for a server that wants none.</param>
/// <param name="IsTenants">The tenant names the endpoint, which is then only reached at public addresses.</param>
public sealed record SpeechAccount(SpeechProvider Provider, Uri Endpoint, string? Key, bool IsTenants)
{
    /// <summary>Tells accounts apart without telling their keys.</summary>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Endpoint} {Key}")))[..32];

    /// <summary>Records are printed whole otherwise.</summary>
    public override string ToString() => $"{Provider} at {Endpoint.Host}";
}

/// <summary>A tenant's voice.</summary>
/// <param name="Account">Where it is had.</param>
/// <param name="Model">Null only at ElevenLabs, which has a usual one.</param>
/// <param name="Voice">A name, or an id at ElevenLabs.</param>
public sealed record SpeechVoicePlan(SpeechAccount Account, string? Model, string Voice);

/// <summary>Why a tenant has no voice on the server.</summary>
public enum SpeechGap
{
    None,

    /// <summary>The tenant wants the browser's.</summary>
    Browser,

    /// <summary>Nothing is set up, neither here nor by the tenant.</summary>
    NoEndpoint,

    /// <summary>The tenant names an endpoint and has no key.</summary>
    NoKey,

    /// <summary>The tenant's key cannot be opened any more.</summary>
    LostKey,

    NoModel,

    NoVoice,
}

/// <summary>Finds a tenant's voice.</summary>
public sealed class SpeechAccounts(TenantSecrets secrets, SpeechOptions options)
{
    private static readonly Uri OpenAI = new("https://api.openai.com/v1");
    private static readonly Uri ElevenLabs = new("https://api.elevenlabs.io");

    /// <summary>
    /// The tenant's own endpoint with its own key; the installation's, or the provider's public one, with the tenant's key; or else the installation's
    /// with its own. The installation's key never goes to an endpoint that a tenant names.
    /// </summary>
    public async Task<(SpeechAccount? Account, SpeechGap Gap)> AccountAsync(TenantId tenant, SpeechSettings settings, CancellationToken ct)
    {
        if (settings.Provider == SpeechProvider.Browser) return (null, SpeechGap.Browser);
        var (exists, key) = await secrets.LookUpAsync(tenant, TenantSecrets.SpeechKey, ct);
        // A key of its own that the key ring does not open any more is no reason to speak, and pay, in another account.
        if (exists && key is null) return (null, SpeechGap.LostKey);
        if (key is not null) return (WithKey(settings, key), SpeechGap.None);
        if (settings.Endpoint is not null) return (null, SpeechGap.NoKey);
        // Another provider than the installation's is spoken to elsewhere.
        return options.Endpoint is { } shared && (settings.Provider ?? options.Provider) == options.Provider
            ? (new SpeechAccount(options.Provider, shared, options.Key, IsTenants: false), SpeechGap.None)
            : (null, settings.Provider is null ? SpeechGap.NoEndpoint : SpeechGap.NoKey);
    }

    /// <summary>Where a key of the tenant's own is used.</summary>
    public SpeechAccount WithKey(SpeechSettings settings, string key)
    {
        var provider = settings.Provider is { } wanted and not SpeechProvider.Browser ? wanted : options.Provider;
        if (settings.Endpoint is { } own) return new SpeechAccount(provider, new Uri(own), key, IsTenants: true);
        var shared = provider == options.Provider ? options.Endpoint : null;
        return new SpeechAccount(provider, shared ?? (provider == SpeechProvider.ElevenLabs ? ElevenLabs : OpenAI), key, IsTenants: false);
    }

    /// <summary>The whole plan, or what is missing of it.</summary>
    public async Task<(SpeechVoicePlan? Plan, SpeechGap Gap)> PlanAsync(TenantId tenant, SpeechSettings settings, CancellationToken ct)
    {
        var (account, gap) = await AccountAsync(tenant, settings, ct);
        if (account is null) return (null, gap);
        var (model, voice) = Names(account, settings);
        if (model is null && account.Provider == SpeechProvider.OpenAI) return (null, SpeechGap.NoModel);
        return voice is null ? (null, SpeechGap.NoVoice) : (new SpeechVoicePlan(account, model, voice), SpeechGap.None);
    }

    // The installation's model and voice are those of its endpoint, and mean nothing at another.
    private (string? Model, string? Voice) Names(SpeechAccount account, SpeechSettings settings)
    {
        var shared = account.Provider == options.Provider && account.Endpoint == options.Endpoint;
        return (Text(settings.Model) ?? (shared ? options.Model : null), Text(settings.Voice) ?? (shared ? options.Voice : null));
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
