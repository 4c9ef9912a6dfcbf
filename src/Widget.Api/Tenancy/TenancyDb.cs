using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Rag.Storage;

namespace Widget.Api.Tenancy;

/// <summary>A tenant, its settings, its keys and its people, in one transaction.</summary>
public sealed class TenancyDb(DbContextOptions<TenancyDb> options, TenantId tenantId) : TenantDbContext(options, tenantId)
{
    public DbSet<Tenant> Tenants => Set<Tenant>();

    public DbSet<TenantSettingsRow> Settings => Set<TenantSettingsRow>();

    public DbSet<SiteKey> SiteKeys => Set<SiteKey>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<AllowedOrigin> AllowedOrigins => Set<AllowedOrigin>();

    public DbSet<Member> Members => Set<Member>();

    public DbSet<TenantSecret> Secrets => Set<TenantSecret>();

    public DbSet<UsageRecord> Usage => Set<UsageRecord>();

    public DbSet<UsageWarning> UsageWarnings => Set<UsageWarning>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        MapIds(configurationBuilder, typeof(TenantId).Assembly);
        MapIds(configurationBuilder, typeof(TenancyDb).Assembly);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        Tenant.Map(modelBuilder);
        TenantSettingsRow.Map(modelBuilder);
        SiteKey.Map(modelBuilder);
        ApiKey.Map(modelBuilder);
        AllowedOrigin.Map(modelBuilder);
        Member.Map(modelBuilder);
        TenantSecret.Map(modelBuilder);
        UsageRecord.Map(modelBuilder);
        UsageWarning.Map(modelBuilder);
        NameColumnsInSnakeCase(modelBuilder);
        FilterByTenant(modelBuilder);
    }
}

/// <summary>Opens transactions on the tenancy tables, each for one tenant.</summary>
public sealed class TenancyDatabase(NpgsqlDataSource dataSource)
    : TenantDatabase<TenancyDb>(dataSource, (options, tenant) => new TenancyDb(options, tenant));
