using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Installations;

/// <summary>A web site on which the tenant's tag was seen.</summary>
public sealed class InstallationRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required string Origin { get; init; }

    /// <summary>Where the chat was last opened, without query; null until a visitor has opened it.</summary>
    public string? Page { get; init; }

    public DateTimeOffset FirstSeenAt { get; init; }

    public DateTimeOffset SeenAt { get; init; }

    public DateTimeOffset? OpenedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var installation = model.Entity<InstallationRow>();
        installation.ToTable("installations").HasKey(row => new { row.TenantId, row.Origin });
        installation.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
    }
}

/// <summary>The table of the sites that show the tag.</summary>
public static class InstallationTables
{
    public static TenantTables Tables { get; } = new(typeof(InstallationTables).Assembly, InstallationRow.Map);
}
