using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Creates a room for a call. All fields are optional.</summary>
public sealed record CreateRoomRequest
{
    /// <summary>The caller's own id; null for one that can't be guessed. The same id returns the same room.</summary>
    [RegularExpression("[A-Za-z0-9_.-]{1,100}", ErrorMessage = "roomId must have 1 to 100 letters, digits, -, _ or .")]
    public string? RoomId { get; init; }

    /// <summary>The agent, returned as it was sent.</summary>
    [MaxLength(200)]
    public string? CompanionId { get; init; }

    /// <summary>The person, returned as it was sent.</summary>
    [MaxLength(200)]
    public string? UserId { get; init; }

    /// <summary>When the room ends at the latest, with a date, a time and an offset; null for two hours from now.</summary>
    [MaxLength(40)]
    public string? ExpiresAt { get; init; }

    /// <summary>The visitor's conversation, in which the visitor gets an invitation.</summary>
    public Guid? ConversationId { get; init; }

    /// <summary>The rep who calls.</summary>
    public Guid? RepId { get; init; }

    /// <summary>The room's name.</summary>
    [MaxLength(200)]
    public string? Name { get; init; }

    /// <summary>Whether guests wait for a host; null: they do, except in a conversation's call.</summary>
    public bool? WaitingRoom { get; init; }

    /// <summary>How many can be in the room; more than 4 only with LiveKit. Null: 50 with LiveKit, otherwise 4.</summary>
    [Range(2, 50)]
    public int? MaxParticipants { get; init; }
}

/// <summary>A room for a call.</summary>
public sealed record Room
{
    public required string Id { get; init; }

    /// <summary>The same as <see cref="Id"/>.</summary>
    public required string RoomId { get; init; }

    /// <summary>As it was sent.</summary>
    public string? CompanionId { get; init; }

    /// <summary>As it was sent.</summary>
    public string? UserId { get; init; }

    /// <summary>As it was sent.</summary>
    public required string ExpiresAt { get; init; }

    public string? Name { get; init; }

    /// <summary>The agent: <see cref="CompanionId"/>.</summary>
    public string? Agent { get; init; }

    public Guid? ConversationId { get; init; }

    public Guid? RepId { get; init; }

    public required RoomOpenState State { get; init; }

    /// <summary><c>peer</c> or <c>livekit</c>.</summary>
    public required string Transport { get; init; }

    public required bool WaitingRoom { get; init; }

    public required int MaxParticipants { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string? EndReason { get; init; }

    public required IReadOnlyList<RoomParticipant> Participants { get; init; }

    public RoomAvatar? Avatar { get; init; }

    public RoomRecording? Recording { get; init; }

    public required int Seq { get; init; }

    /// <summary>The creator's link, in the answer to the creation only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoomLink? Link { get; init; }
}

/// <param name="Rooms">Newest first.</param>
/// <param name="Next">The <c>before</c> of the next page; null at the end.</param>
public sealed record RoomList(IReadOnlyList<Room> Rooms, string? Next);

/// <summary>A link into a room, for one person.</summary>
/// <param name="Token">The token in it.</param>
/// <param name="Url">The call's page.</param>
/// <param name="Role">What the person may do.</param>
/// <param name="ParticipantId">The person in the room.</param>
/// <param name="ExpiresAt">Until when the link can be opened.</param>
public sealed record RoomLink(string Token, string Url, RoomRole Role, Guid ParticipantId, DateTimeOffset ExpiresAt);

/// <summary>Makes a link into a room.</summary>
public sealed record RoomLinkRequest
{
    /// <summary>What the person may do.</summary>
    public RoomRole Role { get; init; } = RoomRole.Guest;

    /// <summary>The person's name, which the person can change.</summary>
    [MaxLength(80)]
    public string? Name { get; init; }

    /// <summary>A person who has had a link before; null for a new person.</summary>
    public Guid? ParticipantId { get; init; }

    /// <summary>For how long the link can be opened.</summary>
    [Range(1, 1_440)]
    public int Minutes { get; init; } = 15;
}

/// <summary>Names a participant.</summary>
/// <param name="ParticipantId">The participant.</param>
public sealed record RoomParticipantRequest(Guid ParticipantId);

/// <summary>What the page before a call shows.</summary>
public sealed record RoomPreview
{
    public required string RoomId { get; init; }

    public string? Name { get; init; }

    /// <summary>The tenant's name.</summary>
    public required string Company { get; init; }

    public required RoomRole Role { get; init; }

    public required Guid ParticipantId { get; init; }

    public required string ParticipantName { get; init; }

    /// <summary>Whether the person waits until a host lets them in.</summary>
    public required bool WaitingRoom { get; init; }

    public required string Transport { get; init; }

    public required RoomOpenState State { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The recording that runs; null if there is none.</summary>
    public RoomRecording? Recording { get; init; }
}

/// <param name="IceServers">For RTCPeerConnection.</param>
/// <param name="Ttl">For how many seconds the credentials can be used to begin a call; null without credentials.</param>
public sealed record WebRtcConfig(IReadOnlyList<IceServer> IceServers, int? Ttl);

/// <param name="Urls">STUN or TURN addresses.</param>
/// <param name="Username">For TURN.</param>
/// <param name="Credential">For TURN.</param>
public sealed record IceServer(
    IReadOnlyList<string> Urls,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Username = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Credential = null);

/// <summary>A chat message over plain HTTP.</summary>
public sealed record ChatMessageRequest
{
    /// <summary>The room of the caller's token.</summary>
    [Required, MaxLength(100)]
    public required string RoomId { get; init; }

    /// <summary>The sender's name.</summary>
    [MaxLength(80)]
    public string? From { get; init; }

    /// <summary>Plain text.</summary>
    [VisibleText, MaxLength(4_000)]
    public required string Text { get; init; }

    /// <summary>When the sender wrote it.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Made by the sender, so that repeating it sends nothing twice; null for a new message.</summary>
    public Guid? MessageId { get; init; }
}

/// <param name="Status"><c>sent</c>.</param>
/// <param name="MessageId">The message.</param>
public sealed record ChatMessageResult(string Status, Guid MessageId);
