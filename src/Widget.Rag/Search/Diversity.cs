namespace Widget.Rag.Search;

/// <summary>
/// Prevents one long page from taking all top places. The first five hits contain at most two passages of a document, as long as other
/// documents have a relevant passage (a score of at least a third of the best). Held-back passages follow the top hits, so the
/// score can rise once at that point. No hit is lost, and the first passages of the documents keep their relative order.
/// </summary>
public static class Diversity
{
    public const int TopHits = 5;
    public const int MaxFromOneDocument = 2;
    public const double MinRelevance = 1.0 / 3;

    /// <summary>Limits the passages of one document among the first hits.</summary>
    /// <param name="hits">Best first.</param>
    public static IReadOnlyList<Hit> Spread(IReadOnlyList<Hit> hits)
    {
        if (hits.Count <= MaxFromOneDocument) return hits;
        var minScore = MinRelevance * hits[0].Score;
        var top = new List<Hit>(TopHits);
        var heldBack = new List<Hit>();
        var next = 0;
        for (; next < hits.Count && top.Count < TopHits; next++)
        {
            var hit = hits[next];
            // From here on, only irrelevant hits could replace those held back.
            if (hit.Score < minScore && heldBack.Count > 0) break;
            if (top.Count(other => other.IsOfSameDocument(hit)) < MaxFromOneDocument) top.Add(hit);
            else heldBack.Add(hit);
        }

        return [.. top, .. heldBack.Concat(hits.Skip(next)).OrderByDescending(hit => hit.Score)];
    }
}
