using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Api.Tavus.Client;

/// <summary>A request to open a call. It needs a replica or a persona. The call takes a slot and costs money from this moment on.</summary>
public sealed record CreateConversation
{
    /// <summary>Overrides the persona's default.</summary>
    public string? ReplicaId { get; init; }

    public string? PersonaId { get; init; }

    public bool? AudioOnly { get; init; }

    /// <summary>URL that receives the call's events. They are not signed.</summary>
    public string? CallbackUrl { get; init; }

    public string? ConversationName { get; init; }

    /// <summary>Appended to the persona's prompt.</summary>
    public string? ConversationalContext { get; init; }

    /// <summary>The first line, word for word; it cannot be interrupted.</summary>
    public string? CustomGreeting { get; init; }

    /// <summary>Seen in samples and guides, not in Tavus's OpenAPI.</summary>
    public bool? EnableDynamicGreeting { get; init; }

    /// <summary>Names of memory stores; any text. A later call with the same store knows what the avatar has remembered.</summary>
    public IReadOnlyList<string>? MemoryStores { get; init; }

    /// <summary>Added to the persona's documents.</summary>
    public IReadOnlyList<string>? DocumentIds { get; init; }

    /// <summary>Added to the persona's tags.</summary>
    public IReadOnlyList<string>? DocumentTags { get; init; }

    /// <summary>speed, balanced or quality.</summary>
    public string? DocumentRetrievalStrategy { get; init; }

    /// <summary>Creates a call that has already ended: it has no replica, takes no slot and costs nothing.</summary>
    public bool? TestMode { get; init; }

    /// <summary>The room can only be joined with the token in the response.</summary>
    public bool? RequireAuth { get; init; }

    /// <summary>At least 2, including the replica.</summary>
    public int? MaxParticipants { get; init; }

    /// <summary>A Google Meet or Zoom meeting that the replica joins instead of one of Tavus's rooms.</summary>
    public string? MeetingUrl { get; init; }

    public ConversationProperties? Properties { get; init; }
}

/// <summary>Settings of a call.</summary>
public sealed record ConversationProperties
{
    /// <summary>In seconds. The default and the maximum are 3600.</summary>
    public int? MaxCallDuration { get; init; }

    /// <summary>Seconds that the call continues after the last person has left; 0 by default.</summary>
    public int? ParticipantLeftTimeout { get; init; }

    /// <summary>Seconds that the call waits for the first person; 300 by default.</summary>
    public int? ParticipantAbsentTimeout { get; init; }

    /// <summary>Allows recording; the page starts it.</summary>
    public bool? EnableRecording { get; init; }

    /// <summary>Tavus may send utterance events only if this is on.</summary>
    public bool? EnableClosedCaptions { get; init; }

    /// <summary>Gives the replica a background of the colour 0,255,155.</summary>
    public bool? ApplyGreenscreen { get; init; }

    /// <summary>The language's English name in lower case, or multilingual.</summary>
    public string? Language { get; init; }

    public RecordingStorage? RecordingStorage { get; init; }

    /// <summary>Deprecated; use <see cref="RecordingStorage"/>.</summary>
    [JsonPropertyName("recording_s3_bucket_name")]
    public string? RecordingS3BucketName { get; init; }

    /// <summary>Deprecated; use <see cref="RecordingStorage"/>.</summary>
    [JsonPropertyName("recording_s3_bucket_region")]
    public string? RecordingS3BucketRegion { get; init; }

    /// <summary>Deprecated; use <see cref="RecordingStorage"/>.</summary>
    public string? AwsAssumeRoleArn { get; init; }

    /// <summary>A LiveKit server whose room the replica joins instead of one of Tavus's. Such a call has no app-messages.</summary>
    public string? LivekitWsUrl { get; init; }

    public string? LivekitRoomToken { get; init; }
}

/// <summary>The bucket for recordings. Access is federated, so no secret is stored here.</summary>
public sealed record RecordingStorage
{
    /// <summary>s3, gcs or azure_blob.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's settings, on the same level as <see cref="Provider"/>.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Settings { get; init; }
}

/// <summary>A call in a response of Tavus.</summary>
public sealed record TavusConversation
{
    public required string Id { get; init; }

    public string? Name { get; init; }

    /// <summary>The URL of the room. A response to creating a call always has it.</summary>
    public string? Url { get; init; }

    /// <summary>active or ended.</summary>
    public string? Status { get; init; }

    public bool IsEnded => Status == "ended";

    public string? CallbackUrl { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>The token that admits a participant to a private room. Only the response to creating the call has it.</summary>
    public string? MeetingToken { get; init; }

    public string? ReplicaId { get; init; }

    public string? PersonaId { get; init; }

    /// <summary>The events that callbacks also report, oldest first. Only a verbose response has them.</summary>
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

/// <summary>An event of a call.</summary>
/// <param name="Type">For example <c>system.shutdown</c>.</param>
/// <param name="MessageType">system, application or conversation.</param>
/// <param name="Timestamp">Null when it is missing or cannot be parsed.</param>
/// <param name="Properties">An object, whose fields depend on the type; undefined when there are none.</param>
public sealed record TavusConversationEvent(string Type, string? MessageType, DateTimeOffset? Timestamp, JsonElement Properties)
{
    internal static TavusConversationEvent Read(TavusObject answer) =>
        new(answer.Text("event_type") ?? "", answer.Text("message_type"), answer.Time("timestamp"), answer.Object("properties") ?? default);
}
