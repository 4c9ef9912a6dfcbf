namespace Widget.Rag.Search;

/// <summary>
/// Keeps one long page from filling the places that are read. The first five hits hold at most two passages of a document, as long as
/// other documents have something relevant: a score of at least a third of the best. What is held back for that follows after the
/// fifth place. So scores fall from place to place except there, where those held back begin again; nothing is lost and
/// the first passage of each document keeps its rank among the others' first.
/// </summary>
public static class Diversity
{
    public const int Places = 5;
    public const int MostOfOneDocument = 2;
    public const double Relevant = 1.0 / 3;

    /// <param name="hits">Best first.</param>
    public static IReadOnlyList<Hit> Spread(IReadOnlyList<Hit> hits)
    {
        if (hits.Count <= MostOfOneDocument) return hits;
        var least = Relevant * hits[0].Score;
        var first = new List<Hit>(Places);
        var held = new List<Hit>();
        var next = 0;
        for (; next < hits.Count && first.Count < Places; next++)
        {
            var hit = hits[next];
            if (hit.Score < least && held.Count > 0) break; // from here on only the irrelevant could take the places of those held back
            if (first.Count(other => other.IsOfSameDocument(hit)) < MostOfOneDocument) first.Add(hit);
            else held.Add(hit);
        }

        return [.. first, .. held.Concat(hits.Skip(next)).OrderByDescending(hit => hit.Score)];
    }
}
