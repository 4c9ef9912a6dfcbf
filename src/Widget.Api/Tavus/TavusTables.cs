using Microsoft.EntityFrameworkCore;
using Widget.Api.Tavus.Knowledge;
using Widget.Api.Tavus.Provisioning;
using Widget.Api.Tavus.Tools;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus;

/// <summary>The tables of a tenant's objects at Tavus: copies of documents, its persona and its tools.</summary>
public static class TavusTables
{
    public static TenantTables Tables { get; } = new(typeof(TavusTables).Assembly, Map);

    extension(TenantDb db)
    {
        public DbSet<TavusPublication> Publications => db.Set<TavusPublication>();

        public DbSet<ProvisionedPersona> Personas => db.Set<ProvisionedPersona>();

        public DbSet<TavusChangeLeaseRow> ChangeLeases => db.Set<TavusChangeLeaseRow>();

        public DbSet<RegisteredTool> RegisteredTools => db.Set<RegisteredTool>();
    }

    private static void Map(ModelBuilder model)
    {
        TavusPublication.Map(model);
        ProvisionedPersona.Map(model);
        TavusChangeLeaseRow.Map(model);
        RegisteredTool.Map(model);
    }
}
