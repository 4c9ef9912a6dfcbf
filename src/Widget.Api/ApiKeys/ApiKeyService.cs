using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.Access;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.ApiKeys;

/// <summary>A tenant's API keys. Only a secret's hash is stored.</summary>
public sealed class ApiKeyService(TenantDatabase database, TimeProvider clock)
{
    /// <summary>The maximum number of keys of a tenant.</summary>
    public const int Max = 100;

    public async Task<ApiKeyList> ListAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var keys = await Current(db).OrderBy(key => key.CreatedAt).AsNoTracking().ToListAsync(ct);
        return new ApiKeyList([.. keys.Select(ToInfo)], Permissions.All);
    }

    /// <returns>Null if the tenant has <see cref="Max"/> keys.</returns>
    public async Task<CreatedApiKey?> CreateAsync(TenantId tenant, ApiKeyRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        DateTimeOffset? expires = request.Days is { } days ? now.AddDays(days) : null;
        string[] scopes = [.. Permissions.All.Where(request.Scopes.Contains)];
        var (key, secret) = ApiKey.New(tenant, GivenText.Line(request.Name), scopes: scopes, expiresAt: expires);
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync("api-keys", ct);
        if (await Current(db).CountAsync(ct) >= Max) return null;
        db.ApiKeys.Add(key);
        await db.CommitAsync(ct);
        return new CreatedApiKey(ToInfo(key) with { CreatedAt = now }, secret);
    }

    /// <returns>False if there is no such key.</returns>
    public async Task<bool> RevokeAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await Current(db).SingleOrDefaultAsync(key => key.Id == id, ct) is not { } found) return false;
        found.RevokedAt = clock.GetUtcNow();
        await db.CommitAsync(ct);
        return true;
    }

    private static IQueryable<ApiKey> Current(TenantDb db) =>
        db.ApiKeys.Where(key => key.RevokedAt == null && key.Prefix.StartsWith(ApiKey.SecretPrefix));

    private static ApiKeyInfo ToInfo(ApiKey key) =>
        new(key.Id, key.Name, key.Prefix, key.Scopes, key.CreatedAt, key.ExpiresAt, key.LastUsedAt);
}
