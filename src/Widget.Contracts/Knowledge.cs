using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A line of an import.</summary>
public sealed record ImportLine
{
    /// <summary>The sender's own id. Importing it again replaces the document.</summary>
    [JsonConverter(typeof(IdentifierConverter))]
    public string Id { get; init; } = "";

    /// <summary>The document's title.</summary>
    public string Title { get; init; } = "";

    /// <summary>Its text, in the given format.</summary>
    public string Text { get; init; } = "";

    /// <summary>Where a reader finds the document.</summary>
    public string? Url { get; init; }

    /// <summary>ISO 639-1; found out from the text when left out.</summary>
    public string? Language { get; init; }

    /// <summary>Tags to filter by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>What the text is written in: text (as when left out), markdown or html.</summary>
    public string? Format { get; init; }
}

/// <summary>A job was taken in; it runs whatever becomes of the caller.</summary>
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

    /// <summary>Finished; single documents may have failed.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>Finished, and nothing of it could be read.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>How far a job has come.</summary>
/// <param name="JobId">Which.</param>
/// <param name="Status">What it is doing.</param>
/// <param name="Done">Documents that are ready to be found.</param>
/// <param name="Total">Documents known so far; a site's grow while it is read.</param>
/// <param name="Failed">Documents that could not be read, and why.</param>
/// <param name="Error">Why the whole job failed.</param>
public sealed record JobState(Guid JobId, JobStatusName Status, int Done, int Total, IReadOnlyList<FailedDocument> Failed, string? Error)
{
    /// <summary>Documents of which only a part was read, with the reason.</summary>
    public IReadOnlyList<NoticedDocument> Notices { get; init; } = [];
}

public sealed record FailedDocument(string Id, string Error);

public sealed record NoticedDocument(string Id, string Notice);

/// <summary>Adds one web page or file on the web.</summary>
public sealed record AddPageRequest
{
    /// <summary>The page's or file's address.</summary>
    [Required, StringLength(2_000)]
    public string Url { get; init; } = "";

    /// <summary>A title to use instead of the page's own.</summary>
    [StringLength(500)]
    public string? Title { get; init; }

    /// <summary>ISO 639-1; found out from the text when left out.</summary>
    public string? Language { get; init; }

    /// <summary>Tags to filter by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>Adds a web site.</summary>
public sealed record AddSiteRequest
{
    /// <summary>A page to start from, or a site map (an address that ends in .xml).</summary>
    [Required, StringLength(2_000)]
    public string Url { get; init; } = "";

    /// <summary>Most pages to read.</summary>
    [Range(1, 10_000)]
    public int MaxPages { get; init; } = 500;

    /// <summary>Links to follow away from the start page; 0 for that page alone, no limit when left out.</summary>
    [Range(0, 1_000)]
    public int? MaxDepth { get; init; }

    /// <summary>Only pages whose path fits one of these patterns, such as /docs/**; all when left out.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>No pages whose path fits one of these patterns.</summary>
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

/// <param name="Model">Whose vectors searches use.</param>
/// <param name="Change">Passages that still lack vectors; null when none does.</param>
public sealed record EmbeddingReport(string Model, EmbeddingChangeReport? Change);

/// <param name="Model">The model whose vectors are missing.</param>
/// <param name="Done">Passages that have them.</param>
/// <param name="Total">All passages.</param>
/// <param name="Error">Why it waits, in words; null while it goes on.</param>
/// <param name="Since">When it was asked for.</param>
public sealed record EmbeddingChangeReport(string Model, int Done, int Total, string? Error, DateTimeOffset Since);

public sealed record ChangeEmbeddingRequest
{
    /// <summary>The embedder that needs no endpoint.</summary>
    public const string Local = "local";

    /// <summary>"local", or a model's name at the operator's embedding endpoint, as text-embedding-3-small.</summary>
    [Required, StringLength(100)]
    public string Model { get; init; } = "";
}

/// <summary>What may be found. An empty list lets everything pass; of several values one has to fit.</summary>
public sealed record SearchFilter
{
    /// <summary>Ids of sources; in any of them.</summary>
    [Required, MaxLength(50)]
    public IReadOnlyList<Guid> Sources { get; init; } = [];

    /// <summary>With any of these tags.</summary>
    [Required, MaxLength(50)]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Of any of these kinds.</summary>
    [Required, MaxLength(10)]
    public IReadOnlyList<DocumentKindName> Kinds { get; init; } = [];

    /// <summary>ISO 639-1.</summary>
    [Required, MaxLength(50)]
    public IReadOnlyList<string> Languages { get; init; } = [];
}

public sealed record SearchRequest : IValidatableObject
{
    /// <summary>What to look for.</summary>
    [Required(ErrorMessage = "The query is empty.")]
    [StringLength(2_000, ErrorMessage = "The query is longer than 2,000 characters.")]
    public string Query { get; init; } = "";

    /// <summary>Most hits wanted.</summary>
    [Range(1, 100)]
    public int Limit { get; init; } = 8;

    /// <summary>The tenant's own strategy when left out.</summary>
    public SearchStrategyName? Strategy { get; init; }

    /// <summary>Everything may be found when left out.</summary>
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

/// <param name="Hits">Best first.</param>
/// <param name="Confidence">How likely it is that the hits answer the question, 0 to 1.</param>
/// <param name="Trace">How the search went.</param>
public sealed record SearchResponse(IReadOnlyList<SearchHit> Hits, double Confidence, SearchTraceReport Trace);

/// <param name="Rank">From 1.</param>
/// <param name="Score">0 to 1; comparable within one answer only.</param>
/// <param name="ExternalId">The document's id where it came from.</param>
/// <param name="Title">The document's.</param>
/// <param name="Text">The passage.</param>
/// <param name="Kind">What the document is.</param>
/// <param name="Url">The document's address with a fragment that leads to the passage.</param>
/// <param name="Locator">Where in the document the passage stands.</param>
/// <param name="Origins">The knowledge bases it was found in.</param>
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

/// <param name="Headings">Those above the passage, outermost first.</param>
/// <param name="Page">Page or slide, from 1.</param>
/// <param name="Fragment">What to add to the document's address.</param>
/// <param name="Row">First row of a table's passage, from 1.</param>
/// <param name="Start">Where a passage of a recording begins, in seconds.</param>
/// <param name="End">Where it ends, in seconds.</param>
public sealed record SearchLocator(IReadOnlyList<string> Headings, int? Page, string? Fragment, int? Row = null, double? Start = null, double? End = null);

public sealed record SearchTraceReport(
    SearchStrategyName Strategy,
    string? Route,
    IReadOnlyList<SearchTraceStep> Steps,
    int DuplicatesDropped,
    double Milliseconds)
{
    /// <summary>Hits that did not make it, by reason.</summary>
    public SearchDropReport Dropped { get; init; } = new(0, 0, 0);

    /// <summary>What the reranker did; null when there is none.</summary>
    public SearchTraceStep? Reranking { get; init; }

    /// <summary>Whether the hits are those of the same search shortly before; the steps are that search's, too.</summary>
    public bool Cached { get; init; }
}

/// <param name="Duplicates">The same passage as another.</param>
/// <param name="Contained">A part of another passage of the same document.</param>
/// <param name="BeyondLimit">Less good than as many as were wanted.</param>
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
    /// Which of several ways to its knowledge was taken. Of Tavus's: "search endpoint", or "mirror of N documents, synchronised at …".
    /// </summary>
    public string? Via { get; init; }
}
