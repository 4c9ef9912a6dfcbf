using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tools;

/// <summary>The table of tool calls.</summary>
public static class ToolTables
{
    public static TenantTables Tables { get; } = new(typeof(ToolTables).Assembly, ToolCallRow.Map);

    extension(TenantDb db)
    {
        public DbSet<ToolCallRow> ToolCalls => db.Set<ToolCallRow>();
    }
}
