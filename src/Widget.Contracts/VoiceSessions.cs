using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<VoiceSessionState>))]
public enum VoiceSessionState
{
    [JsonStringEnumMemberName("creating")]
    Creating,

    /// <summary>The provider has answered.</summary>
    [JsonStringEnumMemberName("live")]
    Live,

    [JsonStringEnumMemberName("ending")]
    Ending,

    [JsonStringEnumMemberName("ended")]
    Ended,

    /// <summary>The call could not be started.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>Why a voice call ended.</summary>
[JsonConverter(typeof(StrictEnumConverter<VoiceEndReason>))]
public enum VoiceEndReason
{
    /// <summary>The visitor ended it.</summary>
    [JsonStringEnumMemberName("visitor")]
    Visitor,

    /// <summary>The visitor left the page, or was disconnected for too long.</summary>
    [JsonStringEnumMemberName("left")]
    Left,

    /// <summary>The time limit was reached.</summary>
    [JsonStringEnumMemberName("time_limit")]
    TimeLimit,

    /// <summary>
    /// The provider's own limit was reached, the connection broke, or the visitor changed how to take turns. The page continues in a new
    /// call, which knows what was said.
    /// </summary>
    [JsonStringEnumMemberName("continued")]
    Continued,

    /// <summary>The provider ended it or is unavailable.</summary>
    [JsonStringEnumMemberName("provider")]
    Provider,

    /// <summary>The call could not be opened.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>The visitor's page changed the assistant's instructions.</summary>
    [JsonStringEnumMemberName("tampered")]
    Tampered,

    /// <summary>The tenant's program ended it.</summary>
    [JsonStringEnumMemberName("developer")]
    Developer,

    /// <summary>A person has taken over the conversation, so the assistant stops speaking.</summary>
    [JsonStringEnumMemberName("person")]
    Person,
}

/// <summary>Opens a voice call. Contains the page's offer; the response contains the provider's answer.</summary>
public sealed record VoiceSessionRequest
{
    /// <summary>Your ID for this call. A request with the same ID does not open a second call.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The conversation. Defaults to the visitor's last conversation, or to a new one for the tenant's programs.</summary>
    public Guid? ThreadId { get; init; }

    /// <summary>The page's offer (SDP, RFC 8866), with an audio track and a data channel named <c>oai-events</c>.</summary>
    [Required(ErrorMessage = "sdp is missing."), StringLength(40_000, ErrorMessage = "sdp can have at most 40,000 characters.")]
    public string Sdp { get; init; } = "";

    /// <summary>The page that the visitor is on.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>The visitor's language, such as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>Whether the visitor wants to hold a button while speaking, regardless of the tenant's setting.</summary>
    public bool PushToTalk { get; init; }
}

/// <summary>A voice call.</summary>
public sealed record VoiceSession
{
    public required Guid SessionId { get; init; }

    /// <summary>ID of the conversation that the call belongs to.</summary>
    public required Guid ThreadId { get; init; }

    public required VoiceSessionState State { get; init; }

    /// <summary>The provider's answer (SDP). Only in the response that opens the call.</summary>
    public string? Sdp { get; init; }

    /// <summary>
    /// Whether the page must relay the data channel's messages through the hub's <c>RelayVoice</c>, because the provider offers no
    /// connection for the server.
    /// </summary>
    public bool Relay { get; init; }

    public bool PushToTalk { get; init; }

    /// <summary>Maximum duration in seconds.</summary>
    public required int MaxSeconds { get; init; }

    /// <summary>Remaining seconds; null until the call is open.</summary>
    public int? RemainingSeconds { get; init; }

    /// <summary>Token that ends this call without an Authorization header, when a page is closed (<c>POST …/leave</c>).</summary>
    public string? LeaveToken { get; init; }

    public VoiceEndReason? EndReason { get; init; }

    /// <summary>What went wrong, as text for the visitor; null if nothing did.</summary>
    public string? Problem { get; init; }

    /// <summary>The call's record. Only for the tenant's programs.</summary>
    public VoiceCallRecord? Record { get; init; }
}

/// <summary>The record of a call.</summary>
/// <param name="Protocol">The provider's protocol.</param>
/// <param name="Model">The provider's model.</param>
/// <param name="CreatedAt">When the call was requested.</param>
/// <param name="OpenedAt">When the provider answered; null if it did not.</param>
/// <param name="EndedAt">When the call ended; null while it is in progress.</param>
/// <param name="Seconds">Duration in seconds; null while it is in progress.</param>
/// <param name="Usage">Usage reported by the provider: tokens by kind, or seconds.</param>
public sealed record VoiceCallRecord(
    VoiceProtocol Protocol,
    string Model,
    DateTimeOffset CreatedAt,
    DateTimeOffset? OpenedAt,
    DateTimeOffset? EndedAt,
    int? Seconds,
    IReadOnlyDictionary<string, long> Usage);

/// <param name="Sessions">Voice calls, newest first.</param>
/// <param name="Next">Value of <c>before</c> for the next page; null on the last page.</param>
public sealed record VoiceSessions(IReadOnlyList<VoiceSession> Sessions, Guid? Next);

/// <summary>A message that the visitor types during a call. It is answered aloud.</summary>
public sealed record VoiceSayRequest
{
    /// <summary>The page's ID for the message.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The message.</summary>
    [Required(ErrorMessage = "The message is empty."), StringLength(4_000, ErrorMessage = "The message is longer than 4,000 characters.")]
    public string Text { get; init; } = "";
}

/// <summary>State of the push-to-talk button.</summary>
public sealed record VoiceTalkRequest
{
    /// <summary>Whether the button was pressed; false when it was released.</summary>
    public bool Pressed { get; init; }
}

/// <summary>Ends the call of a page that is being closed.</summary>
public sealed record LeaveRequest
{
    /// <summary>The call's leave token.</summary>
    public string? LeaveToken { get; init; }
}

/// <summary>What the assistant in a voice call is doing.</summary>
[JsonConverter(typeof(StrictEnumConverter<VoicePhase>))]
public enum VoicePhase
{
    /// <summary>Waiting for the visitor.</summary>
    [JsonStringEnumMemberName("listening")]
    Listening,

    /// <summary>Hearing the visitor speak.</summary>
    [JsonStringEnumMemberName("hearing")]
    Hearing,

    /// <summary>Looking something up or preparing its reply.</summary>
    [JsonStringEnumMemberName("thinking")]
    Thinking,

    [JsonStringEnumMemberName("speaking")]
    Speaking,
}

/// <summary>An update about a voice call. Updates are not stored; spoken text is also added to the log as an event.</summary>
public sealed record VoiceUpdate
{
    public required Guid SessionId { get; init; }

    public required VoicePhase Phase { get; init; }

    public VoiceCaption? Caption { get; init; }
}

/// <param name="Speaker">The speaker.</param>
/// <param name="Item">ID of the utterance.</param>
/// <param name="Text">The complete text so far.</param>
public sealed record VoiceCaption(Speaker Speaker, string Item, string Text);
