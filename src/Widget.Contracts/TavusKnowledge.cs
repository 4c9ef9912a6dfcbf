using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>State of the mirror of the tenant's Tavus knowledge.</summary>
public sealed record TavusKnowledgeState
{
    /// <summary>Whether the tenant's settings include it in searches (<c>useTavusKB</c>).</summary>
    public required bool On { get; init; }

    /// <summary>How it is searched, as text for people.</summary>
    public required string SearchedBy { get; init; }

    /// <summary>When the mirror was last synchronised; null before the first time.</summary>
    public DateTimeOffset? SyncedAt { get; init; }

    /// <summary>When the next synchronisation is due; null if the mirror is not used.</summary>
    public DateTimeOffset? NextSyncAt { get; init; }

    /// <summary>Whether a synchronisation is running.</summary>
    public required bool Running { get; init; }

    /// <summary>Why the last synchronisation failed; null if it succeeded.</summary>
    public string? Error { get; init; }

    /// <summary>Number of the tenant's documents at Tavus, without copies of own documents.</summary>
    public required int Documents { get; init; }

    /// <summary>Number of searchable documents.</summary>
    public required int Ready { get; init; }

    public required int Passages { get; init; }

    /// <summary>Documents that are not mirrored, or only in part.</summary>
    public required IReadOnlyList<TavusDocumentTrouble> Failed { get; init; }
}

/// <param name="DocumentId">Tavus's ID of the document.</param>
/// <param name="Name">Name of the document.</param>
/// <param name="Url">The address that Tavus read it from.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="RetryAt">When it is retried; null if Tavus must report a change first.</param>
public sealed record TavusDocumentTrouble(string DocumentId, string Name, string Url, string Error, DateTimeOffset? RetryAt);

/// <summary>Own documents to publish at Tavus, so that the avatar's own retrieval finds them.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PublishRequest
{
    /// <summary>IDs of sources. All their current documents are published.</summary>
    [MaxLength(100)]
    public IReadOnlyList<Guid>? SourceIds { get; init; }

    /// <summary>IDs of documents to publish.</summary>
    [MaxLength(500)]
    public IReadOnlyList<Guid>? DocumentIds { get; init; }
}

[JsonConverter(typeof(StrictEnumConverter<TavusPublicationStatus>))]
public enum TavusPublicationStatus
{
    /// <summary>Waiting to be sent to Tavus.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>Tavus is processing it. This takes minutes.</summary>
    [JsonStringEnumMemberName("processing")]
    Processing,

    /// <summary>Available to the avatar.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Being removed from Tavus.</summary>
    [JsonStringEnumMemberName("removing")]
    Removing,
}

/// <param name="SourceId">The document's source.</param>
/// <param name="ExternalId">The document's ID in its source. Together with the source, it identifies all versions of the document.</param>
/// <param name="Title">Title of the document.</param>
/// <param name="Status">Status of the publication.</param>
/// <param name="TavusDocumentId">Tavus's ID of the copy; null while there is none.</param>
/// <param name="Error">What went wrong; null if nothing did.</param>
/// <param name="PublishedAt">When this version was sent.</param>
public sealed record TavusPublicationState(
    Guid SourceId,
    string ExternalId,
    string Title,
    TavusPublicationStatus Status,
    string? TavusDocumentId,
    string? Error,
    DateTimeOffset? PublishedAt);

/// <summary>Own documents that are published at Tavus.</summary>
public sealed record TavusPublications(IReadOnlyList<TavusPublicationState> Documents);
