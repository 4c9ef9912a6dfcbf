using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Usage;

/// <summary>The tables of metered usage.</summary>
public static class UsageTables
{
    public static TenantTables Tables { get; } = new(typeof(UsageTables).Assembly, Map);

    extension(TenantDb db)
    {
        public DbSet<TenantLimitsRow> TenantLimits => db.Set<TenantLimitsRow>();
    }

    private static void Map(ModelBuilder model)
    {
        UsageRecord.Map(model);
        UsageWarning.Map(model);
        TenantLimitsRow.Map(model);
    }
}
