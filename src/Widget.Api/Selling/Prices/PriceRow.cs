using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Selling.Prices;

/// <summary>A price that the assistant may tell visitors.</summary>
public sealed class PriceRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required string Name { get; set; }

    public required string Description { get; set; }

    /// <summary>Null if the price is on request.</summary>
    public decimal? Amount { get; set; }

    /// <summary>ISO 4217; null without an amount.</summary>
    public string? Currency { get; set; }

    /// <summary>Such as "month"; null for a single payment.</summary>
    public string? Per { get; set; }

    public string? Conditions { get; set; }

    public string? Url { get; set; }

    /// <summary>ISO 639-1; null for visitors of all languages.</summary>
    public string? Language { get; set; }

    public required string[] Tags { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var price = model.Entity<PriceRow>();
        price.ToTable("prices").HasKey(row => new { row.TenantId, row.Id });
        price.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        price.Property(row => row.Amount).HasColumnType("numeric(12, 2)");
        price.Property(row => row.UpdatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>The table of prices.</summary>
public static class PriceTables
{
    public static TenantTables Tables { get; } = new(typeof(PriceTables).Assembly, PriceRow.Map);

    extension(TenantDb db)
    {
        public DbSet<PriceRow> Prices => db.Set<PriceRow>();
    }
}
