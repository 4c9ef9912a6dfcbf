using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy;

/// <summary>A tenant's encrypted key at another service.</summary>
public sealed class TenantSecret : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required string Name { get; init; }

    public required string Protected { get; set; }

    /// <summary>The secret's last characters, so that people recognize it. Empty for a short secret.</summary>
    public required string Hint { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var secret = model.Entity<TenantSecret>();
        secret.ToTable("tenant_secrets").HasKey(row => new { row.TenantId, row.Name });
        secret.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        secret.Property(row => row.UpdatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>The parts of a secret that can be shown.</summary>
public sealed record SecretSummary(string Hint, DateTimeOffset UpdatedAt);

/// <summary>
/// Stores tenants' secrets, encrypted with the installation's key ring. The encryption is bound to tenant and name, so a row that is
/// copied to another tenant cannot be decrypted there. Secrets are used only on the server and never shown again.
/// </summary>
public sealed class TenantSecrets(TenantDatabase database, IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>The tenant's own key at Tavus.</summary>
    public const string TavusKey = "tavus_key";

    /// <summary>The tenant's own key at the provider of its realtime voice.</summary>
    public const string VoiceKey = "voice_key";

    /// <summary>The tenant's own key at the provider of its spoken replies.</summary>
    public const string SpeechKey = "speech_key";

    /// <summary>The secret with which the tenant's server proves who a visitor is.</summary>
    public const string IdentitySecret = "identity_secret";

    private const int HintLength = 4;
    private const int MinLengthForHint = 12;

    /// <summary>Returns the secret. Null if the tenant has none or if it can no longer be decrypted.</summary>
    public async Task<string?> ReadAsync(TenantId tenant, string name, CancellationToken ct) =>
        (await LookUpAsync(tenant, name, ct)).Secret;

    /// <summary>
    /// Returns whether the tenant has the secret, and the secret itself. The secret is also null if the installation's keys can no longer
    /// decrypt it.
    /// </summary>
    public async Task<(bool Exists, string? Secret)> LookUpAsync(TenantId tenant, string name, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add("select protected from tenant_secrets where tenant_id = $1 and name = $2", [tenant.Value, name]);
        await using var row = await batch.ReadAsync(ct);
        if (!await row.ReadAsync(ct)) return (false, null);
        return (true, Decrypt(tenant, name, row.GetString(0)));
    }

    /// <summary>Encrypts a secret that is stored in another table. The encryption is bound to tenant and name.</summary>
    public string Encrypt(TenantId tenant, string name, string secret) => Protector(tenant, name).Protect(secret);

    /// <summary>Decrypts what <see cref="Encrypt"/> returned.</summary>
    /// <returns>Null if the installation's keys can no longer decrypt it, or if it is bound to another tenant or name.</returns>
    public string? Decrypt(TenantId tenant, string name, string encrypted)
    {
        try
        {
            return Protector(tenant, name).Unprotect(encrypted);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The last characters of a secret, so that people recognize it. Empty for a short secret.</summary>
    public static string HintOf(string secret) => secret.Length >= MinLengthForHint ? secret[^HintLength..] : "";

    /// <summary>Returns the parts of the secret that can be shown. Null if the tenant has none.</summary>
    public async Task<SecretSummary?> FindAsync(TenantId tenant, string name, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Secrets.Where(row => row.Name == name).Select(row => new SecretSummary(row.Hint, row.UpdatedAt))
            .SingleOrDefaultAsync(ct);
    }

    /// <summary>Adds or replaces the secret.</summary>
    public async Task SaveAsync(TenantId tenant, string name, string secret, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // Two requests that save the first key at the same time must not both insert it.
        await db.LockAsync("secret", ct);
        var row = await db.Secrets.SingleOrDefaultAsync(entry => entry.Name == name, ct);
        if (row is null) db.Secrets.Add(row = new TenantSecret { TenantId = tenant, Name = name, Protected = "", Hint = "" });
        (row.Protected, row.Hint, row.UpdatedAt) = (Encrypt(tenant, name, secret), HintOf(secret), clock.GetUtcNow());
        await db.CommitAsync(ct);
    }

    /// <summary>Deletes the secret.</summary>
    /// <returns>False if there was none.</returns>
    public async Task<bool> RemoveAsync(TenantId tenant, string name, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var removed = await db.Secrets.Where(row => row.Name == name).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return removed > 0;
    }

    private IDataProtector Protector(TenantId tenant, string name) =>
        protection.CreateProtector("Widget.TenantSecret.v1", tenant.ToString(), name);
}
