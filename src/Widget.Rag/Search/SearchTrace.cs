namespace Widget.Rag.Search;

/// <summary>How the hits of several knowledge bases are combined.</summary>
public enum SearchStrategy
{
    /// <summary>Asks all at once. Those that are late or fail are left out.</summary>
    Parallel,

    /// <summary>Asks the one that suits the question, and another if it fails or finds nothing good.</summary>
    Smart,

    /// <summary>Asks Tavus first, and the own knowledge base if that is not enough.</summary>
    Fallback,
}

/// <summary>How a step of a search ended.</summary>
public enum SearchOutcome
{
    Answered,
    TimedOut,
    Failed,

    /// <summary>It was not asked, or it was asked without waiting for its answer.</summary>
    Skipped,
}

/// <summary>A step of a search: what one knowledge base, or the reranker, did.</summary>
/// <param name="KnowledgeBase">The knowledge base, or the reranker.</param>
/// <param name="Outcome">How the step ended.</param>
/// <param name="Hits">Number of hits.</param>
/// <param name="Confidence">Its confidence, 0 to 1.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Reason">Why it was asked or skipped, or why it failed; null for no special reason.</param>
public sealed record SearchStep(
    string KnowledgeBase,
    SearchOutcome Outcome,
    int Hits,
    double Confidence,
    double Milliseconds,
    string? Reason)
{
    /// <summary>Whether the reason is temporary, so that the same search may soon have another result and must not be cached.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>Which variant of the knowledge base answered; null when there is only one.</summary>
    public string? Via { get; init; }

    /// <summary>The share of its scores in the merged ones, 0 to 1; null when it did not answer.</summary>
    public double? Weight { get; init; }

    /// <summary>Its hits and what became of them, best first.</summary>
    public IReadOnlyList<TracedHit> Found { get; init; } = [];
}

/// <summary>How a search found its hits: which knowledge bases were asked and why, how long each took, what was dropped.</summary>
public sealed record SearchTrace
{
    public required SearchStrategy Strategy { get; init; }

    /// <summary>How the smart strategy classified the question; null for other strategies.</summary>
    public string? Route { get; init; }

    public required IReadOnlyList<SearchStep> Steps { get; init; }

    /// <summary>Number of dropped hits, by reason.</summary>
    public required DroppedHits Dropped { get; init; }

    /// <summary>Number of hits that repeated another passage or a part of one.</summary>
    public int DuplicatesDropped => Dropped.Duplicates + Dropped.Contained;

    /// <summary>Whether the own knowledge base was asked and did not answer, so that hits may be missing.</summary>
    public bool LacksOwn => Steps.Any(step =>
        step.KnowledgeBase == KnowledgeBases.Own && step.Outcome is (SearchOutcome.TimedOut or SearchOutcome.Failed));

    /// <summary>What the reranker did; null without a reranker.</summary>
    public SearchStep? Reranking { get; init; }

    /// <summary>Whether the hits come from the cache. The steps are then those of the original search.</summary>
    public bool Cached { get; init; }

    public required double Milliseconds { get; init; }
}

/// <summary>The result of a search.</summary>
/// <param name="Hits">Best first.</param>
/// <param name="Confidence">The highest confidence of the knowledge bases that answered.</param>
/// <param name="Trace">How the hits were found.</param>
public sealed record SearchResult(IReadOnlyList<Hit> Hits, double Confidence, SearchTrace Trace)
{
    /// <summary>The question with its misspelt words as the knowledge spells them; null when none was corrected.</summary>
    public string? Corrected { get; init; }
}
