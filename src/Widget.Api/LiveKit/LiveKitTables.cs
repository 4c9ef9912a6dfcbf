using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.LiveKit;

/// <summary>One stay of a participant in a room at LiveKit.</summary>
public sealed class LiveKitSessionRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required string RoomId { get; init; }

    /// <summary>LiveKit's id of the stay.</summary>
    public required string Sid { get; init; }

    public required string Identity { get; init; }

    public string? Name { get; init; }

    /// <summary>Whether it is an agent or another program.</summary>
    public bool IsAgent { get; init; }

    public DateTimeOffset? JoinedAt { get; init; }

    public DateTimeOffset? LeftAt { get; init; }
}

/// <summary>A webhook that was handled.</summary>
public sealed class LiveKitWebhookRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required string Id { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>The tables of rooms at LiveKit.</summary>
public static class LiveKitTables
{
    public static TenantTables Tables { get; } = new(typeof(LiveKitTables).Assembly, Map);

    extension(TenantDb db)
    {
        public DbSet<LiveKitSessionRow> LiveKitSessions => db.Set<LiveKitSessionRow>();
    }

    private static void Map(ModelBuilder model)
    {
        var session = model.Entity<LiveKitSessionRow>();
        session.ToTable("livekit_sessions").HasKey(row => new { row.TenantId, row.RoomId, row.Sid });
        var webhook = model.Entity<LiveKitWebhookRow>();
        webhook.ToTable("livekit_webhooks").HasKey(row => new { row.TenantId, row.Id });
    }
}
