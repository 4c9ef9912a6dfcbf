using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Joins a room over the hub.</summary>
public sealed record RoomJoinRequest
{
    /// <summary>The room's token (<c>rt_…</c>).</summary>
    [Required, MaxLength(2_000)]
    public required string Token { get; init; }

    /// <summary>A random id of the page load: the same after a reconnect, a new one after a reload.</summary>
    [Required, StringLength(64, MinimumLength = 8)]
    public required string Instance { get; init; }

    /// <summary>The person's name; null for the link's.</summary>
    [MaxLength(80)]
    public string? Name { get; init; }

    /// <summary>The last seq that the page has seen.</summary>
    [Range(0, int.MaxValue)]
    public int After { get; init; }

    public bool Microphone { get; init; }

    public bool Camera { get; init; }
}

/// <summary>An update of a room. Exactly one property is set; none in a keep-alive.</summary>
public sealed record RoomUpdate
{
    /// <summary>Always the first update.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoomJoined? Joined { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoomEvent? Event { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoomSignal? Signal { get; init; }

    /// <summary>Always the last update.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoomClosed? Closed { get; init; }
}

/// <param name="ParticipantId">The caller.</param>
/// <param name="Token">Works until the room expires. Use it to join again.</param>
/// <param name="Room">The state so far.</param>
public sealed record RoomJoined(Guid ParticipantId, string Token, RoomState Room);

/// <summary>A signal from another participant.</summary>
/// <param name="From">The sender.</param>
/// <param name="Instance">The sender's page load. Drop the signal if the sender has another one now.</param>
/// <param name="Description">An RTCSessionDescriptionInit.</param>
/// <param name="Candidate">An RTCIceCandidateInit.</param>
public sealed record RoomSignal(
    Guid From,
    string Instance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Description,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Candidate);

/// <param name="Reason"><c>left</c>, <c>removed</c>, <c>declined</c>, <c>ended</c>, <c>expired</c>, <c>replaced</c> or
/// <c>server-stopping</c>.</param>
/// <param name="Message">The reason for people.</param>
public sealed record RoomClosed(string Reason, string Message);

/// <summary>Sends a signal to another participant.</summary>
/// <param name="To">The participant.</param>
/// <param name="Description">An RTCSessionDescriptionInit.</param>
/// <param name="Candidate">An RTCIceCandidateInit.</param>
public sealed record RoomSignalRequest(Guid To, JsonElement? Description, JsonElement? Candidate);

/// <param name="Delivered">False if the other participant is not connected now.</param>
public sealed record RoomSignalResult(bool Delivered);

/// <summary>Says what is on. What is null stays as it is.</summary>
/// <param name="Microphone">The microphone.</param>
/// <param name="Camera">The camera.</param>
/// <param name="Screen">The shared screen.</param>
public sealed record RoomMediaRequest(bool? Microphone, bool? Camera, bool? Screen);

/// <summary>A chat message, sent over the hub.</summary>
public sealed record RoomChatRequest
{
    /// <summary>Made by the sender, so that repeating it sends nothing twice.</summary>
    public Guid MessageId { get; init; }

    /// <summary>Plain text.</summary>
    [VisibleText, MaxLength(4_000)]
    public required string Text { get; init; }
}

/// <param name="Name">The avatar's name; null for the usual one.</param>
public sealed record RoomAvatarRequest([property: MaxLength(80)] string? Name);

/// <summary>How a page connects to LiveKit.</summary>
/// <param name="Url">The server, for LiveKit's client.</param>
/// <param name="Token">Allows the participant to join this room. It works for a minute, only for connecting.</param>
public sealed record RoomMediaAccess(string Url, string Token);
