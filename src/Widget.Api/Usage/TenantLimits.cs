using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Usage;

/// <summary>Ceilings that the operator has set for one tenant. They replace those of WIDGET_BUDGET_….</summary>
public sealed class TenantLimitsRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public long? MonthlyMessages { get; set; }

    public long? MonthlyTokens { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var limits = model.Entity<TenantLimitsRow>();
        limits.ToTable("tenant_limits").HasKey(row => row.TenantId);
        limits.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
    }
}

/// <summary>Reads and saves the operator's ceilings of tenants. They are cached, because every question needs them.</summary>
public sealed class TenantLimits(TenantDatabase database, TimeProvider clock)
{
    private const int MaxCachedTenants = 10_000;
    private static readonly TimeSpan CacheLifetime = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<TenantId, Cached> _cache = [];

    /// <summary>Returns the installation's ceilings with those of the tenant.</summary>
    public async ValueTask<BudgetOptions> ApplyAsync(TenantId tenant, BudgetOptions installation, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!_cache.TryGetValue(tenant, out var cached) || now - cached.At >= CacheLifetime)
        {
            await using var batch = database.Batch(tenant)
                .Add("select monthly_messages, monthly_tokens from tenant_limits where tenant_id = $1", [tenant.Value]);
            await using var row = await batch.ReadAsync(ct);
            var exists = await row.ReadAsync(ct);
            cached = new Cached(
                exists && !await row.IsDBNullAsync(0, ct) ? row.GetInt64(0) : null,
                exists && !await row.IsDBNullAsync(1, ct) ? row.GetInt64(1) : null,
                now);
            if (_cache.Count >= MaxCachedTenants) _cache.Clear();
            _cache[tenant] = cached;
        }

        return cached is { Messages: null, Tokens: null }
            ? installation
            : installation with
            {
                MonthlyMessages = cached.Messages ?? installation.MonthlyMessages,
                MonthlyTokens = cached.Tokens ?? installation.MonthlyTokens,
            };
    }

    /// <summary>Replaces a tenant's ceilings; null for the installation's.</summary>
    public async Task SaveAsync(TenantId tenant, long? monthlyMessages, long? monthlyTokens, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            """
            insert into tenant_limits (tenant_id, monthly_messages, monthly_tokens) values ($1, $2::bigint, $3::bigint)
            on conflict (tenant_id) do update set monthly_messages = $2::bigint, monthly_tokens = $3::bigint
            """,
            [tenant.Value, Number(monthlyMessages), Number(monthlyTokens)]);
        await batch.RunAsync(ct);
        _cache.TryRemove(tenant, out _);
    }

    private static Npgsql.NpgsqlParameter Number(long? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint };

    private sealed record Cached(long? Messages, long? Tokens, DateTimeOffset At);
}
