using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Accounts.OperatorArea;

/// <summary>Until when a tenant lets the installation's operator see its conversations.</summary>
public sealed class OperatorAccessRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public DateTimeOffset Until { get; set; }

    public required string GrantedBy { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var access = model.Entity<OperatorAccessRow>();
        access.ToTable("operator_access").HasKey(row => row.TenantId);
        access.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
    }
}
