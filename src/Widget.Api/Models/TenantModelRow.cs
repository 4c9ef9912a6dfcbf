using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Models;

/// <summary>A stored model of a tenant.</summary>
public sealed class TenantModelRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>A <see cref="ModelPurpose"/>, as it is stored.</summary>
    public required string Purpose { get; init; }

    /// <summary><see cref="OwnModel.NameOf"/>.</summary>
    public required string Name { get; init; }

    /// <summary>A <see cref="Contracts.ModelProvider"/>, as it is stored.</summary>
    public required string Provider { get; set; }

    public required string Endpoint { get; set; }

    public required string Model { get; set; }

    /// <summary>The length of an embedding model's vectors. Null for a chat model.</summary>
    public int? Dimensions { get; init; }

    /// <summary>The encrypted key. Null if the server needs none.</summary>
    public string? ProtectedKey { get; set; }

    /// <summary>The key's last characters. Empty for a short key or none.</summary>
    public required string KeyHint { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>When the tenant chose another model. Searches may still use this one's vectors. Null for the current model.</summary>
    public DateTimeOffset? ReplacedAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var row = model.Entity<TenantModelRow>();
        row.ToTable("tenant_models").HasKey(entry => new { entry.TenantId, entry.Purpose, entry.Name });
        row.HasOne<Tenant>().WithMany().HasForeignKey(entry => entry.TenantId);
        row.Property(entry => entry.UpdatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>The table of tenants' own models.</summary>
public static class ModelTables
{
    public static TenantTables Tables { get; } = new(typeof(ModelTables).Assembly, TenantModelRow.Map);
}
