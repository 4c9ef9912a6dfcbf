using System.Security.Cryptography;
using System.Text;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus;

/// <summary>The account at Tavus that a tenant works with.</summary>
/// <param name="Key">Sent as <c>x-api-key</c>, and never to a browser or a log.</param>
/// <param name="IsTenants">The account is the tenant's own, not the installation's.</param>
public sealed record TavusAccount(string Key, bool IsTenants)
{
    /// <summary>Identifies the account without revealing its key.</summary>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))[..32];

    public override string ToString() => $"account {Fingerprint[..8]}";
}

/// <summary>Finds a tenant's account: its own key, or else the platform's.</summary>
public sealed class TavusAccounts(TenantSecrets secrets, TavusApiOptions options)
{
    /// <summary>Null when neither the tenant nor the platform has a key, or the tenant's own can no longer be read.</summary>
    public async Task<TavusAccount?> OfAsync(TenantId tenant, CancellationToken ct)
    {
        var (exists, own) = await secrets.LookUpAsync(tenant, TenantSecrets.TavusKey, ct);
        if (own is not null) return new TavusAccount(own, IsTenants: true);
        // If the tenant's own key can no longer be decrypted, the installation's account must not be used, and paid, instead.
        return options.Key is { } platform && !exists ? new TavusAccount(platform, IsTenants: false) : null;
    }

    /// <summary>The account that something was started in; null when its key is no longer available.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="fingerprint"><see cref="TavusAccount.Fingerprint"/>.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<TavusAccount?> OfAsync(TenantId tenant, string fingerprint, CancellationToken ct)
    {
        if (await OfAsync(tenant, ct) is { } account && account.Fingerprint == fingerprint) return account;
        return options.Key is { } platform
            && new TavusAccount(platform, IsTenants: false) is var shared
            && shared.Fingerprint == fingerprint
            ? shared
            : null;
    }
}
