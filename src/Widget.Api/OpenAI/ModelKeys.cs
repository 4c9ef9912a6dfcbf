using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.OpenAI;

/// <summary>
/// Keys that open the OpenAI-compatible endpoint and nothing else. They are kept as API keys are, but begin otherwise, and it is by their
/// beginning that they are no API keys.
/// </summary>
public sealed class ModelKeys(TenantDatabase database, TimeProvider clock)
{
    /// <summary>Makes a key. It cannot be read again.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="name">What it is for.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<CreatedModelKey> CreateAsync(TenantId tenant, string name, CancellationToken ct)
    {
        var (key, secret) = ApiKey.New(tenant, name, ApiKey.ModelPrefix);
        await using var db = await database.BeginAsync(tenant, ct);
        db.ApiKeys.Add(key);
        await db.CommitAsync(ct);
        return new CreatedModelKey(key.Id, name, secret);
    }

    /// <summary>Those that still open it, oldest first.</summary>
    public async Task<IReadOnlyList<ModelKeyInfo>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.ApiKeys
            .Where(key => key.RevokedAt == null && key.Prefix.StartsWith(ApiKey.ModelPrefix))
            .OrderBy(key => key.CreatedAt)
            .Select(key => new ModelKeyInfo(key.Id, key.Name, key.Prefix, key.CreatedAt))
            .ToListAsync(ct);
    }

    /// <returns>False when there is no such key.</returns>
    public async Task<bool> RevokeAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.ApiKeys.SingleOrDefaultAsync(key => key.Id == id && key.RevokedAt == null && key.Prefix.StartsWith(ApiKey.ModelPrefix), ct) is not { } found) return false;
        found.RevokedAt = clock.GetUtcNow();
        await db.CommitAsync(ct);
        return true;
    }
}
