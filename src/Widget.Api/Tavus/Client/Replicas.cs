using System.Text.Json;

namespace Widget.Api.Tavus.Client;

/// <summary>Which replicas to list.</summary>
public sealed record ReplicaFilter
{
    /// <summary>user for the account's replicas, system for Tavus's stock replicas.</summary>
    public string? Type { get; init; }

    public IReadOnlyList<string>? Ids { get; init; }

    public string? ModelName { get; init; }
}

/// <summary>A replica: what the avatar looks like.</summary>
public sealed record TavusReplica
{
    public required string Id { get; init; }

    public string? Name { get; init; }

    /// <summary>A short video of the replica.</summary>
    public string? ThumbnailVideoUrl { get; init; }

    /// <summary>For example <c>57/100</c>.</summary>
    public string? TrainingProgress { get; init; }

    /// <summary>started, completed or error. Callbacks say ready instead of completed.</summary>
    public string? Status { get; init; }

    public string? ErrorMessage { get; init; }

    /// <summary>user or system.</summary>
    public string? Type { get; init; }

    public string? ModelName { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    internal static TavusReplica Read(TavusObject answer) => new()
    {
        Id = answer.Id("replica_id", "face_id"),
        Name = answer.Text("replica_name", "face_name"),
        ThumbnailVideoUrl = answer.Text("thumbnail_video_url"),
        TrainingProgress = answer.Text("training_progress"),
        Status = answer.Text("status"),
        ErrorMessage = answer.Text("error_message"),
        Type = answer.Text("replica_type", "face_type"),
        ModelName = answer.Text("model_name"),
        CreatedAt = answer.Time("created_at"),
        UpdatedAt = answer.Time("updated_at"),
    };
}

/// <summary>A stock voice.</summary>
/// <param name="Name">The voice's name, which is also its id.</param>
/// <param name="ReplicaId">The replica that has this voice.</param>
/// <param name="AudioUrl">A recorded sample.</param>
/// <param name="Tags">For example <c>female</c>.</param>
public sealed record TavusVoice(string Name, string? ReplicaId, string? AudioUrl, IReadOnlyList<string> Tags)
{
    internal static TavusVoice Read(TavusObject answer) => new(
        answer.Id("voice_name", "voice_id"),
        answer.Text("replica_id", "face_id"),
        answer.Text("audio_url"),
        answer.Field("tags") is { ValueKind: JsonValueKind.Array } tags ? [.. tags.EnumerateArray().Select(Tag).OfType<string>()] : []);

    private static string? Tag(JsonElement tag) => tag.ValueKind switch
    {
        JsonValueKind.String => tag.GetString(),
        JsonValueKind.Object => new TavusObject(tag).Text("tag_name"),
        _ => null,
    };
}
