using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Audit;

/// <summary>A request of a member or a program that changes something.</summary>
public sealed class AuditEntryRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>member, key or operator.</summary>
    public required string ActorKind { get; init; }

    /// <summary>The account's or the key's id.</summary>
    public Guid? ActorId { get; init; }

    public required string Actor { get; init; }

    /// <summary>What the endpoint does, in words.</summary>
    public required string Action { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    /// <summary>The answer's HTTP status. Null until the request has ended.</summary>
    public int? Status { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var entry = model.Entity<AuditEntryRow>();
        entry.ToTable("audit_entries").HasKey(row => new { row.TenantId, row.Id });
        entry.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        entry.Property(row => row.At).HasDefaultValueSql("now()");
    }
}

/// <summary>The table of the audit log.</summary>
internal static class AuditTables
{
    public static TenantTables Tables { get; } = new(typeof(AuditTables).Assembly, AuditEntryRow.Map);
}
