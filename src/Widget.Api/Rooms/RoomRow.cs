using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Rooms;

/// <summary>A room for a call. Its log has the state of its participants; this row has what workers and lists need.</summary>
public sealed class RoomRow : ITenantOwned
{
    /// <summary>The transport of rooms in which browsers are connected to one another.</summary>
    public const string Peer = "peer";

    /// <summary>The transport of rooms at LiveKit.</summary>
    public const string LiveKit = "livekit";

    public required TenantId TenantId { get; init; }

    public required string Id { get; init; }

    public string? Name { get; init; }

    /// <summary>The agent, as the caller sent it.</summary>
    public string? CompanionId { get; init; }

    /// <summary>The person, as the caller sent it.</summary>
    public string? UserId { get; init; }

    /// <summary>The expiry as the caller wrote it; null if the caller did not.</summary>
    public string? SentExpiry { get; init; }

    public ConversationId? ConversationId { get; init; }

    /// <summary>The visitor who is invited, or who opened the room.</summary>
    public VisitorId? VisitorId { get; init; }

    public bool OpenedByVisitor { get; init; }

    public Guid? RepId { get; init; }

    /// <summary>The name of the person who calls.</summary>
    public string? HostName { get; init; }

    public required bool WaitingRoom { get; init; }

    public required int MaxParticipants { get; init; }

    /// <summary><see cref="Peer"/> at first, unless the room was opened at LiveKit. It changes once at most.</summary>
    public required string Transport { get; set; }

    public int LastSeq { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? EndedAt { get; set; }

    public string? EndReason { get; set; }

    /// <summary>When the first person came in.</summary>
    public DateTimeOffset? UsedAt { get; set; }

    /// <summary>When the last person left; null while somebody is in.</summary>
    public DateTimeOffset? EmptiedAt { get; set; }

    /// <summary>Whether the avatar is invited. It is there only while somebody is in the room.</summary>
    public bool AvatarWanted { get; set; }

    public string? AvatarName { get; set; }

    /// <summary>Which of the avatar's calls is the current one. It makes the call's id, so that a repeated start starts one call.</summary>
    public int AvatarNumber { get; set; }

    /// <summary>The current call's id at its provider; null if there is none.</summary>
    public string? AvatarCall { get; set; }

    public DateTimeOffset? DueAt { get; set; }

    public Guid? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var room = model.Entity<RoomRow>();
        room.ToTable("rooms").HasKey(row => new { row.TenantId, row.Id });

        var entry = model.Entity<RoomEventRow>();
        entry.ToTable("room_events").HasKey(row => new { row.TenantId, row.RoomId, row.Seq });
        entry.HasOne<RoomRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.RoomId });
        entry.Property(row => row.Data).HasColumnType("jsonb");

        var connection = model.Entity<RoomConnectionRow>();
        connection.ToTable("room_connections").HasKey(row => new { row.TenantId, row.Id });
        connection.HasOne<RoomRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.RoomId });

        var signal = model.Entity<RoomSignalRow>();
        signal.ToTable("room_signals").HasKey(row => new { row.TenantId, row.Id });
        signal.HasOne<RoomRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.RoomId });
        signal.Property(row => row.Data).HasColumnType("jsonb");
    }
}

/// <summary>An event of a room's log (<see cref="RoomLog"/>).</summary>
public sealed class RoomEventRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required string RoomId { get; init; }

    public required int Seq { get; init; }

    public required Guid Id { get; init; }

    /// <summary><c>room</c>, <c>chat</c> or a participant's id.</summary>
    public required string Subject { get; init; }

    public required string Data { get; init; }
}

/// <summary>A connection of a participant, on any node.</summary>
public sealed class RoomConnectionRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required string RoomId { get; init; }

    public required Guid ParticipantId { get; init; }

    /// <summary>When its node last said that it is there.</summary>
    public required DateTimeOffset SeenAt { get; init; }
}

/// <summary>A signal to a participant on another node.</summary>
public sealed class RoomSignalRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required string RoomId { get; init; }

    public required string Data { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The tables of rooms.</summary>
public static class RoomTables
{
    public static TenantTables Tables { get; } = new(typeof(RoomTables).Assembly, RoomRow.Map);

    extension(TenantDb db)
    {
        public DbSet<RoomRow> Rooms => db.Set<RoomRow>();

        public DbSet<RoomConnectionRow> RoomConnections => db.Set<RoomConnectionRow>();
    }
}
