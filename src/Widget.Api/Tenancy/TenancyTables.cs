using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy;

/// <summary>The tables of tenants: settings, keys, origins, people and secrets.</summary>
public static class TenancyTables
{
    public static TenantTables Tables { get; } = new(typeof(TenancyTables).Assembly, Map);

    extension(TenantDb db)
    {
        public DbSet<Tenant> Tenants => db.Set<Tenant>();

        public DbSet<TenantSettingsRow> Settings => db.Set<TenantSettingsRow>();

        public DbSet<SiteKey> SiteKeys => db.Set<SiteKey>();

        public DbSet<ApiKey> ApiKeys => db.Set<ApiKey>();

        public DbSet<AllowedOrigin> AllowedOrigins => db.Set<AllowedOrigin>();

        public DbSet<Member> Members => db.Set<Member>();

        public DbSet<TenantSecret> Secrets => db.Set<TenantSecret>();
    }

    private static void Map(ModelBuilder model)
    {
        Tenant.Map(model);
        TenantSettingsRow.Map(model);
        SiteKey.Map(model);
        ApiKey.Map(model);
        AllowedOrigin.Map(model);
        Member.Map(model);
        TenantSecret.Map(model);
    }
}
