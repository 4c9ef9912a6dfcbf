using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<TavusSessionState>))]
public enum TavusSessionState
{
    /// <summary>All of the account's concurrent calls are in use. <see cref="TavusSession.Position"/> is the place in the queue.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    [JsonStringEnumMemberName("creating")]
    Creating,

    /// <summary>The call is open and waits for the avatar.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>The avatar has joined.</summary>
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

/// <summary>Why a video call ended.</summary>
[JsonConverter(typeof(StrictEnumConverter<TavusEndReason>))]
public enum TavusEndReason
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

    /// <summary>The avatar did not join.</summary>
    [JsonStringEnumMemberName("no_replica")]
    NoReplica,

    /// <summary>Tavus ended it.</summary>
    [JsonStringEnumMemberName("tavus")]
    Tavus,

    /// <summary>The call could not be opened.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>The tenant's program ended it.</summary>
    [JsonStringEnumMemberName("developer")]
    Developer,

    /// <summary>A person has taken over the conversation, so the avatar stops speaking.</summary>
    [JsonStringEnumMemberName("person")]
    Person,
}

/// <summary>Opens a video call, or queues for one.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusSessionRequest
{
    /// <summary>The tenant's ID or slug. Defaults to the caller's tenant; other tenants are rejected.</summary>
    [StringLength(100)]
    public string? CompanyId { get; init; }

    /// <summary>Your ID for this call. A request with the same ID returns the same session.</summary>
    [StringLength(64, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? ClientId { get; init; }

    /// <summary>The conversation. Defaults to the visitor's last conversation, or to a new one for the tenant's programs.</summary>
    public Guid? ThreadId { get; init; }

    /// <summary>The page that the visitor is on.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>The visitor's language, such as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Locale { get; init; }

    /// <summary>The avatar for this call; overrides <c>tavusReplicaId</c> of the settings. Requires an API key.</summary>
    [RegularExpression(Id, ErrorMessage = "replicaId is not a valid Tavus id.")]
    public string? ReplicaId { get; init; }

    /// <summary>
    /// The persona for this call; overrides <c>tavusPersonaId</c> of the settings. Requires an API key and an account of the tenant's
    /// own.
    /// </summary>
    [RegularExpression(Id, ErrorMessage = "personaId is not a valid Tavus id.")]
    public string? PersonaId { get; init; }

    /// <summary>The avatar's name in this call. Requires an API key.</summary>
    [StringLength(100, MinimumLength = 1)]
    public string? AgentName { get; init; }

    private const string Id = "[A-Za-z0-9_-]{1,100}";
}

/// <summary>A video call.</summary>
public sealed record TavusSession
{
    public required Guid SessionId { get; init; }

    /// <summary>ID of the conversation that the call belongs to.</summary>
    public required Guid ThreadId { get; init; }

    public required TavusSessionState State { get; init; }

    /// <summary>Tavus's ID of the call; null until it is open.</summary>
    public string? ConversationId { get; init; }

    /// <summary>Address of the room; null before the call is open and after it has ended.</summary>
    public string? ConversationUrl { get; init; }

    /// <summary>Always null, because media and messages go through the room. Kept for compatibility.</summary>
    public string? WebsocketUrl { get; init; }

    public required string ReplicaId { get; init; }

    /// <summary>Token for a private room.</summary>
    public string? MeetingToken { get; init; }

    /// <summary>Place in the queue, from 1; null if the call is not queued.</summary>
    public int? Position { get; init; }

    /// <summary>Maximum duration in seconds.</summary>
    public required int MaxSeconds { get; init; }

    /// <summary>Remaining seconds; null until the call is open.</summary>
    public int? RemainingSeconds { get; init; }

    /// <summary>Whether the avatar has a background of color 0,255,155 to be keyed out.</summary>
    public bool GreenScreen { get; init; }

    /// <summary>Token that ends this call without an Authorization header, when a page is closed (<c>POST …/leave</c>).</summary>
    public string? LeaveToken { get; init; }

    public TavusEndReason? EndReason { get; init; }

    /// <summary>What went wrong, as text for the visitor; null if nothing did.</summary>
    public string? Problem { get; init; }

    /// <summary>The call's record. Only for the tenant's programs.</summary>
    public TavusCallRecord? Record { get; init; }
}

/// <summary>The record of a call.</summary>
/// <param name="CreatedAt">When the call was requested.</param>
/// <param name="JoinedAt">When the avatar joined; null if it did not.</param>
/// <param name="EndedAt">When the call ended; null while it is in progress.</param>
/// <param name="Seconds">Duration in seconds from its opening; null while it is in progress.</param>
/// <param name="ShutdownReason">Tavus's reason for the end.</param>
/// <param name="Recording">Location of the recording, as reported by Tavus; null if there is none.</param>
/// <param name="Perception">Tavus's summary of what the avatar saw.</param>
public sealed record TavusCallRecord(
    DateTimeOffset CreatedAt,
    DateTimeOffset? JoinedAt,
    DateTimeOffset? EndedAt,
    int? Seconds,
    string? ShutdownReason,
    JsonElement? Recording,
    string? Perception);

/// <summary>Video calls, newest first.</summary>
/// <param name="Sessions">One page of calls.</param>
/// <param name="Next">Value of <c>before</c> for the next page; null on the last page.</param>
public sealed record TavusSessions(IReadOnlyList<TavusSession> Sessions, Guid? Next);

/// <summary>A page's heartbeat during a call.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusAliveRequest
{
    /// <summary>Whether the avatar is in the room.</summary>
    public bool ReplicaJoined { get; init; }
}

/// <summary>Utterances of a call, as the page received them.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UtterancesRequest
{
    /// <summary>The utterances, in order.</summary>
    [Required, MinLength(1), MaxLength(50)]
    public IReadOnlyList<HeardUtterance> Utterances { get; init; } = [];
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HeardUtterance
{
    /// <summary>ID of the utterance. Reporting the same ID again has no effect.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string Id { get; init; } = "";

    /// <summary>The speaker.</summary>
    public Speaker Speaker { get; init; }

    /// <summary>The spoken text.</summary>
    [Required, StringLength(8_000, MinimumLength = 1)]
    public string Text { get; init; } = "";

    /// <summary>Whether the speaker was interrupted.</summary>
    public bool Interrupted { get; init; }
}
