using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Reps;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads;

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct LeadId(Guid Value) : ITypedId<LeadId>
{
    public static LeadId New() => new(Guid.CreateVersion7());

    public static LeadId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>
/// A visitor who left an e-mail address or a phone number. A lead that was merged into another one keeps its row, with a pointer. The
/// database's view <c>lead_overview</c> shows the leads that are not merged, completed by those merged into them.
/// </summary>
public sealed class LeadRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required LeadId Id { get; init; }

    /// <summary>The e-mail address in lower case. Unique within the tenant, except for leads that share it.</summary>
    public string? Address { get; set; }

    /// <summary>The e-mail address as first written.</summary>
    public string? Email { get; set; }

    /// <summary>
    /// The phone number as E.164. Unique among the tenant's leads without an e-mail address, except for leads that share it.
    /// </summary>
    public string? Phone { get; set; }

    /// <summary>
    /// Whether another verified visitor's lead had these contact details first. If a visitor without a verified identity
    /// gives these details, they match that other lead.
    /// </summary>
    public bool SharesContact { get; set; }

    /// <summary>The domain of the company, from the e-mail address, or as staff has set it.</summary>
    public string? Company { get; set; }

    public string? Name { get; set; }

    /// <summary>The privacy notice that the visitor was shown last, word for word.</summary>
    public string? Consent { get; init; }

    public string? Locale { get; init; }

    /// <summary>The visitor's id on the tenant's site, which the site has verified. Unique within the tenant.</summary>
    public string? VerifiedId { get; init; }

    public RepId? OwnerId { get; set; }

    public DateTimeOffset? OwnedSince { get; set; }

    /// <summary>Values of the tenant's own fields, as a JSON object.</summary>
    public string Fields { get; set; } = "{}";

    /// <summary>Answers that staff has entered, as a JSON object.</summary>
    public string Answers { get; set; } = "{}";

    /// <summary>Columns that staff has set. What visitors say no longer changes them.</summary>
    public string[] StaffFields { get; set; } = [];

    public int? Score { get; init; }

    public string? ScoredTier { get; init; }

    /// <summary>The tier that staff has set; null for the scored one.</summary>
    public string? StaffTier { get; set; }

    public string[] Reasons { get; init; } = [];

    /// <summary>The lead that this one was merged into; null if it is not merged.</summary>
    public LeadId? MergedInto { get; init; }

    public DateTimeOffset? MergedAt { get; init; }

    /// <summary>Where the chain of <see cref="MergedInto"/> ends; null if the lead is not merged.</summary>
    public LeadId? TopId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var lead = model.Entity<LeadRow>();
        lead.ToTable("leads").HasKey(row => new { row.TenantId, row.Id });
        lead.HasOne<LeadRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.MergedInto });
        lead.Property(row => row.Fields).HasColumnType("jsonb");
        lead.Property(row => row.Answers).HasColumnType("jsonb");
        lead.Property(row => row.CreatedAt).HasDefaultValueSql("now()");

        var conversation = model.Entity<LeadConversation>();
        conversation.ToTable("lead_conversations").HasKey(row => new { row.TenantId, row.LeadId, row.ConversationId });
        conversation.HasOne<LeadRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.LeadId });
        conversation.Property(row => row.CreatedAt).HasDefaultValueSql("now()");

        var email = model.Entity<LeadEmailRow>();
        email.ToTable("lead_emails").HasKey(row => new { row.TenantId, row.Address });
        email.HasOne<LeadRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.LeadId });
        email.Property(row => row.CreatedAt).HasDefaultValueSql("now()");

        model.Entity<LeadSettingsRow>().ToTable("lead_settings").HasKey(row => row.TenantId);
        model.Entity<LeadSettingsRow>().Property(row => row.Qualification).HasColumnType("jsonb");
        model.Entity<LeadSettingsRow>().Property(row => row.Fields).HasColumnType("jsonb");

        var view = model.Entity<LeadViewRow>();
        view.ToTable("lead_views").HasKey(row => new { row.TenantId, row.Id });
        view.Property(row => row.Filter).HasColumnType("jsonb");

        var change = model.Entity<LeadChangeRow>();
        change.ToTable("lead_changes").HasKey(row => new { row.TenantId, row.Id });
        change.HasOne<LeadRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.LeadId });
        change.Property(row => row.Changes).HasColumnType("jsonb");
        change.Property(row => row.CreatedAt).HasDefaultValueSql("clock_timestamp()");

        var entry = model.Entity<LeadToScoreRow>();
        entry.ToTable("leads_to_score").HasKey(row => new { row.TenantId, row.Id });
        entry.Property(row => row.Id).UseIdentityAlwaysColumn();
        entry.HasOne<LeadRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.LeadId });
        entry.Property(row => row.CreatedAt).HasDefaultValueSql("clock_timestamp()");
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
