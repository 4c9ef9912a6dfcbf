using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Tools;

/// <summary>A tool of a tenant as it is registered at Tavus.</summary>
public sealed class RegisteredTool : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>Ours.</summary>
    public required string Name { get; init; }

    /// <summary><see cref="TavusAccount.Fingerprint"/> of the account it is registered at.</summary>
    public required string Account { get; set; }

    /// <summary>Its name there.</summary>
    public required string RegisteredAs { get; set; }

    /// <summary>Null until it is known to exist.</summary>
    public string? TavusToolId { get; set; }

    /// <summary>Of everything that was registered.</summary>
    public required string Digest { get; set; }

    /// <summary>The persona that it is attached to.</summary>
    public string? PersonaId { get; set; }

    /// <summary>SHA-256 of what its delivery address carries; null when a browser delivers.</summary>
    public byte[]? TokenHash { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var tool = model.Entity<RegisteredTool>();
        tool.ToTable("tavus_tools").HasKey(row => new { row.TenantId, row.Name });
        tool.Property(row => row.UpdatedAt).HasDefaultValueSql("now()");
    }
}
