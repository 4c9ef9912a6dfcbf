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

    /// <summary>Its last characters, so that people recognize it.</summary>
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

/// <summary>What can be shown of a secret.</summary>
public sealed record SecretTrace(string Hint, DateTimeOffset UpdatedAt);

/// <summary>
/// Keeps tenants' secrets. They are encrypted with the installation's key ring, for one tenant and one name, so that a row copied to
/// another tenant opens nothing there. They are used on the server and never shown again.
/// </summary>
public sealed class TenantSecrets(TenantDatabase database, IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>The tenant's own key at Tavus.</summary>
    public const string TavusKey = "tavus_key";

    /// <summary>The tenant's own key at the provider of its realtime voice.</summary>
    public const string VoiceKey = "voice_key";

    /// <summary>The tenant's own key at the provider of its spoken replies.</summary>
    public const string SpeechKey = "speech_key";

    private const int HintLength = 4;
    private const int LeastLengthForHint = 12;

    /// <summary>The secret; null when the tenant has none, or when it can no longer be decrypted.</summary>
    public async Task<string?> ReadAsync(TenantId tenant, string name, CancellationToken ct) =>
        (await LookUpAsync(tenant, name, ct)).Secret;

    /// <summary>
    /// Whether the tenant has the secret, and the secret itself. The secret is also null if the installation's keys can no longer decrypt
    /// it.
    /// </summary>
    public async Task<(bool Exists, string? Secret)> LookUpAsync(TenantId tenant, string name, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add("select protected from tenant_secrets where tenant_id = $1 and name = $2", [tenant.Value, name]);
        await using var row = await batch.ReadAsync(ct);
        if (!await row.ReadAsync(ct)) return (false, null);
        try
        {
            return (true, Protector(tenant, name).Unprotect(row.GetString(0)));
        }
        catch (CryptographicException)
        {
            return (true, null);
        }
    }

    public async Task<SecretTrace?> FindAsync(TenantId tenant, string name, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Secrets.Where(row => row.Name == name).Select(row => new SecretTrace(row.Hint, row.UpdatedAt))
            .SingleOrDefaultAsync(ct);
    }

    public async Task SaveAsync(TenantId tenant, string name, string secret, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // Two requests that save the first key at the same time must not both insert it.
        await db.LockAsync("secret", ct);
        var hint = secret.Length >= LeastLengthForHint ? secret[^HintLength..] : "";
        var row = await db.Secrets.SingleOrDefaultAsync(entry => entry.Name == name, ct);
        if (row is null) db.Secrets.Add(row = new TenantSecret { TenantId = tenant, Name = name, Protected = "", Hint = "" });
        (row.Protected, row.Hint, row.UpdatedAt) = (Protector(tenant, name).Protect(secret), hint, clock.GetUtcNow());
        await db.CommitAsync(ct);
    }

    /// <returns>False when there was none.</returns>
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
