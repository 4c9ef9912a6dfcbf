using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<TavusSessionState>))]
public enum TavusSessionState
{
    /// <summary>All slots of the account are taken; <see cref="TavusSession.Position"/> says how many are before it.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    [JsonStringEnumMemberName("creating")]
    Creating,

    /// <summary>The call is open and the avatar on its way.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>The avatar is there.</summary>
    [JsonStringEnumMemberName("live")]
    Live,

    [JsonStringEnumMemberName("ending")]
    Ending,

    [JsonStringEnumMemberName("ended")]
    Ended,

    /// <summary>It never came about.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>Why a video call ended.</summary>
[JsonConverter(typeof(StrictEnumConverter<TavusEndReason>))]
public enum TavusEndReason
{
    /// <summary>The visitor pressed end.</summary>
    [JsonStringEnumMemberName("visitor")]
    Visitor,

    /// <summary>The visitor left the page, or their line was gone for too long.</summary>
    [JsonStringEnumMemberName("left")]
    Left,

    /// <summary>Its time was up.</summary>
    [JsonStringEnumMemberName("time_limit")]
    TimeLimit,

    /// <summary>The avatar never came.</summary>
    [JsonStringEnumMemberName("no_replica")]
    NoReplica,

    /// <summary>Tavus ended it.</summary>
    [JsonStringEnumMemberName("tavus")]
    Tavus,

    /// <summary>It could not be opened.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>A program of the tenant's ended it.</summary>
    [JsonStringEnumMemberName("developer")]
    Developer,
}

/// <summary>Opens a video call, or waits for one in the line.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusSessionRequest
{
    /// <summary>The tenant's id or slug. The caller's own when left out; another's is refused.</summary>
    [StringLength(100)]
    public string? CompanyId { get; init; }

    /// <summary>The caller's own id for this call. Asking again with it gives the same session.</summary>
    [StringLength(64, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? ClientId { get; init; }

    /// <summary>The conversation it belongs to. A visitor's last one when left out; a program of the tenant's gets a new one.</summary>
    public Guid? ThreadId { get; init; }

    /// <summary>The page the visitor is on.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>The visitor's language, as <c>de</c>.</summary>
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

    /// <summary>What the avatar is called in this call. With an API key only.</summary>
    [StringLength(100, MinimumLength = 1)]
    public string? AgentName { get; init; }

    private const string Id = "[A-Za-z0-9_-]{1,100}";
}

/// <summary>A video call.</summary>
public sealed record TavusSession
{
    public required Guid SessionId { get; init; }

    /// <summary>The conversation of ours that it belongs to.</summary>
    public required Guid ThreadId { get; init; }

    public required TavusSessionState State { get; init; }

    /// <summary>Tavus's id of it; null until it is open.</summary>
    public string? ConversationId { get; init; }

    /// <summary>The room; null until it is open and again when it has ended.</summary>
    public string? ConversationUrl { get; init; }

    /// <summary>Always null: media and messages go through the room. Kept for callers of an earlier platform.</summary>
    public string? WebsocketUrl { get; init; }

    public required string ReplicaId { get; init; }

    /// <summary>Lets into a room that is not open to everybody.</summary>
    public string? MeetingToken { get; init; }

    /// <summary>Place in the line, from 1; null for a call that does not wait.</summary>
    public int? Position { get; init; }

    /// <summary>Longest that the call may last, in seconds.</summary>
    public required int MaxSeconds { get; init; }

    /// <summary>Seconds that are left of it; null until it is open.</summary>
    public int? RemainingSeconds { get; init; }

    /// <summary>The avatar stands before a background of 0,255,155, to be keyed out.</summary>
    public bool GreenScreen { get; init; }

    /// <summary>Ends this call and nothing else, without a header: for a page that is being left (<c>POST …/leave</c>).</summary>
    public string? LeaveToken { get; init; }

    public TavusEndReason? EndReason { get; init; }

    /// <summary>What went wrong, in words for a visitor; null when nothing did.</summary>
    public string? Problem { get; init; }

    /// <summary>What is left of the call; only for the tenant's own programs.</summary>
    public TavusCallRecord? Record { get; init; }
}

/// <summary>What is left of a call.</summary>
/// <param name="CreatedAt">When it was wished for.</param>
/// <param name="JoinedAt">When the avatar was there; null when it never was.</param>
/// <param name="EndedAt">Null while it goes on.</param>
/// <param name="Seconds">How long it lasted from its opening; null while it goes on.</param>
/// <param name="ShutdownReason">Tavus's own words.</param>
/// <param name="Recording">Where the recording is, as Tavus says it; null when there is none.</param>
/// <param name="Perception">What the avatar has seen, as Tavus sums it up.</param>
public sealed record TavusCallRecord(
    DateTimeOffset CreatedAt,
    DateTimeOffset? JoinedAt,
    DateTimeOffset? EndedAt,
    int? Seconds,
    string? ShutdownReason,
    JsonElement? Recording,
    string? Perception);

/// <summary>Video calls, newest first.</summary>
/// <param name="Sessions">A page of them.</param>
/// <param name="Next">Ask with this as <c>before</c> for the next page; null on the last.</param>
public sealed record TavusSessions(IReadOnlyList<TavusSession> Sessions, Guid? Next);

/// <summary>A page says that it is still there, and what it sees.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TavusAliveRequest
{
    /// <summary>The avatar is in the room.</summary>
    public bool ReplicaJoined { get; init; }
}

/// <summary>What was said in a call, as the page heard of it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UtterancesRequest
{
    /// <summary>What was said, in order.</summary>
    [Required, MinLength(1), MaxLength(50)]
    public IReadOnlyList<HeardUtterance> Utterances { get; init; } = [];
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HeardUtterance
{
    /// <summary>The same for the same utterance, however often it is told.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string Id { get; init; } = "";

    /// <summary>Who said it.</summary>
    public Speaker Speaker { get; init; }

    /// <summary>What was said.</summary>
    [Required, StringLength(8_000, MinimumLength = 1)]
    public string Text { get; init; } = "";

    /// <summary>The speaker was cut short.</summary>
    public bool Interrupted { get; init; }
}

/// <summary>Runs a tool for the assistant.</summary>
public sealed record ToolRequest
{
    /// <summary>The tenant's id or slug. The caller's own when left out; another's is refused.</summary>
    [StringLength(100)]
    public string? CompanyId { get; init; }

    /// <summary>The tool.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string Name { get; init; } = "";

    /// <summary>What the model wants of it: an object, or one written out as text.</summary>
    public JsonElement Arguments { get; init; }

    /// <summary>The call's id at the model; the same call runs once.</summary>
    [StringLength(200)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? ToolCallId { get; init; }

    /// <summary>The video call it comes from, so that what is found shows in its conversation.</summary>
    public Guid? SessionId { get; init; }
}

/// <summary>What a tool gave.</summary>
/// <param name="Success">Whether it did what it was asked.</param>
/// <param name="Result">For the model to read: what was found or done, or what was wrong.</param>
public sealed record ToolResponse(bool Success, JsonElement Result);

/// <summary>A command with which another framework reports events of a user and their call.</summary>
public static class LifecycleCommands
{
    /// <summary>Somebody has joined: their call is opened, unless it is open.</summary>
    public const string UserJoined = "user_joined";

    /// <summary>They have left: their call ends.</summary>
    public const string UserLeft = "user_left";

    public const string StartConversation = "start_conversation";

    public const string EndConversation = "end_conversation";
}

/// <summary>Another framework drives calls: it says who has come and gone, and hears of the conversations.</summary>
public sealed record LifecycleRequest : IValidatableObject
{
    private const string Names =
        $"name must be one of {LifecycleCommands.UserJoined}, {LifecycleCommands.UserLeft}, {LifecycleCommands.StartConversation}, {LifecycleCommands.EndConversation}.";

    /// <summary><c>user_joined</c>, <c>user_left</c>, <c>start_conversation</c> or <c>end_conversation</c>.</summary>
    [Required(ErrorMessage = Names)]
    [AllowedValues(
        LifecycleCommands.UserJoined,
        LifecycleCommands.UserLeft,
        LifecycleCommands.StartConversation,
        LifecycleCommands.EndConversation,
        ErrorMessage = Names)]
    public string Name { get; init; } = "";

    /// <summary>Whoever the call is with, by the framework's own id.</summary>
    [StringLength(200, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? UserId { get; init; }

    /// <summary>The same by the name that events have for it.</summary>
    [JsonPropertyName("user_id"), StringLength(200, MinimumLength = 1, ErrorMessage = "user_id must have 1 to 200 characters.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? SnakeUserId { get; init; }

    /// <summary>Their language, as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Language { get; init; }

    /// <summary>Unknown fields of the request.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }

    /// <summary>The user id, from whichever of the two fields was sent.</summary>
    [JsonIgnore]
    public string Person => UserId ?? SnakeUserId ?? "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Person.Length == 0) yield return new ValidationResult("userId (or user_id) is missing.", [nameof(UserId)]);
        if (UserId is not null && SnakeUserId is not null && UserId != SnakeUserId)
            yield return new ValidationResult("userId and user_id are the same field but have different values. Send only one.", [nameof(UserId)]);
        foreach (var other in Others?.Keys ?? [])
        {
            var name = other.Length > 50 ? other[..50] : other;
            yield return new ValidationResult($"{name} is not a field of this request. Use name, userId (or user_id) and language.");
        }
    }
}

/// <summary>What has come of a command, in the names that frameworks of voice agents use.</summary>
public sealed record LifecycleEvent
{
    /// <summary>
    /// <c>tavus_conversation_created</c>, <c>tavus_conversation_joined</c>, <c>tavus_conversation_ended</c>; <c>tavus_conversation_queued</c> while all slots are taken;
    /// <c>tavus_conversation_none</c> when there was nothing to end.
    /// </summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("user_id")]
    public required string UserId { get; init; }

    /// <summary>The same by the name that requests have for it.</summary>
    [JsonPropertyName("userId")]
    public string CamelUserId => UserId;

    [JsonPropertyName("session_id")]
    public Guid? SessionId { get; init; }

    [JsonPropertyName("conversation_id")]
    public string? ConversationId { get; init; }

    [JsonPropertyName("conversation_url")]
    public string? ConversationUrl { get; init; }

    /// <summary>Why it ended.</summary>
    [JsonPropertyName("reason")]
    public TavusEndReason? Reason { get; init; }
}
