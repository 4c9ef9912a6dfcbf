using System.Security.Cryptography;
using System.Text;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus;

/// <summary>The Tavus account that a tenant uses.</summary>
/// <param name="Key">Sent as <c>x-api-key</c>, and never to a browser or a log.</param>
/// <param name="BelongsToTenant">The account is the tenant's own, not the installation's.</param>
public sealed record TavusAccount(string Key, bool BelongsToTenant)
{
    /// <summary>Identifies the account without revealing its key.</summary>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))[..32];

    public override string ToString() => $"account {Fingerprint[..8]}";
}

/// <summary>Finds a tenant's account: the one of its own key, otherwise the installation's.</summary>
public sealed class TavusAccounts(TenantSecrets secrets, TavusApiOptions options)
{
    /// <summary>Null when neither the tenant nor the installation has a key, or the tenant's own key can no longer be decrypted.</summary>
    public async Task<TavusAccount?> OfAsync(TenantId tenant, CancellationToken ct)
    {
        var (exists, own) = await secrets.LookUpAsync(tenant, TenantSecrets.TavusKey, ct);
        if (own is not null) return new TavusAccount(own, BelongsToTenant: true);
        // If the tenant's own key can no longer be decrypted, do not use (and pay from) the installation's account instead.
        return options.Key is { } key && !exists ? new TavusAccount(key, BelongsToTenant: false) : null;
    }

    /// <summary>The account with a fingerprint; null when its key is no longer available.</summary>
    /// <param name="tenant">The tenant that uses the account.</param>
    /// <param name="fingerprint"><see cref="TavusAccount.Fingerprint"/>.</param>
    /// <param name="ct">Cancels the operation.</param>
    public async Task<TavusAccount?> OfAsync(TenantId tenant, string fingerprint, CancellationToken ct)
    {
        if (await OfAsync(tenant, ct) is { } account && account.Fingerprint == fingerprint) return account;
        if (options.Key is not { } key) return null;
        var shared = new TavusAccount(key, BelongsToTenant: false);
        return shared.Fingerprint == fingerprint ? shared : null;
    }
}
