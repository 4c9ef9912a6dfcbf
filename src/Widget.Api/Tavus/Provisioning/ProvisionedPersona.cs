using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Provisioning;

/// <summary>The tenant's persona at Tavus, as we last set it.</summary>
public sealed class ProvisionedPersona : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>The account that holds it (<see cref="TavusAccount.Fingerprint"/>).</summary>
    public required string Account { get; set; }

    public required string PersonaId { get; set; }

    public required AppliedPersona Applied { get; set; }

    public DateTimeOffset AppliedAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var persona = model.Entity<ProvisionedPersona>();
        persona.ToTable("tavus_personas").HasKey(row => row.TenantId);
        persona.Property(row => row.AppliedAt).HasDefaultValueSql("now()");
        persona.Property(row => row.Applied).HasColumnType("jsonb").HasConversion(
            applied => JsonSerializer.Serialize(applied, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<AppliedPersona>(text, JsonSerializerOptions.Web)!);
    }
}
