using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Triggers;

/// <summary>How often a variant of a proactive message was shown on a day, and what visitors did.</summary>
public sealed class TriggerCount : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required string TriggerId { get; init; }

    public required string Variant { get; init; }

    /// <summary>In UTC.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Address without query. Empty if it is unknown.</summary>
    public required string Page { get; init; }

    public int Shown { get; init; }

    public int Opened { get; init; }

    public int Closed { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var count = model.Entity<TriggerCount>();
        count.ToTable("trigger_counts").HasKey(row => new { row.TenantId, row.TriggerId, row.Variant, row.Day, row.Page });
        count.Property(row => row.Page).HasDefaultValue("");
        count.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
    }
}

/// <summary>The table of proactive messages' counts.</summary>
public static class TriggerTables
{
    public static TenantTables Tables { get; } = new(typeof(TriggerTables).Assembly, TriggerCount.Map);
}
