using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Reps;

/// <summary>The table of reps, the people of the tenant's staff whom visitors meet and who own leads.</summary>
public static class RepTables
{
    public static TenantTables Tables { get; } = new(typeof(RepTables).Assembly, RepRow.Map);

    extension(TenantDb db)
    {
        public DbSet<RepRow> Reps => db.Set<RepRow>();
    }
}
