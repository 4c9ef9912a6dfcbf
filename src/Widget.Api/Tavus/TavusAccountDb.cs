using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Api.Tavus.Knowledge;
using Widget.Api.Tavus.Provisioning;
using Widget.Rag.Storage;

namespace Widget.Api.Tavus;

/// <summary>What of a tenant's we keep at Tavus, for one tenant and one transaction: copies of its documents, and its persona.</summary>
public sealed class TavusAccountDb(DbContextOptions<TavusAccountDb> options, TenantId tenantId) : TenantDbContext(options, tenantId)
{
    public DbSet<TavusPublication> Publications => Set<TavusPublication>();

    public DbSet<ProvisionedPersona> Personas => Set<ProvisionedPersona>();

    public DbSet<TavusTurnRow> Turns => Set<TavusTurnRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        MapIds(configurationBuilder, typeof(TenantId).Assembly);
        MapIds(configurationBuilder, typeof(TavusAccountDb).Assembly);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        TavusPublication.Map(modelBuilder);
        ProvisionedPersona.Map(modelBuilder);
        TavusTurnRow.Map(modelBuilder);
        NameColumnsInSnakeCase(modelBuilder);
        FilterByTenant(modelBuilder);
    }
}

/// <summary>Opens transactions on what of tenants' we keep at Tavus, each for one tenant.</summary>
public sealed class TavusAccountDatabase(NpgsqlDataSource dataSource)
    : TenantDatabase<TavusAccountDb>(dataSource, (options, tenant) => new TavusAccountDb(options, tenant));
