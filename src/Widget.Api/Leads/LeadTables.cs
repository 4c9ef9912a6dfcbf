using Microsoft.EntityFrameworkCore;
using Widget.Api.Reps;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads;

/// <summary>A further e-mail address of a lead.</summary>
public sealed class LeadEmailRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>In lower case.</summary>
    public required string Address { get; init; }

    public required LeadId LeadId { get; init; }

    /// <summary>As first written.</summary>
    public required string Email { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What a tenant has set up for its leads.</summary>
public sealed class LeadSettingsRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>A <see cref="Contracts.LeadQualification"/> as JSON; null until one is saved. Then leads are not scored.</summary>
    public string? Qualification { get; set; }

    /// <summary>A list of <see cref="Contracts.LeadField"/> as JSON.</summary>
    public string Fields { get; set; } = "[]";
}

/// <summary>A saved view of leads.</summary>
public sealed class LeadViewRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>A <see cref="Contracts.LeadViewRequest"/> as JSON.</summary>
    public required string Filter { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Something that was done with a lead.</summary>
public sealed class LeadChangeRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required LeadId LeadId { get; init; }

    /// <summary><c>changed</c>, <c>assigned</c>, <c>merged</c> or <c>unmerged</c>.</summary>
    public required string Kind { get; init; }

    public required string Actor { get; init; }

    public RepId? RepId { get; init; }

    /// <summary>A list of <see cref="Contracts.FieldChange"/> as JSON.</summary>
    public required string Changes { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A lead whose score may have changed. Triggers of the database add it (migration 0040).</summary>
public sealed class LeadToScoreRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public long Id { get; init; }

    public required LeadId LeadId { get; init; }

    public Guid? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The tables of leads.</summary>
public static class LeadTables
{
    public static TenantTables Tables { get; } = new(typeof(LeadTables).Assembly, LeadRow.Map);

    extension(TenantDb db)
    {
        public DbSet<LeadRow> Leads => db.Set<LeadRow>();

        public DbSet<LeadConversation> LeadConversations => db.Set<LeadConversation>();

        public DbSet<LeadSettingsRow> LeadSettings => db.Set<LeadSettingsRow>();

        public DbSet<LeadViewRow> LeadViews => db.Set<LeadViewRow>();

        public DbSet<LeadChangeRow> LeadChanges => db.Set<LeadChangeRow>();
    }
}
