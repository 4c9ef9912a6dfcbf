using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>
/// Restricts a search. An empty list admits all documents; otherwise one of its values must match. Unknown fields are rejected, so that a
/// misspelt one does not search all documents.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
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

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SearchRequest : IValidatableObject
{
    /// <summary>The text to search for.</summary>
    [VisibleText(ErrorMessage = "The query is empty.")]
    [StringLength(2_000, ErrorMessage = "The query is longer than 2,000 characters.")]
    public string Query { get; init; } = "";

    /// <summary>Maximum number of hits.</summary>
    [Range(1, 100)]
    public int Limit { get; init; } = 8;

    /// <summary>The search strategy. Defaults to the tenant's strategy.</summary>
    public SearchStrategyName? Strategy { get; init; }

    /// <summary>The weight of the Tavus knowledge base, 0 to 1. Defaults to the tenant's weight.</summary>
    [Range(0.0, 1.0, ErrorMessage = "tavusKBWeight must be between 0 and 1.")]
    public double? TavusKBWeight { get; init; }

    /// <summary>Restricts the search. Defaults to all documents.</summary>
    public SearchFilter? Filter { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Filter is null) yield break;
        var errors = FieldErrors.OfPart(nameof(Filter), Filter).ToList();
        foreach (var error in errors) yield return error;
        if (errors.Count == 0 && Filter.Tags.Concat(Filter.Languages).Any(value => value.Length > 200))
            yield return new("A tag or language can have at most 200 characters.", [nameof(Filter)]);
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
public sealed record SearchLocator(
    IReadOnlyList<string> Headings,
    int? Page,
    string? Fragment,
    int? Row = null,
    double? Start = null,
    double? End = null);

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

    /// <summary>The share of its scores in the merged ones, 0 to 1; null if it did not answer.</summary>
    public double? Weight { get; init; }

    /// <summary>Its hits and what became of them, best first.</summary>
    public IReadOnlyList<SearchTraceHit> Found { get; init; } = [];
}

/// <summary>What became of a hit of one knowledge base.</summary>
[JsonConverter(typeof(StrictEnumConverter<SearchHitFate>))]
public enum SearchHitFate
{
    /// <summary>It is in the result.</summary>
    [JsonStringEnumMemberName("kept")]
    Kept,

    /// <summary>Another hit has the same passage or contains it, so the two became one.</summary>
    [JsonStringEnumMemberName("merged")]
    Merged,

    /// <summary>Other hits have higher scores, and the result has no more room.</summary>
    [JsonStringEnumMemberName("beyond_limit")]
    BeyondLimit,
}

/// <summary>A hit of one knowledge base, before merging.</summary>
/// <param name="ExternalId">The document's ID in its source.</param>
/// <param name="Title">The document's title.</param>
/// <param name="Text">The passage.</param>
/// <param name="Url">The document's address.</param>
/// <param name="Score">The score on the knowledge base's own scale.</param>
/// <param name="Weighted">What it adds to the merged score: weight × score ÷ best score of the knowledge base.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Rank">Its rank in the result, from 1; null if it is not there.</param>
public sealed record SearchTraceHit(
    string ExternalId,
    string Title,
    string Text,
    string? Url,
    double Score,
    double Weighted,
    SearchHitFate Fate,
    int? Rank);
