using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>What a participant may do in a room.</summary>
[JsonConverter(typeof(StrictEnumConverter<RoomRole>))]
public enum RoomRole
{
    /// <summary>Admits, mutes and removes others, and ends the call.</summary>
    [JsonStringEnumMemberName("host")]
    Host,

    [JsonStringEnumMemberName("guest")]
    Guest,
}

/// <summary>Where a participant is.</summary>
[JsonConverter(typeof(StrictEnumConverter<RoomPresence>))]
public enum RoomPresence
{
    /// <summary>In the waiting room: sees and hears nothing of the call.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    [JsonStringEnumMemberName("in")]
    In,

    [JsonStringEnumMemberName("left")]
    Left,

    /// <summary>A host has removed the participant, who can't come back.</summary>
    [JsonStringEnumMemberName("removed")]
    Removed,

    /// <summary>A host has not let the participant in.</summary>
    [JsonStringEnumMemberName("declined")]
    Declined,
}

/// <summary>A person in a room.</summary>
public sealed record RoomParticipant
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required RoomRole Role { get; init; }

    public required RoomPresence State { get; init; }

    /// <summary>Whether the participant's page is connected. A lost connection may come back within 30 seconds.</summary>
    public bool Connected { get; init; }

    /// <summary>The current connection.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? Connection { get; init; }

    /// <summary>The page load of the current connection. A new one means that the peer connection must be made anew.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Instance { get; init; }

    /// <summary>Whether the participant came over the hub; otherwise it is only at LiveKit, on a customer's own page.</summary>
    [JsonIgnore]
    public bool IsAtHub => Instance is not null;

    /// <summary>Never changes. Of two participants, the one with the larger number is the polite peer.</summary>
    public required int Order { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? JoinedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? LeftAt { get; init; }

    /// <summary>When the connection was lost; null while it is there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? LostAt { get; init; }

    public bool Microphone { get; init; }

    public bool Camera { get; init; }

    public bool Screen { get; init; }

    /// <summary>A host has muted the participant, who has not switched the microphone on since.</summary>
    public bool MutedByHost { get; init; }

    /// <summary>Whether the participant agrees to be recorded; null if not answered.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Consent { get; init; }
}

/// <summary>The state of the avatar in a room.</summary>
[JsonConverter(typeof(StrictEnumConverter<RoomAvatarState>))]
public enum RoomAvatarState
{
    [JsonStringEnumMemberName("starting")]
    Starting,

    /// <summary>All slots of the account are in use.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    [JsonStringEnumMemberName("in")]
    In,

    /// <summary>Nobody is in the room. The avatar comes back when somebody is.</summary>
    [JsonStringEnumMemberName("paused")]
    Paused,

    [JsonStringEnumMemberName("ended")]
    Ended,

    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>The avatar in a room.</summary>
/// <param name="State">Whether it is there.</param>
/// <param name="Provider"><c>tavus</c> or <c>livekit</c>.</param>
/// <param name="Name">Its name; null for the tenant's usual one.</param>
/// <param name="Url">The address of its call at Tavus, for an iframe; null unless it is there.</param>
/// <param name="Error">Why it could not come, for people.</param>
public sealed record RoomAvatar(
    RoomAvatarState State,
    string Provider,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Url = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null);

/// <summary>Where a recording is.</summary>
[JsonConverter(typeof(StrictEnumConverter<RecordingState>))]
public enum RecordingState
{
    /// <summary>Not everybody has agreed yet.</summary>
    [JsonStringEnumMemberName("waiting_for_consent")]
    WaitingForConsent,

    [JsonStringEnumMemberName("recording")]
    Recording,

    /// <summary>Somebody has joined who has not agreed yet.</summary>
    [JsonStringEnumMemberName("paused")]
    Paused,

    [JsonStringEnumMemberName("finished")]
    Finished,

    /// <summary>Somebody did not agree, or nothing was recorded.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>The recording of a room, as participants see it.</summary>
/// <param name="Id">The recording.</param>
/// <param name="State">Whether it runs.</param>
/// <param name="By">The participant whose page records.</param>
/// <param name="StartedAt">When it began; null if it has not.</param>
/// <param name="PausedAt">When it paused; null unless it is paused.</param>
public sealed record RoomRecording(
    Guid Id,
    RecordingState State,
    Guid By,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? StartedAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? PausedAt = null);

/// <summary>Whether a room can be entered.</summary>
[JsonConverter(typeof(StrictEnumConverter<RoomOpenState>))]
public enum RoomOpenState
{
    [JsonStringEnumMemberName("open")]
    Open,

    [JsonStringEnumMemberName("ended")]
    Ended,
}

/// <summary>What changes about a room as a whole.</summary>
public sealed record RoomFacts
{
    public required RoomOpenState State { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>
    /// <c>peer</c> or <c>livekit</c>. It changes once at most, from the first to the second; null in events of earlier versions, in whose
    /// rooms it did not change.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Transport { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary><c>ended</c>, <c>expired</c>, <c>empty</c> or <c>refused</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EndReason { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoomAvatar? Avatar { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoomRecording? Recording { get; init; }
}

/// <summary>A chat message in a room.</summary>
/// <param name="MessageId">Made by the sender.</param>
/// <param name="From">The participant; null if a program of the tenant sent it.</param>
/// <param name="Name">The sender's name.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Timestamp">When the sender wrote it, as the sender says.</param>
public sealed record RoomChat(
    Guid MessageId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? From,
    string Name,
    string Text,
    DateTimeOffset Timestamp);

/// <summary>
/// An event of a room's log. It carries the complete participant or room after it, so the state of each is its event with the largest seq.
/// Events may be repeated, arrive in another order or with gaps.
/// </summary>
public sealed record RoomEvent
{
    public required int Seq { get; init; }

    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// <c>created</c>, <c>waiting</c>, <c>joined</c>, <c>disconnected</c>, <c>left</c>, <c>admitted</c>, <c>declined</c>, <c>removed</c>,
    /// <c>muted</c>, <c>media</c>, <c>consent</c>, <c>chat</c>, <c>transport</c>, <c>avatar</c>, <c>recording</c> or
    /// <c>ended</c>.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>The participant who caused it; null for the staff and the server.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? By { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoomParticipant? Participant { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoomFacts? Room { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoomChat? Chat { get; init; }
}

/// <summary>A room as its participants see it.</summary>
public sealed record RoomState
{
    public required string Id { get; init; }

    /// <summary>The last event that the state contains.</summary>
    public int Seq { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Agent { get; init; }

    public required RoomOpenState State { get; init; }

    /// <summary><c>peer</c> or <c>livekit</c>.</summary>
    public required string Transport { get; init; }

    public bool WaitingRoom { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? EndedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EndReason { get; init; }

    public IReadOnlyList<RoomParticipant> Participants { get; init; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoomAvatar? Avatar { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoomRecording? Recording { get; init; }
}

/// <summary>A rep calls the visitor. The visitor's page gets a link with its own token.</summary>
public sealed record CallInvited : ConversationEvent
{
    public required string RoomId { get; init; }

    /// <summary>The name of the person who calls.</summary>
    public required string Name { get; init; }

    /// <summary>The rep who calls; null if the tenant's program did not say.</summary>
    public Guid? RepId { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A call with a rep is over.</summary>
public sealed record CallEnded : ConversationEvent
{
    public required string RoomId { get; init; }

    /// <summary><c>ended</c>, <c>expired</c>, <c>empty</c>, or <c>refused</c> if the visitor said no.</summary>
    public required string Reason { get; init; }

    /// <summary>How long people were in the room; 0 if nobody was.</summary>
    public required int Seconds { get; init; }
}
