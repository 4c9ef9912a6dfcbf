using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Starts the recording of a call. It runs once everybody in the call has agreed.</summary>
public sealed record StartRecordingRequest
{
    /// <summary>The room.</summary>
    [Required, MaxLength(100)]
    public required string RoomId { get; init; }

    /// <summary>What the page records: <c>video/webm</c>, <c>video/mp4</c>, <c>audio/webm</c> or <c>audio/mp4</c>, with codecs.</summary>
    [MaxLength(100)]
    [RegularExpression(
        "(video|audio)/(webm|mp4)(;.*)?",
        ErrorMessage = "contentType must be video/webm, video/mp4, audio/webm or audio/mp4.")]
    public string ContentType { get; init; } = "video/webm";
}

/// <summary>Where the transcript of a recording is.</summary>
[JsonConverter(typeof(StrictEnumConverter<TranscriptState>))]
public enum TranscriptState
{
    /// <summary>Transcription is not configured, or the recording is not finished.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("pending")]
    Pending,

    [JsonStringEnumMemberName("ready")]
    Ready,

    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>A recording of a call.</summary>
public sealed record CallRecording
{
    public required Guid Id { get; init; }

    public required string RoomId { get; init; }

    /// <summary>The room's name, or else the name of the person who called; for the staff. Null if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>The conversation that the call belongs to, for the staff; null if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? ConversationId { get; init; }

    public required RecordingState State { get; init; }

    /// <summary>The state in words.</summary>
    public required string Message { get; init; }

    /// <summary>Why it ended: <c>stopped</c>, <c>interrupted</c>, <c>declined</c> or <c>failed</c>; null until it has.</summary>
    public string? FinishReason { get; init; }

    public required string ContentType { get; init; }

    public required long Bytes { get; init; }

    public required int Chunks { get; init; }

    /// <summary>The number of the first chunk that is missing. Continue with it.</summary>
    public required int NextChunk { get; init; }

    /// <summary>Its length; null until it is finished.</summary>
    public double? Seconds { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When it is deleted.</summary>
    public DateTimeOffset? DeleteAt { get; init; }

    public required TranscriptState TranscriptState { get; init; }

    /// <summary>What is said; in the answer for one recording, to the staff only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TranscriptPart>? Transcript { get; init; }

    /// <summary>The path of the file, for the staff; null until there is one.</summary>
    public string? Url { get; init; }
}

/// <param name="Start">In seconds.</param>
/// <param name="End">In seconds.</param>
/// <param name="Text">What is said.</param>
public sealed record TranscriptPart(double Start, double End, string Text);

/// <param name="Recordings">Newest first.</param>
/// <param name="Next">The <c>before</c> of the next page; null at the end.</param>
public sealed record CallRecordingList(IReadOnlyList<CallRecording> Recordings, Guid? Next);

/// <param name="Number">The chunk.</param>
/// <param name="NextChunk">The number of the first chunk that is missing.</param>
public sealed record RecordingChunkResult(int Number, int NextChunk);

/// <summary>Finishes a recording.</summary>
/// <param name="Chunks">How many chunks there are; null if the page doesn't know.</param>
public sealed record FinishRecordingRequest([property: Range(0, 1_000_000)] int? Chunks);
