using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads;

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct LeadId(Guid Value) : ITypedId<LeadId>
{
    public static LeadId New() => new(Guid.CreateVersion7());

    public static LeadId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>A visitor who left an e-mail address or a telephone number.</summary>
public sealed class LeadRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required LeadId Id { get; init; }

    /// <summary>The e-mail address in lower case. Unique within the tenant.</summary>
    public string? Address { get; init; }

    /// <summary>The e-mail address as first written.</summary>
    public string? Email { get; init; }

    /// <summary>The telephone number as E.164. Unique among the tenant's leads without an e-mail address.</summary>
    public string? Phone { get; init; }

    /// <summary>The domain of the company, from the e-mail address.</summary>
    public string? Company { get; init; }

    public string? Name { get; init; }

    /// <summary>The privacy notice that the visitor was shown last, word for word.</summary>
    public string? Consent { get; init; }

    public string? Locale { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var lead = model.Entity<LeadRow>();
        lead.ToTable("leads").HasKey(row => new { row.TenantId, row.Id });
        lead.Property(row => row.CreatedAt).HasDefaultValueSql("now()");

        var conversation = model.Entity<LeadConversation>();
        conversation.ToTable("lead_conversations").HasKey(row => new { row.TenantId, row.LeadId, row.ConversationId });
        conversation.HasOne<LeadRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.LeadId });
        conversation.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>A conversation in which a lead left contact details.</summary>
public sealed class LeadConversation : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required LeadId LeadId { get; init; }

    public required Guid ConversationId { get; init; }

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
    }
}
