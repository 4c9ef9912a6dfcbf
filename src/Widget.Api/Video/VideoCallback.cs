using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>A callback from Tavus.</summary>
public sealed class VideoCallback : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required VideoSessionId SessionId { get; init; }

    /// <summary>Hash of the event's type and properties, so that a repeated event is stored once.</summary>
    public required byte[] Digest { get; init; }

    public required string EventType { get; init; }

    public required string Body { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public DateTimeOffset? HandledAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var callback = model.Entity<VideoCallback>();
        callback.ToTable("tavus_callbacks").HasKey(row => new { row.TenantId, row.SessionId, row.Digest });
        callback.HasOne<VideoSession>().WithMany().HasForeignKey(row => new { row.TenantId, row.SessionId });
        callback.Property(row => row.Body).HasColumnType("jsonb");
        callback.Property(row => row.ReceivedAt).HasDefaultValueSql("now()");
    }
}
