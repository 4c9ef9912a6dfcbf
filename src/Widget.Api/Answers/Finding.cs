using Widget.Rag.Search;

namespace Widget.Api.Answers;

/// <summary>What a search found for an answer.</summary>
/// <param name="Searched">What was searched for.</param>
/// <param name="Result">What the search found, best first.</param>
/// <param name="Relevant">The hits with scores close enough to the best one. The answer uses them.</param>
/// <param name="IsEnough">Whether the hits probably contain the answer, so that one is given.</param>
public sealed record Finding(SearchedQuestion Searched, SearchResult Result, IReadOnlyList<Hit> Relevant, bool IsEnough)
{
    /// <summary>The relevant hits, numbered as they are cited.</summary>
    public IReadOnlyList<ScoredPassage> Passages => [.. Relevant.Select(Score)];

    private ScoredPassage Score(Hit hit, int index) =>
        new(Search.Passages.ToCitation(hit, index), hit.Score / Math.Max(Relevant[0].Score, double.Epsilon));
}
