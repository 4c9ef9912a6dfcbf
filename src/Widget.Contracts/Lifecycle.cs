using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>The commands that another framework can send about a user.</summary>
public static class LifecycleCommands
{
    /// <summary>The user has joined. Opens a call unless one is open.</summary>
    public const string UserJoined = "user_joined";

    /// <summary>The user has left. Ends the call.</summary>
    public const string UserLeft = "user_left";

    public const string StartConversation = "start_conversation";

    public const string EndConversation = "end_conversation";
}

/// <summary>
/// A command from another framework that controls calls: it reports users that join and leave, and receives the resulting events.
/// </summary>
public sealed record LifecycleRequest : IValidatableObject
{
    private const string NameError =
        $"name must be one of {LifecycleCommands.UserJoined}, {LifecycleCommands.UserLeft}, {LifecycleCommands.StartConversation}, "
            + $"{LifecycleCommands.EndConversation}.";

    /// <summary><c>user_joined</c>, <c>user_left</c>, <c>start_conversation</c> or <c>end_conversation</c>.</summary>
    [Required(ErrorMessage = NameError)]
    [AllowedValues(
        LifecycleCommands.UserJoined,
        LifecycleCommands.UserLeft,
        LifecycleCommands.StartConversation,
        LifecycleCommands.EndConversation,
        ErrorMessage = NameError)]
    public string Name { get; init; } = "";

    /// <summary>The framework's id of the user.</summary>
    [StringLength(200, MinimumLength = 1)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? UserId { get; init; }

    /// <summary>The same as <c>userId</c>, under the name that events use.</summary>
    [JsonPropertyName("user_id"), StringLength(200, MinimumLength = 1, ErrorMessage = "user_id must have 1 to 200 characters.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? SnakeUserId { get; init; }

    /// <summary>The user's language, such as <c>de</c>.</summary>
    [StringLength(10)]
    public string? Language { get; init; }

    /// <summary>Unknown fields of the request.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? UnknownFields { get; init; }

    /// <summary>The user's id from either of the two fields.</summary>
    [JsonIgnore]
    public string EffectiveUserId => UserId ?? SnakeUserId ?? "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (EffectiveUserId.Length == 0) yield return new ValidationResult("userId (or user_id) is missing.", [nameof(UserId)]);
        if (UserId is not null && SnakeUserId is not null && UserId != SnakeUserId)
            yield return new ValidationResult(
                "userId and user_id are the same field but have different values. Send only one.",
                [nameof(UserId)]);
        foreach (var other in UnknownFields?.Keys ?? [])
        {
            var name = other.Length > 50 ? other[..50] : other;
            yield return new ValidationResult($"{name} is not a field of this request. Use name, userId (or user_id) and language.");
        }
    }
}

/// <summary>The result of a command, with the field names that voice agent frameworks use.</summary>
public sealed record LifecycleEvent
{
    /// <summary>
    /// <c>tavus_conversation_created</c>, <c>tavus_conversation_joined</c> or <c>tavus_conversation_ended</c>;
    /// <c>tavus_conversation_queued</c> while all slots are in use; <c>tavus_conversation_none</c> if there was nothing to end.
    /// </summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("user_id")]
    public required string UserId { get; init; }

    /// <summary>The same as <c>user_id</c>, under the name that requests use.</summary>
    [JsonPropertyName("userId")]
    public string CamelUserId => UserId;

    [JsonPropertyName("session_id")]
    public Guid? SessionId { get; init; }

    [JsonPropertyName("conversation_id")]
    public string? ConversationId { get; init; }

    [JsonPropertyName("conversation_url")]
    public string? ConversationUrl { get; init; }

    /// <summary>Why the call ended.</summary>
    [JsonPropertyName("reason")]
    public TavusEndReason? Reason { get; init; }
}
