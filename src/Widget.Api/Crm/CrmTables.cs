using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Crm;

/// <summary>A system that gets a tenant's leads.</summary>
public sealed class CrmConnectionRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>hubspot or salesforce.</summary>
    public required string Kind { get; init; }

    /// <summary>How to connect it, encrypted.</summary>
    public required string Settings { get; set; }

    /// <summary>More of a lead's properties, and the names of the system's fields for them, as JSON.</summary>
    public required string Fields { get; set; }

    /// <summary>Why the system refuses the connection, in words for people.</summary>
    public string? Error { get; set; }

    public DateTimeOffset? DeliveredAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var connection = model.Entity<CrmConnectionRow>();
        connection.ToTable("crm_connections").HasKey(row => new { row.TenantId, row.Kind });
        connection.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        connection.Property(row => row.Fields).HasColumnType("jsonb");
        connection.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        CrmRecordRow.Map(model);
    }
}

/// <summary>Whether a lead has been sent to a system. A trigger of the database adds it (migration 0045).</summary>
public sealed class CrmRecordRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required string Kind { get; init; }

    public required Guid LeadId { get; init; }

    /// <summary>Grows with each change of the lead.</summary>
    public int Version { get; init; }

    /// <summary>The version that the system has.</summary>
    public int SentVersion { get; init; }

    /// <summary>The system's id.</summary>
    public string? RemoteId { get; init; }

    /// <summary>Attempts to send the present version.</summary>
    public int Attempts { get; init; }

    /// <summary>Null when there is nothing to do.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>When it was given up, until the lead changes or somebody asks.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    public string? Error { get; init; }

    public Guid? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var record = model.Entity<CrmRecordRow>();
        record.ToTable("crm_records").HasKey(row => new { row.TenantId, row.Kind, row.LeadId });
        record.HasOne<CrmConnectionRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.Kind });
        record.Property(row => row.ChangedAt).HasDefaultValueSql("clock_timestamp()");
    }
}

/// <summary>The tables of customer relationship systems.</summary>
public static class CrmTables
{
    public static TenantTables Tables { get; } = new(typeof(CrmTables).Assembly, CrmConnectionRow.Map);

    extension(TenantDb db)
    {
        public DbSet<CrmConnectionRow> CrmConnections => db.Set<CrmConnectionRow>();

        public DbSet<CrmRecordRow> CrmRecords => db.Set<CrmRecordRow>();
    }
}
