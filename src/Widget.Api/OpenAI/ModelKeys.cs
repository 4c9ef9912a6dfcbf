using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.OpenAI;

/// <summary>
/// Keys that are valid for the OpenAI-compatible endpoint and the MCP server only. They are stored like API keys and have another prefix.
/// </summary>
public sealed class ModelKeys(TenantDatabase database, TimeProvider clock)
{
    /// <summary>Creates a key. It cannot be read again.</summary>
    /// <param name="tenant">The owner.</param>
    /// <param name="name">What the key is for.</param>
    /// <param name="ct">Cancels the operation.</param>
    public async Task<CreatedModelKey> CreateAsync(TenantId tenant, string name, CancellationToken ct)
    {
        var (key, secret) = ApiKey.New(tenant, name, ApiKey.ModelPrefix);
        await using var db = await database.BeginAsync(tenant, ct);
        db.ApiKeys.Add(key);
        await db.CommitAsync(ct);
        return new CreatedModelKey(key.Id, name, secret);
    }

    /// <summary>The keys that are not revoked, oldest first.</summary>
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
        var found = await db.ApiKeys
            .Where(key => key.Id == id && key.RevokedAt == null && key.Prefix.StartsWith(ApiKey.ModelPrefix))
            .SingleOrDefaultAsync(ct);
        if (found is null) return false;
        found.RevokedAt = clock.GetUtcNow();
        await db.CommitAsync(ct);
        return true;
    }
}
