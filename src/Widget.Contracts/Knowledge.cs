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
}

public sealed record DocumentPage(IReadOnlyList<DocumentSummary> Documents, int Total);

/// <param name="Model">The embedding model that searches use.</param>
/// <param name="Change">Progress of a change; null when no passage lacks a vector.</param>
public sealed record EmbeddingReport(string Model, EmbeddingChangeReport? Change);

/// <param name="Model">The new embedding model.</param>
/// <param name="Done">Number of passages that have their vector.</param>
/// <param name="Total">Number of passages.</param>
/// <param name="Error">Why the change is waiting; null while it makes progress.</param>
/// <param name="Since">When the change was requested.</param>
public sealed record EmbeddingChangeReport(string Model, int Done, int Total, string? Error, DateTimeOffset Since);

public sealed record ChangeEmbeddingRequest
{
    /// <summary>The local embedding model, which needs no endpoint.</summary>
    public const string Local = "local";

    /// <summary>"local", or the name of a model at the configured embedding endpoint, such as text-embedding-3-small.</summary>
    [Required, StringLength(100)]
    public string Model { get; init; } = "";
}

/// <summary>Restricts a search. An empty list admits all documents; otherwise one of its values must match.</summary>
public sealed record SearchFilter
{
    /// <summary>IDs of sources.</summary>
    [Required, MaxLength(50)]
    public IReadOnlyList<Guid> Sources { get; init; } = [];

    /// <summary>Tags.</summary>
    [Required, MaxLength(50)]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Kinds of documents.</summary>
    [Required, MaxLength(10)]
    public IReadOnlyList<DocumentKindName> Kinds { get; init; } = [];

    /// <summary>Languages, ISO 639-1.</summary>
    [Required, MaxLength(50)]
    public IReadOnlyList<string> Languages { get; init; } = [];
}

public sealed record SearchRequest : IValidatableObject
{
    /// <summary>The text to search for.</summary>
    [Required(ErrorMessage = "The query is empty.")]
    [StringLength(2_000, ErrorMessage = "The query is longer than 2,000 characters.")]
    public string Query { get; init; } = "";

    /// <summary>Maximum number of hits.</summary>
    [Range(1, 100)]
    public int Limit { get; init; } = 8;

    /// <summary>The search strategy. Defaults to the tenant's strategy.</summary>
    public SearchStrategyName? Strategy { get; init; }

    /// <summary>Restricts the search. Defaults to all documents.</summary>
    public SearchFilter? Filter { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Filter is null) yield break;
        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(Filter, new ValidationContext(Filter), problems, validateAllProperties: true);
        foreach (var problem in problems)
            yield return new(problem.ErrorMessage, [.. problem.MemberNames.Select(member => $"{nameof(Filter)}.{member}")]);
        if (problems.Count == 0 && Filter.Tags.Concat(Filter.Languages).Any(value => value is null or { Length: > 200 }))
            yield return new("A tag or a language must have 200 characters at most.", [nameof(Filter)]);
    }
}

/// <param name="Hits">The hits, best first.</param>
/// <param name="Confidence">Probability that the hits answer the question, 0 to 1.</param>
/// <param name="Trace">How the hits were found.</param>
public sealed record SearchResponse(IReadOnlyList<SearchHit> Hits, double Confidence, SearchTraceReport Trace);

/// <param name="Rank">Rank, from 1.</param>
/// <param name="Score">Score, 0 to 1. Compare scores only within one response.</param>
/// <param name="ExternalId">The document's ID in its source.</param>
/// <param name="Title">The document's title.</param>
/// <param name="Text">The passage.</param>
/// <param name="Kind">Kind of the document.</param>
/// <param name="Url">The document's address with a fragment that leads to the passage.</param>
/// <param name="Locator">Location of the passage in the document.</param>
/// <param name="Origins">The knowledge bases that contain the passage.</param>
public sealed record SearchHit(
    int Rank,
    double Score,
    string ExternalId,
    string Title,
    string Text,
    DocumentKindName Kind,
    string? Url,
    SearchLocator Locator,
    IReadOnlyList<string> Origins);

/// <param name="Headings">The headings above the passage, outermost first.</param>
/// <param name="Page">Page or slide, from 1.</param>
/// <param name="Fragment">Fragment to append to the document's address to reach the passage.</param>
/// <param name="Row">First table row, from 1.</param>
/// <param name="Start">Start in a recording, in seconds.</param>
/// <param name="End">End in a recording, in seconds.</param>
public sealed record SearchLocator(IReadOnlyList<string> Headings, int? Page, string? Fragment, int? Row = null, double? Start = null, double? End = null);

public sealed record SearchTraceReport(
    SearchStrategyName Strategy,
    string? Route,
    IReadOnlyList<SearchTraceStep> Steps,
    int DuplicatesDropped,
    double Milliseconds)
{
    /// <summary>Number of dropped hits, by reason.</summary>
    public SearchDropReport Dropped { get; init; } = new(0, 0, 0);

    /// <summary>What the reranker did; null without a reranker.</summary>
    public SearchTraceStep? Reranking { get; init; }

    /// <summary>Whether the hits come from the cache. The steps are then those of the original search.</summary>
    public bool Cached { get; init; }
}

/// <param name="Duplicates">Hits that repeat another passage.</param>
/// <param name="Contained">Hits that are part of another passage of the same document.</param>
/// <param name="BeyondLimit">Hits beyond the requested number.</param>
public sealed record SearchDropReport(int Duplicates, int Contained, int BeyondLimit);

public sealed record SearchTraceStep(
    string KnowledgeBase,
    string Outcome,
    int Hits,
    double Confidence,
    double Milliseconds,
    string? Reason)
{
    /// <summary>
    /// How the knowledge base was searched, if there are several ways. For Tavus: "search endpoint", or "mirror of N documents,
    /// synchronised at …".
    /// </summary>
    public string? Via { get; init; }
}
