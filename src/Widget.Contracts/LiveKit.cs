using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Joins a room at LiveKit. Names are in snake case, as other products send them.</summary>
public sealed record JoinRoomRequest
{
    /// <summary>The room; it is created if it does not exist.</summary>
    [JsonPropertyName("room_name")]
    [Required, RegularExpression("[A-Za-z0-9_.-]{1,100}", ErrorMessage = "room_name must have 1 to 100 letters, digits, -, _ or .")]
    public required string RoomName { get; init; }

    /// <summary>The person's name.</summary>
    [JsonPropertyName("participant_name")]
    [VisibleText, MaxLength(80)]
    public required string ParticipantName { get; init; }

    /// <summary>Whether the page begins with the microphone on. The token allows both.</summary>
    [JsonPropertyName("mic_enabled")]
    public bool MicEnabled { get; init; } = true;

    /// <summary>Whether the page begins with the camera on. The token allows both.</summary>
    [JsonPropertyName("camera_enabled")]
    public bool CameraEnabled { get; init; } = true;

    /// <summary>Whether to invite the avatar.</summary>
    [JsonPropertyName("invite_avatar")]
    public bool InviteAvatar { get; init; }

    /// <summary>The avatar's name; null for the usual one.</summary>
    [JsonPropertyName("avatar_name")]
    [MaxLength(80)]
    public string? AvatarName { get; init; }
}

/// <summary>The way into a room.</summary>
public sealed record JoinRoomResult
{
    /// <summary>LiveKit's access token; without LiveKit, the room's token.</summary>
    [JsonPropertyName("token")]
    public required string Token { get; init; }

    [JsonPropertyName("room_name")]
    public required string RoomName { get; init; }

    /// <summary>The name and a random suffix.</summary>
    [JsonPropertyName("identity")]
    public required string Identity { get; init; }

    /// <summary>Null without LiveKit.</summary>
    [JsonPropertyName("livekit_url")]
    public required string? LiveKitUrl { get; init; }

    [JsonPropertyName("avatar_invited")]
    public required bool AvatarInvited { get; init; }

    [JsonPropertyName("avatar_name")]
    public required string? AvatarName { get; init; }

    /// <summary><c>livekit</c>, or <c>peer</c> if LiveKit is not configured and browsers connect to one another.</summary>
    [JsonPropertyName("transport")]
    public required string Transport { get; init; }

    /// <summary>The call's page; null with LiveKit.</summary>
    [JsonPropertyName("url")]
    public string? Url { get; init; }

    /// <summary>Says that LiveKit is not configured; null if it is.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }
}

/// <summary>Invites the avatar into a room.</summary>
public sealed record InviteAvatarRequest
{
    /// <summary>The room.</summary>
    [JsonPropertyName("room_name")]
    [Required, MaxLength(100)]
    public required string RoomName { get; init; }

    /// <summary>The avatar's name; null for the usual one.</summary>
    [JsonPropertyName("avatar_name")]
    [MaxLength(80)]
    public string? AvatarName { get; init; }
}

/// <param name="RoomName">The room.</param>
/// <param name="AvatarInvited">Always true.</param>
/// <param name="AvatarName">The avatar's name.</param>
public sealed record InviteAvatarResult(
    [property: JsonPropertyName("room_name")] string RoomName,
    [property: JsonPropertyName("avatar_invited")] bool AvatarInvited,
    [property: JsonPropertyName("avatar_name")] string? AvatarName);

/// <summary>A tenant's own account at LiveKit.</summary>
public sealed record LiveKitAccountRequest
{
    /// <summary>The server, such as <c>wss://acme.livekit.cloud</c>.</summary>
    [Required, MaxLength(500)]
    public required string Url { get; init; }

    /// <summary>The API key.</summary>
    [Required, MaxLength(200)]
    public required string Key { get; init; }

    /// <summary>The API key's secret. It is never shown again.</summary>
    [Required, MaxLength(200)]
    public required string Secret { get; init; }

    /// <summary>The name under which the avatar's agent is registered; null for the installation's.</summary>
    [MaxLength(100)]
    public string? Agent { get; init; }
}

/// <param name="Source"><c>own</c>, <c>platform</c> or <c>none</c>.</param>
/// <param name="Url">The server; null without one.</param>
/// <param name="Key">The key, which is no secret; null without one.</param>
/// <param name="Webhook">The address to enter at LiveKit for webhooks; null if this installation has no public address.</param>
public sealed record LiveKitAccountState(string Source, string? Url, string? Key, string? Webhook);
