namespace Widget.Rag.Search;

/// <summary>
/// Prevents one long page from taking all top places. The first five hits contain at most two passages of a document, as long as other
/// documents have a relevant passage (a score of at least a third of the best). Passages held back follow after the fifth place. Scores
/// therefore fall from place to place, except where those passages begin. No hit is lost, and the first passages of the documents keep
/// their relative order.
/// </summary>
public static class Diversity
{
    public const int Places = 5;
    public const int MaxFromOneDocument = 2;
    public const double Relevant = 1.0 / 3;

    /// <param name="hits">Best first.</param>
    public static IReadOnlyList<Hit> Spread(IReadOnlyList<Hit> hits)
    {
        if (hits.Count <= MaxFromOneDocument) return hits;
        var least = Relevant * hits[0].Score;
        var first = new List<Hit>(Places);
        var held = new List<Hit>();
        var next = 0;
        for (; next < hits.Count && first.Count < Places; next++)
        {
            var hit = hits[next];
            if (hit.Score < least && held.Count > 0) break; // from here on only the irrelevant could take the places of those held back
            if (first.Count(other => other.IsOfSameDocument(hit)) < MaxFromOneDocument) first.Add(hit);
            else held.Add(hit);
        }

        return [.. first, .. held.Concat(hits.Skip(next)).OrderByDescending(hit => hit.Score)];
    }
}
