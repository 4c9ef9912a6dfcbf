using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Tools;

/// <summary>A tool of a tenant that is registered at Tavus.</summary>
public sealed class RegisteredTool : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>Our name of the tool.</summary>
    public required string Name { get; init; }

    /// <summary><see cref="TavusAccount.Fingerprint"/> of the account it is registered at.</summary>
    public required string Account { get; set; }

    /// <summary>Its name at Tavus.</summary>
    public required string RegisteredAs { get; set; }

    /// <summary>Null until Tavus has confirmed it.</summary>
    public string? TavusToolId { get; set; }

    /// <summary>Digest of everything that was registered.</summary>
    public required string Digest { get; set; }

    /// <summary>The persona that it is attached to; null for none.</summary>
    public string? PersonaId { get; set; }

    /// <summary>SHA-256 of the token in its delivery address; null when calls go through the visitor's page.</summary>
    public byte[]? TokenHash { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var tool = model.Entity<RegisteredTool>();
        tool.ToTable("tavus_tools").HasKey(row => new { row.TenantId, row.Name });
        tool.Property(row => row.UpdatedAt).HasDefaultValueSql("now()");
    }
}
