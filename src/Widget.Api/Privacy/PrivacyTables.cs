using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Privacy;

/// <summary>How long a tenant keeps data, and what was deleted because of it.</summary>
public sealed class PrivacySettingsRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public int? ConversationDays { get; init; }

    public int? LeadDays { get; init; }

    public long DeletedConversations { get; init; }

    public long DeletedLeads { get; init; }

    public DateTimeOffset? RanAt { get; init; }

    /// <summary>When the worker looks again; null if nothing is limited.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public Guid? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var settings = model.Entity<PrivacySettingsRow>();
        settings.ToTable("privacy_settings").HasKey(row => row.TenantId);
        settings.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
    }
}

/// <summary>The table of retention.</summary>
public static class PrivacyTables
{
    public static TenantTables Tables { get; } = new(typeof(PrivacyTables).Assembly, PrivacySettingsRow.Map);
}
