using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Api.Tavus.Client;

/// <summary>Opens a call. One of replica and persona is needed; the slot and the bill begin at once.</summary>
public sealed record CreateConversation
{
    /// <summary>Overrides the persona's default.</summary>
    public string? ReplicaId { get; init; }

    public string? PersonaId { get; init; }

    public bool? AudioOnly { get; init; }

    /// <summary>Where what happens is told to; unsigned.</summary>
    public string? CallbackUrl { get; init; }

    public string? ConversationName { get; init; }

    /// <summary>Appended to the persona's prompt.</summary>
    public string? ConversationalContext { get; init; }

    /// <summary>The first line, word for word; it cannot be interrupted.</summary>
    public string? CustomGreeting { get; init; }

    /// <summary>Seen in samples and guides, not in Tavus's OpenAPI.</summary>
    public bool? EnableDynamicGreeting { get; init; }

    /// <summary>Any text names a store; what is remembered in one is there in the next call with it.</summary>
    public IReadOnlyList<string>? MemoryStores { get; init; }

    /// <summary>Besides the persona's.</summary>
    public IReadOnlyList<string>? DocumentIds { get; init; }

    /// <summary>Besides the persona's.</summary>
    public IReadOnlyList<string>? DocumentTags { get; init; }

    /// <summary>speed, balanced or quality.</summary>
    public string? DocumentRetrievalStrategy { get; init; }

    /// <summary>Ended from the start: no replica, no slot, no cost.</summary>
    public bool? TestMode { get; init; }

    /// <summary>The room can only be joined with the token in the response.</summary>
    public bool? RequireAuth { get; init; }

    /// <summary>2 or more; the replica counts.</summary>
    public int? MaxParticipants { get; init; }

    /// <summary>A Google Meet or Zoom meeting that the replica joins instead of a room of its own.</summary>
    public string? MeetingUrl { get; init; }

    public ConversationProperties? Properties { get; init; }
}

/// <summary>How a call goes.</summary>
public sealed record ConversationProperties
{
    /// <summary>Seconds; 3600 at most and by default.</summary>
    public int? MaxCallDuration { get; init; }

    /// <summary>Seconds that it goes on when the last person has left; 0 by default.</summary>
    public int? ParticipantLeftTimeout { get; init; }

    /// <summary>Seconds that it waits for the first person; 300 by default.</summary>
    public int? ParticipantAbsentTimeout { get; init; }

    /// <summary>Lets the room record; the page starts it.</summary>
    public bool? EnableRecording { get; init; }

    /// <summary>Utterance events may depend on it.</summary>
    public bool? EnableClosedCaptions { get; init; }

    /// <summary>The replica stands before a background of 0,255,155.</summary>
    public bool? ApplyGreenscreen { get; init; }

    /// <summary>The language's English name in small letters, or multilingual.</summary>
    public string? Language { get; init; }

    public RecordingStorage? RecordingStorage { get; init; }

    /// <summary>Deprecated for <see cref="RecordingStorage"/>.</summary>
    [JsonPropertyName("recording_s3_bucket_name")]
    public string? RecordingS3BucketName { get; init; }

    /// <summary>Deprecated for <see cref="RecordingStorage"/>.</summary>
    [JsonPropertyName("recording_s3_bucket_region")]
    public string? RecordingS3BucketRegion { get; init; }

    /// <summary>Deprecated for <see cref="RecordingStorage"/>.</summary>
    public string? AwsAssumeRoleArn { get; init; }

    /// <summary>A LiveKit server whose room the replica joins instead; then there are no app-messages.</summary>
    public string? LivekitWsUrl { get; init; }

    public string? LivekitRoomToken { get; init; }
}

/// <summary>The bucket that recordings go to. Federated: it holds no secret.</summary>
public sealed record RecordingStorage
{
    /// <summary>s3, gcs or azure_blob.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's own settings, beside <see cref="Provider"/>.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Settings { get; init; }
}

/// <summary>A call as Tavus tells of it.</summary>
public sealed record TavusConversation
{
    public required string Id { get; init; }

    public string? Name { get; init; }

    /// <summary>The room; always there when one has just been created.</summary>
    public string? Url { get; init; }

    /// <summary>active or ended.</summary>
    public string? Status { get; init; }

    public bool IsEnded => Status == "ended";

    public string? CallbackUrl { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Lets into a private room. Only the answer to creating one has it.</summary>
    public string? MeetingToken { get; init; }

    public string? ReplicaId { get; init; }

    public string? PersonaId { get; init; }

    /// <summary>What happened, oldest first; only in a verbose answer. The same as the callbacks tell.</summary>
    public IReadOnlyList<TavusConversationEvent> Events { get; init; } = [];

    internal static TavusConversation Read(TavusObject answer) => new()
    {
        Id = answer.Id("conversation_id"),
        Name = answer.Text("conversation_name"),
        Url = answer.Text("conversation_url"),
        Status = answer.Text("status"),
        CallbackUrl = answer.Text("callback_url"),
        CreatedAt = answer.Time("created_at"),
        UpdatedAt = answer.Time("updated_at"),
        MeetingToken = answer.Text("meeting_token"),
        ReplicaId = answer.Text("replica_id", "face_id"),
        PersonaId = answer.Text("persona_id", "pal_id"),
        Events = answer.Field("events") is { ValueKind: JsonValueKind.Array } events
            ?
            [
                .. events.EnumerateArray()
                    .Where(item => item.ValueKind == JsonValueKind.Object)
                    .Select(item => TavusConversationEvent.Read(new TavusObject(item))),
            ]
            : [],
    };
}

/// <summary>Something that happened in a call.</summary>
/// <param name="Type">As <c>system.shutdown</c>.</param>
/// <param name="MessageType">system, application or conversation.</param>
/// <param name="Timestamp">When; null when not told or not readable.</param>
/// <param name="Properties">An object, whose fields depend on the type; undefined when there are none.</param>
public sealed record TavusConversationEvent(string Type, string? MessageType, DateTimeOffset? Timestamp, JsonElement Properties)
{
    internal static TavusConversationEvent Read(TavusObject answer) =>
        new(answer.Text("event_type") ?? "", answer.Text("message_type"), answer.Time("timestamp"), answer.Object("properties") ?? default);
}
