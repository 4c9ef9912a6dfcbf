namespace Widget.Rag.Search;

/// <summary>How to search for one tenant.</summary>
public sealed record SearchPlan
{
    public SearchStrategy Strategy { get; init; } = SearchStrategy.Parallel;

    /// <summary>
    /// The knowledge bases in use, by name, with their weight in the merged score. Others are not searched. One that this installation
    /// does not have is skipped, and the trace says so. One with weight 0 is a fallback: it is asked only if none of the others has
    /// answered.
    /// </summary>
    public required IReadOnlyDictionary<string, double> Weights { get; init; }

    /// <summary>Knowledge bases that are deliberately not searched, by name, with the reason for the trace.</summary>
    public IReadOnlyDictionary<string, string> Excluded { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Time limit for a knowledge base that <see cref="Deadlines"/> does not name.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time limits for individual knowledge bases, by name.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Deadlines { get; init; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);

    /// <summary>If a knowledge base's confidence reaches this value, the next one is not asked.</summary>
    public double SufficientConfidence { get; init; } = 0.5;

    /// <summary>
    /// The tenant's settings for individual knowledge bases, such as <see cref="Tavus.TavusKnowledgeBase.ReplicaParameter"/>. They are part
    /// of the query, so that no knowledge base needs to read a tenant's settings.
    /// </summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public TimeSpan DeadlineOf(string knowledgeBase) => Deadlines.TryGetValue(knowledgeBase, out var deadline) ? deadline : Deadline;
}

/// <summary>No knowledge base could be searched.</summary>
/// <param name="trace">What each knowledge base did.</param>
/// <param name="causes">
/// The exceptions of the knowledge bases. A single one becomes the inner exception, several an <see cref="AggregateException"/>.
/// </param>
public sealed class SearchUnavailableException(SearchTrace trace, params IReadOnlyList<Exception> causes)
    : Exception("None of the knowledge bases answered.", Inner(causes))
{
    public SearchTrace Trace { get; } = trace;

    private static Exception? Inner(IReadOnlyList<Exception> causes) => causes switch
    {
        [] => null,
        [var only] => only,
        _ => new AggregateException(causes),
    };
}
