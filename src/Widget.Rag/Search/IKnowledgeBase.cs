using Widget.Platform.Tenancy;

namespace Widget.Rag.Search;

/// <summary>Something that can be searched.</summary>
public interface IKnowledgeBase
{
    /// <summary>
    /// "own", "tavus": names the knowledge base in hits, weights and traces. Of several by one name, which are ways to the same knowledge,
    /// the first that does not refuse a query takes it.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// Whether somebody else's server answers. After a failure such a knowledge base is left alone for a while
    /// (<see cref="CircuitBreakers"/>); our own has nobody who could stand in for its database.
    /// </summary>
    bool IsRemote => false;

    /// <summary>Why it cannot take this query, in words; null when it can.</summary>
    string? Refuse(KnowledgeQuery query) => null;

    /// <exception cref="KnowledgeBaseException">It could not answer, for a reason it knows.</exception>
    Task<KnowledgeResult> SearchAsync(KnowledgeQuery query, CancellationToken ct);
}

public sealed record KnowledgeQuery
{
    public required TenantId TenantId { get; init; }

    /// <summary>The question as it was asked.</summary>
    public required string Text { get; init; }

    /// <summary>Most hits wanted, 1 to 100.</summary>
    public int Limit { get; init; } = 8;

    /// <summary>Hits wanted beyond the limit, to stand in for those that merging drops. They have no say in the confidence.</summary>
    public int Spare { get; init; }

    /// <summary>What may be found; everything unless something is named.</summary>
    public KnowledgeFilter Filter { get; init; } = KnowledgeFilter.None;

    /// <summary>What single knowledge bases need to know of the tenant, by names of their own (<see cref="SearchPlan.Parameters"/>).</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>What may be found. An empty list lets everything pass; of several values one has to fit.</summary>
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

/// <param name="Hits">Best first.</param>
/// <param name="Confidence">
/// How likely it is that the hits answer the question, 0 to 1, comparable between questions and knowledge bases, which
/// scores are not.
/// </param>
public sealed record KnowledgeResult(IReadOnlyList<Hit> Hits, double Confidence)
{
    public static KnowledgeResult Nothing { get; } = new([], 0);

    /// <summary>What it had to do without, for the trace; null when nothing.</summary>
    public string? Shortcoming { get; init; }

    /// <summary>Why it could not be asked, for the trace; null when it was. Like <see cref="IKnowledgeBase.Refuse"/>, but found out on the way.</summary>
    public string? Skipped { get; init; }

    /// <summary>The exception that limited the search; null if it is unknown.</summary>
    public Exception? Degradation { get; init; }

    /// <summary>Which of several ways to its knowledge it took, for the trace; null where there is but one.</summary>
    public string? Via { get; init; }
}

/// <summary>A passage that was found.</summary>
public sealed record Hit
{
    /// <summary>Null when the passage is none of ours.</summary>
    public ChunkId? ChunkId { get; init; }

    /// <summary>Null when the document is none of ours.</summary>
    public DocumentId? DocumentId { get; init; }

    /// <summary>The document's id where it came from.</summary>
    public required string ExternalId { get; init; }

    /// <summary>The passage's id in a knowledge base that is not ours; null in ours.</summary>
    public string? ForeignId { get; init; }

    /// <summary>As it can be shown, also that of a document which was stored otherwise.</summary>
    public required string Title { get; init => field = VisibleText.Line(value); }

    public DocumentKind Kind { get; init; }

    public required string Text { get; init; }

    /// <summary>The document's address, without the locator's fragment; null when it has none.</summary>
    public string? Url { get; init; }

    public required Locator Locator { get; init; }

    /// <summary>Higher is better. Within one knowledge base on its own scale; after merging, 0 to 1.</summary>
    public required double Score { get; init; }

    /// <summary>The knowledge bases it was found in.</summary>
    public required IReadOnlyList<string> Origins { get; init; }

    /// <summary>Names the passage in every search that finds it.</summary>
    public string Id => ChunkId?.ToString() ?? $"{ExternalId}/{ForeignId}";

    /// <summary>Whether two passages come from one document; documents of different knowledge bases are known by their address.</summary>
    public bool IsOfSameDocument(Hit other) => DocumentId is { } ours && other.DocumentId is { } theirs
        ? ours == theirs
        : (DocumentId is null && other.DocumentId is null && ExternalId == other.ExternalId)
            || (Url is not null && string.Equals(Url, other.Url, StringComparison.OrdinalIgnoreCase));
}
