using Microsoft.EntityFrameworkCore;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy;

/// <summary>Reads and saves a tenant's settings and allowed origins.</summary>
public sealed class TenantSettingsService(TenantDatabase database, TimeProvider clock)
{
    /// <summary>Returns the tenant's settings, or the defaults if it never saved any.</summary>
    public async Task<TenantSettings> ReadAsync(TenantId tenant, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add("select settings from tenant_settings where tenant_id = $1", [tenant.Value]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct) ? TenantSettingsRow.Parse(row.GetString(0)) : new TenantSettings();
    }

    /// <summary>The same within a transaction.</summary>
    public static async Task<TenantSettings> ReadAsync(TenantDb db, CancellationToken ct) =>
        (await db.Settings.AsNoTracking().SingleOrDefaultAsync(ct))?.Settings ?? new TenantSettings();

    /// <summary>Replaces the tenant's settings. The caller has validated them.</summary>
    public async Task SaveAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync("settings", ct);
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

    /// <summary>Changes some settings without overwriting others that are saved at the same time.</summary>
    public async Task ChangeAsync(TenantId tenant, Func<TenantSettings, TenantSettings> change, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync("settings", ct);
        var row = await db.Settings.SingleOrDefaultAsync(ct);
        if (row is null) db.Settings.Add(row = new TenantSettingsRow { TenantId = tenant, Settings = new TenantSettings() });
        row.Settings = change(row.Settings);
        row.UpdatedAt = clock.GetUtcNow();
        await db.CommitAsync(ct);
    }

    public async Task<IReadOnlyList<string>> OriginsAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.AllowedOrigins.Select(row => row.Origin).Order().ToListAsync(ct);
    }

    /// <summary>Replaces the tenant's allowed origins. The caller has normalized them.</summary>
    public async Task SaveOriginsAsync(TenantId tenant, IEnumerable<string> origins, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // If two requests replace them at the same time, the later one must see what the earlier one has added.
        await db.LockAsync("origins", ct);
        await db.AllowedOrigins.ExecuteDeleteAsync(ct);
        db.AllowedOrigins.AddRange(
            origins.Distinct(StringComparer.Ordinal).Select(origin => new AllowedOrigin { TenantId = tenant, Origin = origin }));
        await db.CommitAsync(ct);
    }
}
