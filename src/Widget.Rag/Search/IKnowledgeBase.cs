using Widget.Platform.Tenancy;

namespace Widget.Rag.Search;

/// <summary>A knowledge base that can be searched.</summary>
public interface IKnowledgeBase
{
    /// <summary>
    /// Name in hits, weights and traces: "own" or "tavus". Several knowledge bases with one name are variants of the same knowledge; the
    /// first that can answer a query is asked.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// Whether a remote service answers. After a failure, a remote knowledge base is paused for a while (<see cref="CircuitBreakers"/>).
    /// The own one is never paused, because nothing can replace its database.
    /// </summary>
    bool IsRemote => false;

    /// <summary>Whether this knowledge base can answer the query, for example whether it supports its filter.</summary>
    Answerability CanAnswer(KnowledgeQuery query) => Answerability.Yes;

    /// <exception cref="KnowledgeBaseException">The knowledge base could not answer, for a known reason.</exception>
    Task<KnowledgeResult> SearchAsync(KnowledgeQuery query, CancellationToken ct);
}

/// <summary>Whether a knowledge base can answer a query.</summary>
/// <param name="WhyNot">Why it cannot, in plain words; null when it can.</param>
public readonly record struct Answerability(string? WhyNot)
{
    public static Answerability Yes => default;

    public bool IsYes => WhyNot is null;

    public static Answerability No(string reason) => new(reason);
}

/// <summary>A search of the knowledge of one tenant.</summary>
public sealed record KnowledgeQuery
{
    public required TenantId TenantId { get; init; }

    /// <summary>The question as asked.</summary>
    public required string Text { get; init; }

    /// <summary>Maximum number of hits, 1 to 100.</summary>
    public int Limit { get; init; } = 8;

    /// <summary>Number of extra hits to replace those that merging drops. They do not count for the confidence.</summary>
    public int Spare { get; init; }

    /// <summary>Restricts the documents; empty for all documents.</summary>
    public KnowledgeFilter Filter { get; init; } = KnowledgeFilter.None;

    /// <summary>The tenant's settings for individual knowledge bases (<see cref="SearchPlan.Parameters"/>).</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>Restricts the documents. An empty list admits all documents; otherwise one of its values must match.</summary>
public sealed record KnowledgeFilter
{
    public static KnowledgeFilter None { get; } = new();

    public IReadOnlyList<SourceId> Sources { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<DocumentKind> Kinds { get; init; } = [];

    /// <summary>ISO 639-1.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    public bool IsEmpty => Sources.Count == 0 && Tags.Count == 0 && Kinds.Count == 0 && Languages.Count == 0;
}

/// <summary>The result of searching one knowledge base.</summary>
/// <param name="Hits">Best first.</param>
/// <param name="Confidence">
/// Probability that the hits answer the question, 0 to 1. Unlike scores, it can be compared between questions and knowledge bases.
/// </param>
public sealed record KnowledgeResult(IReadOnlyList<Hit> Hits, double Confidence)
{
    public static KnowledgeResult Nothing { get; } = new([], 0);

    /// <summary>What limited the search, for the trace; null for a complete search.</summary>
    public string? Shortcoming { get; init; }

    /// <summary>
    /// Why it was not asked, for the trace; null when it was. Like <see cref="IKnowledgeBase.CanAnswer"/>, but known only during the
    /// search.
    /// </summary>
    public string? Skipped { get; init; }

    /// <summary>The exception that limited the search; null if it is unknown.</summary>
    public Exception? Degradation { get; init; }

    /// <summary>Which variant of the knowledge base answered, for the trace; null when there is only one.</summary>
    public string? Via { get; init; }

    /// <summary>The question with its misspelt words corrected; null when none was.</summary>
    public string? Corrected { get; init; }
}

/// <summary>Signals of how well a passage fits a question. Unlike scores, they can be compared between questions.</summary>
/// <param name="Coverage">Share of the question's information that the passage's words cover, 0 to 1.</param>
/// <param name="Spelling">Similarity of spelling, −1 to 1; null when it was not compared.</param>
/// <param name="Meaning">Similarity of meaning, −1 to 1; null when it was not compared.</param>
public readonly record struct RelevanceSignals(double Coverage, double? Spelling, double? Meaning);

/// <summary>A passage found by a search.</summary>
public sealed record Hit
{
    /// <summary>Null for a passage of a remote knowledge base.</summary>
    public ChunkId? ChunkId { get; init; }

    /// <summary>Null for a document of a remote knowledge base.</summary>
    public DocumentId? DocumentId { get; init; }

    /// <summary>
    /// Identifies the document in all its versions, each of which has its own <see cref="DocumentId"/>. Null for a document of a remote
    /// knowledge base.
    /// </summary>
    public Guid? DocumentIdentity { get; init; }

    /// <summary>The document's id in its source.</summary>
    public required string ExternalId { get; init; }

    /// <summary>The passage's id in a remote knowledge base; null for own passages.</summary>
    public string? ForeignId { get; init; }

    /// <summary>The title, with invisible characters removed.</summary>
    public required string Title { get; init => field = VisibleText.Line(value); }

    public DocumentKind Kind { get; init; }

    public required string Text { get; init; }

    /// <summary>The document's address without the locator's fragment; null when it has none.</summary>
    public string? Url { get; init; }

    public required Locator Locator { get; init; }

    /// <summary>Higher is better. Each knowledge base has its own scale; after merging, 0 to 1.</summary>
    public required double Score { get; init; }

    /// <summary>How well the passage fits the question.</summary>
    public RelevanceSignals Signals { get; init; }

    /// <summary>The knowledge bases that found the passage.</summary>
    public required IReadOnlyList<string> Origins { get; init; }

    /// <summary>Identifies the passage in all searches.</summary>
    public string Id => ChunkId?.ToString() ?? $"{ExternalId}/{ForeignId}";

    /// <summary>Whether two passages come from the same document. Documents of different knowledge bases are compared by address.</summary>
    public bool IsOfSameDocument(Hit other) => DocumentId is { } ours && other.DocumentId is { } theirs
        ? ours == theirs
        : (DocumentId is null && other.DocumentId is null && ExternalId == other.ExternalId)
            || (Url is not null && string.Equals(Url, other.Url, StringComparison.OrdinalIgnoreCase));
}
