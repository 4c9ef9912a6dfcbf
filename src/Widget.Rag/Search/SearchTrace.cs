namespace Widget.Rag.Search;

/// <summary>How hits of two knowledge bases come together.</summary>
public enum SearchStrategy
{
    /// <summary>All at once; whoever is late or fails is left out.</summary>
    Parallel,

    /// <summary>The one that suits the question; another when that fails or finds nothing good.</summary>
    Smart,

    /// <summary>Tavus first, our own when that is not enough.</summary>
    Fallback,
}

/// <summary>What one knowledge base did.</summary>
public enum SearchOutcome
{
    Answered,
    TimedOut,
    Failed,

    /// <summary>It was not asked, or asked in passing without waiting for it.</summary>
    Skipped,
}

/// <param name="KnowledgeBase">Whose step it is.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Hits">How many hits it brought.</param>
/// <param name="Confidence">How sure it was, 0 to 1.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Reason">Why it was asked, skipped or passed over.</param>
public sealed record SearchStep(string KnowledgeBase, SearchOutcome Outcome, int Hits, double Confidence, double Milliseconds, string? Reason)
{
    /// <summary>Whether the same search may go otherwise in a moment: it was left out because it had failed.</summary>
    public bool MayChange { get; init; }

    /// <summary>Which of several ways to its knowledge was taken; null where there is but one.</summary>
    public string? Via { get; init; }
}

/// <summary>How a search came to its hits: who was asked and why, how long each took, what was dropped.</summary>
public sealed record SearchTrace
{
    public required SearchStrategy Strategy { get; init; }

    /// <summary>What the smart strategy made of the question; null for the others.</summary>
    public string? Route { get; init; }

    public required IReadOnlyList<SearchStep> Steps { get; init; }

    /// <summary>Hits that did not make it, by reason.</summary>
    public required DroppedHits Dropped { get; init; }

    /// <summary>Hits that were the same passage as another or a part of it.</summary>
    public int DuplicatesDropped => Dropped.Duplicates + Dropped.Contained;

    /// <summary>Whether our own knowledge base was asked and did not answer, so that results may be missing.</summary>
    public bool LacksOwn => Steps.Any(step =>
        step.KnowledgeBase == KnowledgeBases.Own && step.Outcome is (SearchOutcome.TimedOut or SearchOutcome.Failed));

    /// <summary>What the reranker did; null when there is none.</summary>
    public SearchStep? Reranking { get; init; }

    /// <summary>Whether the hits are those of the same search shortly before; the steps are that search's, too.</summary>
    public bool Cached { get; init; }

    public required double Milliseconds { get; init; }
}

/// <param name="Hits">Best first.</param>
/// <param name="Confidence">The highest of the knowledge bases that answered.</param>
/// <param name="Trace">How it came about.</param>
public sealed record SearchResult(IReadOnlyList<Hit> Hits, double Confidence, SearchTrace Trace);
