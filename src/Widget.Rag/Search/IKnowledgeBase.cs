using Widget.Rag.Own;
using Widget.Rag.Storage;

namespace Widget.Rag.Search;

/// <summary>Something that can be searched.</summary>
public interface IKnowledgeBase
{
    /// <summary>"own", "tavus": names the knowledge base in hits, weights and traces.</summary>
    string Name { get; }

    Task<KnowledgeResult> SearchAsync(KnowledgeQuery query, CancellationToken ct);
}

public sealed record KnowledgeQuery
{
    public required TenantId TenantId { get; init; }

    /// <summary>The question as it was asked.</summary>
    public required string Text { get; init; }

    /// <summary>Most hits wanted, 1 to 100.</summary>
    public int Limit { get; init; } = 8;

    /// <summary>What may be found; everything unless something is named.</summary>
    public KnowledgeFilter Filter { get; init; } = KnowledgeFilter.None;
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
}

/// <summary>A passage that was found.</summary>
public sealed record Hit
{
    public required ChunkId ChunkId { get; init; }

    public required DocumentId DocumentId { get; init; }

    public required string ExternalId { get; init; }

    public required string Title { get; init; }

    public DocumentKind Kind { get; init; }

    public required string Text { get; init; }

    /// <summary>The document's address, without the locator's fragment; null when it has none.</summary>
    public string? Url { get; init; }

    public required Locator Locator { get; init; }

    /// <summary>Higher is better. Within one knowledge base on its own scale; after merging, 0 to 1.</summary>
    public required double Score { get; init; }

    /// <summary>The knowledge bases it was found in.</summary>
    public required IReadOnlyList<string> Origins { get; init; }
}
