using Microsoft.EntityFrameworkCore;
using Widget.Api.Reps;
using Widget.Platform.Tenancy;

namespace Widget.Api.Meetings;

/// <summary>The calendar feed of a rep.</summary>
public sealed class BusyFeedRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required RepId RepId { get; init; }

    /// <summary>The address, encrypted: who knows it can read the rep's calendar.</summary>
    public required string Url { get; init; }

    /// <summary>The last time it was read without an error.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>The error of the last attempt.</summary>
    public string? Error { get; init; }

    /// <summary>Number of failed attempts in a row.</summary>
    public int Failures { get; init; }

    public DateTimeOffset DueAt { get; init; }

    public Guid? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var feed = model.Entity<BusyFeedRow>();
        feed.ToTable("busy_feeds").HasKey(row => new { row.TenantId, row.RepId });
        feed.HasOne<RepRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.RepId });
        feed.Property(row => row.Failures).HasDefaultValue(0);
        feed.Property(row => row.DueAt).HasDefaultValueSql("now()");

        var time = model.Entity<BusyTimeRow>();
        time.ToTable("busy_times").HasKey(row => new { row.TenantId, row.RepId, row.StartsAt });
        time.HasOne<BusyFeedRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.RepId });
    }
}

/// <summary>An interval in which a rep is busy.</summary>
public sealed class BusyTimeRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required RepId RepId { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public required DateTimeOffset EndsAt { get; init; }
}
