using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Accounts.SingleSignOn;

/// <summary>A tenant's OpenID Connect provider.</summary>
public sealed class SingleSignOnRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required string Issuer { get; set; }

    public required string ClientId { get; set; }

    /// <summary>Encrypted.</summary>
    public required string ClientSecret { get; set; }

    /// <summary>Whether members other than owners must sign in there.</summary>
    public bool Required { get; set; }

    /// <summary>The role of people who are not members yet; null if they are refused.</summary>
    public Role? DefaultRole { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var row = model.Entity<SingleSignOnRow>();
        row.ToTable("single_sign_on").HasKey(entry => entry.TenantId);
        row.HasOne<Tenant>().WithMany().HasForeignKey(entry => entry.TenantId);
        row.Property(entry => entry.DefaultRole)
            .HasConversion(role => role!.Value.ToString().ToLowerInvariant(), text => Enum.Parse<Role>(text, true));
        row.Property(entry => entry.UpdatedAt).HasDefaultValueSql("now()");
    }
}
