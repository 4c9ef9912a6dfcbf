using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>The tenant's knowledge at Tavus, as it is mirrored here.</summary>
public sealed record TavusKnowledgeState
{
    /// <summary>Whether the tenant's settings want it searched (<c>useTavusKB</c>).</summary>
    public required bool On { get; init; }

    /// <summary>How it is searched, in words.</summary>
    public required string SearchedBy { get; init; }

    /// <summary>When the mirror was last brought up to date; null before the first time.</summary>
    public DateTimeOffset? SyncedAt { get; init; }

    /// <summary>When that is next due; null when nobody wants it.</summary>
    public DateTimeOffset? NextSyncAt { get; init; }

    /// <summary>It is being brought up to date at this moment.</summary>
    public required bool Running { get; init; }

    /// <summary>Why it could not be brought up to date, in words; null when it could.</summary>
    public string? Error { get; init; }

    /// <summary>Documents at Tavus that are the tenant's, but for copies of our own.</summary>
    public required int Documents { get; init; }

    /// <summary>Documents that can be found.</summary>
    public required int Ready { get; init; }

    public required int Passages { get; init; }

    /// <summary>Documents that are not mirrored, or not wholly.</summary>
    public required IReadOnlyList<TavusDocumentTrouble> Failed { get; init; }
}

/// <param name="DocumentId">Tavus's.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Url">Where Tavus had it from.</param>
/// <param name="Error">What is wrong, in words.</param>
/// <param name="RetryAt">When it is tried again; null when Tavus has to say something else first.</param>
public sealed record TavusDocumentTrouble(string DocumentId, string Name, string Url, string Error, DateTimeOffset? RetryAt);

/// <summary>Own documents to be published at Tavus, so that the avatar's own retrieval knows them.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PublishRequest
{
    /// <summary>All documents that these sources have now.</summary>
    [MaxLength(100)]
    public IReadOnlyList<Guid>? SourceIds { get; init; }

    /// <summary>Ids of documents to publish.</summary>
    [MaxLength(500)]
    public IReadOnlyList<Guid>? DocumentIds { get; init; }
}

[JsonConverter(typeof(StrictEnumConverter<TavusPublicationStatus>))]
public enum TavusPublicationStatus
{
    /// <summary>It is on its way to Tavus.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>Tavus is taking it in, which takes minutes.</summary>
    [JsonStringEnumMemberName("processing")]
    Processing,

    /// <summary>The avatar knows it.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It is being taken away at Tavus.</summary>
    [JsonStringEnumMemberName("removing")]
    Removing,
}

/// <param name="SourceId">The own document's source.</param>
/// <param name="ExternalId">Its id there; with the source it names the document through all its versions.</param>
/// <param name="Title">Its title.</param>
/// <param name="Status">How far it has come.</param>
/// <param name="TavusDocumentId">The copy at Tavus; null while there is none.</param>
/// <param name="Error">What went wrong, in words; null when nothing did.</param>
/// <param name="PublishedAt">When this version was handed over.</param>
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
