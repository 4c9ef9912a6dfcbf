using Microsoft.EntityFrameworkCore;
using Widget.Contracts;
using Widget.Rag.Storage;

namespace Widget.Api.Tenancy;

/// <summary>Reads and saves a tenant's settings and allowed origins.</summary>
public sealed class TenantSettingsService(TenancyDatabase database, TimeProvider clock)
{
    /// <summary>The tenant's settings; the defaults when it never saved any.</summary>
    public async Task<TenantSettings> ReadAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return (await db.Settings.AsNoTracking().SingleOrDefaultAsync(ct))?.Settings ?? new TenantSettings();
    }

    /// <summary>Replaces the tenant's settings. They have been validated.</summary>
    public async Task SaveAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.Settings.SingleOrDefaultAsync(ct) is { } row)
        {
            row.Settings = settings;
            row.UpdatedAt = clock.GetUtcNow();
        }
        else
        {
            db.Settings.Add(new TenantSettingsRow { TenantId = tenant, Settings = settings });
        }

        await db.CommitAsync(ct);
    }

    public async Task<IReadOnlyList<string>> OriginsAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.AllowedOrigins.Select(row => row.Origin).Order().ToListAsync(ct);
    }

    /// <summary>Replaces the tenant's allowed origins, already normalized.</summary>
    public async Task SaveOriginsAsync(TenantId tenant, IEnumerable<string> origins, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.AllowedOrigins.ExecuteDeleteAsync(ct);
        db.AllowedOrigins.AddRange(origins.Distinct(StringComparer.Ordinal).Select(origin => new AllowedOrigin { TenantId = tenant, Origin = origin }));
        await db.CommitAsync(ct);
    }
}
