using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>One line of an import.</summary>
public sealed record ImportLine
{
    /// <summary>Your ID for the document. Importing the same ID again replaces the document.</summary>
    [JsonConverter(typeof(IdentifierConverter))]
    public string Id { get; init; } = "";

    /// <summary>The document's title.</summary>
    public string Title { get; init; } = "";

    /// <summary>The text, in the given format.</summary>
    public string Text { get; init; } = "";

    /// <summary>The document's public address.</summary>
    public string? Url { get; init; }

    /// <summary>Language, ISO 639-1. Detected from the text if omitted.</summary>
    public string? Language { get; init; }

    /// <summary>Tags to filter by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Format of the text: "text" (default), "markdown" or "html".</summary>
    public string? Format { get; init; }
}

/// <summary>A job was accepted. It runs in the background.</summary>
public sealed record JobAccepted(Guid JobId);

[JsonConverter(typeof(StrictEnumConverter<JobStatusName>))]
public enum JobStatusName
{
    [JsonStringEnumMemberName("queued")]
    Queued,

    [JsonStringEnumMemberName("fetching")]
    Fetching,

    [JsonStringEnumMemberName("extracting")]
    Extracting,

    [JsonStringEnumMemberName("embedding")]
    Embedding,

    /// <summary>Finished. Individual documents may have failed.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>Finished without any readable document.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>Progress of a job.</summary>
/// <param name="JobId">ID of the job.</param>
/// <param name="Status">Status of the job.</param>
/// <param name="Done">Number of searchable documents.</param>
/// <param name="Total">Number of documents known so far. For a site it grows during the crawl.</param>
/// <param name="Failed">Documents that could not be read, with the reason.</param>
/// <param name="Error">Why the whole job failed.</param>
public sealed record JobState(Guid JobId, JobStatusName Status, int Done, int Total, IReadOnlyList<FailedDocument> Failed, string? Error)
{
    /// <summary>Documents that were read only in part, with the reason.</summary>
    public IReadOnlyList<NoticedDocument> Notices { get; init; } = [];
}

public sealed record FailedDocument(string Id, string Error);

public sealed record NoticedDocument(string Id, string Notice);

/// <summary>Adds one web page, or one file on the web.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AddPageRequest
{
    /// <summary>Address of the page or file.</summary>
    [Required, StringLength(2_000)]
    public string Url { get; init; } = "";

    /// <summary>Title to use instead of the page's own.</summary>
    [StringLength(500)]
    public string? Title { get; init; }

    /// <summary>Language, ISO 639-1. Detected from the text if omitted.</summary>
    public string? Language { get; init; }

    /// <summary>Tags to filter by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>Adds a web site.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AddSiteRequest
{
    /// <summary>A start page, or a site map (an address that ends in .xml).</summary>
    [Required, StringLength(2_000)]
    public string Url { get; init; } = "";

    /// <summary>Maximum number of pages.</summary>
    [Range(1, 10_000)]
    public int MaxPages { get; init; } = 500;

    /// <summary>Maximum number of links from the start page; 0 for the start page alone. No limit if omitted.</summary>
    [Range(0, 1_000)]
    public int? MaxDepth { get; init; }

    /// <summary>Keep only pages whose path matches one of these patterns, such as /docs/**. Keeps all pages if omitted.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Skip pages whose path matches one of these patterns.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }
}

public sealed record DocumentSummary(
    Guid Id,
    string ExternalId,
    string Title,
    string? Url,
    string Language,
    IReadOnlyList<string> Tags,
    int Chunks,
    DateTimeOffset UpdatedAt,
    DocumentKindName Kind,
    Guid SourceId)
{
    /// <summary>Why only a part of the document was read; null if all of it was.</summary>
    public string? Notice { get; init; }

    public DocumentStatusName Status { get; init; }

    /// <summary>Why a newer version could not be read, if the status is stale.</summary>
    public string? Error { get; init; }
}

public sealed record DocumentPage(IReadOnlyList<DocumentSummary> Documents, int Total);

/// <param name="Model">The embedding model that searches use.</param>
/// <param name="Change">Progress of a change; null when no passage lacks a vector.</param>
/// <param name="Semantic">The vectors of the local sentence models; null when the node that answers does not use them.</param>
public sealed record EmbeddingReport(string Model, EmbeddingChangeReport? Change, SemanticReport? Semantic = null);

/// <param name="Model">The local sentence models.</param>
/// <param name="Done">Number of passages that have their vector. The others are found by words and spelling.</param>
/// <param name="Total">Number of passages.</param>
/// <param name="Error">Why vectors are missing; null while they are computed, and when none is missing.</param>
public sealed record SemanticReport(string Model, int Done, int Total, string? Error);

/// <param name="Model">The new embedding model.</param>
/// <param name="Done">Number of passages that have their vector.</param>
/// <param name="Total">Number of passages.</param>
/// <param name="Error">Why the change is waiting; null while it makes progress.</param>
/// <param name="Since">When the change was requested.</param>
public sealed record EmbeddingChangeReport(string Model, int Done, int Total, string? Error, DateTimeOffset Since);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChangeEmbeddingRequest
{
    /// <summary>The local embedding model, which needs no endpoint.</summary>
    public const string Local = "local";

    /// <summary>The tenant's own embedding model (<c>PUT /api/models/embedding</c>).</summary>
    public const string Own = "own";

    /// <summary>
    /// "local", "own", or the name of a model at the installation's embedding endpoint, such as text-embedding-3-small.
    /// </summary>
    [Required, StringLength(100)]
    public string Model { get; init; } = "";
}
