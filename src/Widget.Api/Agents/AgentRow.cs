using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Agents;

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct AgentId(Guid Value) : ITypedId<AgentId>
{
    public static AgentId New() => new(Guid.CreateVersion7());

    public static AgentId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>A persona of the assistant. What is null is as in the tenant's settings.</summary>
public sealed class AgentRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required AgentId Id { get; init; }

    public required string Name { get; set; }

    public string? Description { get; set; }

    public string? PortraitUrl { get; set; }

    /// <summary>The uploaded portrait; it comes before the address.</summary>
    public Guid? PortraitId { get; set; }

    public string? VoiceId { get; set; }

    public string? RealtimeVoice { get; set; }

    public string? Personality { get; set; }

    public int? Age { get; set; }

    public required string[] Tags { get; set; }

    public string? Greeting { get; set; }

    public string? Instructions { get; set; }

    public string? TavusReplicaId { get; set; }

    public string? TavusPersonaId { get; set; }

    /// <summary>Whether visitors can choose it.</summary>
    public bool Listed { get; set; }

    /// <summary>Where it was imported from; null if the tenant made it.</summary>
    public Guid? CatalogueId { get; init; }

    public string? ExternalId { get; init; }

    /// <summary>Fields that the tenant has changed, which imports leave as they are.</summary>
    public required string[] Edited { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var agent = model.Entity<AgentRow>();
        agent.ToTable("agents").HasKey(row => new { row.TenantId, row.Id });
        agent.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        agent.HasOne<AgentCatalogueRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.CatalogueId });
        agent.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        agent.Property(row => row.UpdatedAt).HasDefaultValueSql("now()");

        var portrait = model.Entity<AgentPortraitRow>();
        portrait.ToTable("agent_portraits").HasKey(row => new { row.TenantId, row.Id });
        portrait.HasOne<AgentRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.AgentId });
        portrait.Property(row => row.CreatedAt).HasDefaultValueSql("now()");

        var catalogue = model.Entity<AgentCatalogueRow>();
        catalogue.ToTable("agent_catalogues").HasKey(row => new { row.TenantId, row.Id });
        catalogue.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        catalogue.Property(row => row.Problems).HasColumnType("jsonb");
        catalogue.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        catalogue.Property(row => row.DueAt).HasDefaultValueSql("clock_timestamp()");
    }
}

/// <summary>An uploaded picture of an agent.</summary>
public sealed class AgentPortraitRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required AgentId AgentId { get; init; }

    public required string ContentType { get; init; }

    public required byte[] Content { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A catalogue of another system, from which agents are imported.</summary>
public sealed class AgentCatalogueRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required string Url { get; init; }

    public required int RefreshHours { get; set; }

    /// <summary>Of the last import, so that an unchanged catalogue is not read again.</summary>
    public string? Etag { get; set; }

    /// <summary>Number of agents in the last import.</summary>
    public int Agents { get; set; }

    /// <summary>A list of <see cref="Contracts.AgentImportProblem"/> as JSON.</summary>
    public string Problems { get; set; } = "[]";

    /// <summary>Why the last attempt failed, in words for people.</summary>
    public string? Error { get; set; }

    /// <summary>Failed attempts since the last success.</summary>
    public int Attempts { get; set; }

    public DateTimeOffset? RefreshedAt { get; set; }

    public DateTimeOffset DueAt { get; set; }

    public Guid? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The tables of agents.</summary>
public static class AgentTables
{
    public static TenantTables Tables { get; } = new(typeof(AgentTables).Assembly, AgentRow.Map);

    extension(TenantDb db)
    {
        public DbSet<AgentRow> Agents => db.Set<AgentRow>();

        public DbSet<AgentPortraitRow> AgentPortraits => db.Set<AgentPortraitRow>();

        public DbSet<AgentCatalogueRow> AgentCatalogues => db.Set<AgentCatalogueRow>();
    }
}
