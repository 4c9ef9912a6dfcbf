namespace Widget.Rag.Search;

/// <summary>What became of a hit of one knowledge base.</summary>
public enum HitFate
{
    /// <summary>It is in the result.</summary>
    Kept,

    /// <summary>Another hit has the same passage or contains it, so the two became one.</summary>
    Merged,

    /// <summary>Other hits have higher scores, and the result has no more room.</summary>
    BeyondLimit,
}

/// <summary>A hit of one knowledge base, before merging.</summary>
/// <param name="ExternalId">The document's id in its source.</param>
/// <param name="Title">The document's title.</param>
/// <param name="Text">The passage.</param>
/// <param name="Url">The document's address; null when it has none.</param>
/// <param name="Score">The score on the knowledge base's own scale.</param>
/// <param name="Weighted">The share that it adds to the merged score: weight × score ÷ best score of the knowledge base.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Rank">Its rank in the result, from 1; null if it is not there.</param>
public sealed record TracedHit(
    string ExternalId,
    string Title,
    string Text,
    string? Url,
    double Score,
    double Weighted,
    HitFate Fate,
    int? Rank);

/// <summary>Says what became of each knowledge base's hits.</summary>
internal static class TracedHits
{
    /// <param name="result">The hits of one knowledge base.</param>
    /// <param name="share">The weight of the knowledge base, divided by the sum of all weights.</param>
    /// <param name="merged">All hits after merging.</param>
    /// <param name="kept">The hits of the result, best first.</param>
    public static IReadOnlyList<TracedHit> Of(
        WeightedResult result,
        double share,
        IReadOnlyList<Hit> merged,
        IReadOnlyList<Hit> kept)
    {
        var scores = Merging.Normalise([.. result.Hits.Select(hit => hit.Score)]);
        return [.. result.Hits.Select((hit, i) => Trace(hit, share * scores[i]))];

        TracedHit Trace(Hit hit, double weighted)
        {
            var rank = Position(kept, hit);
            var fate = rank is not null ? HitFate.Kept : Position(merged, hit) is null ? HitFate.Merged : HitFate.BeyondLimit;
            return new TracedHit(hit.ExternalId, hit.Title, hit.Text, hit.Url, hit.Score, weighted, fate, rank);
        }
    }

    private static int? Position(IReadOnlyList<Hit> hits, Hit hit)
    {
        for (var i = 0; i < hits.Count; i++)
            if (hits[i].ExternalId == hit.ExternalId && hits[i].Text == hit.Text) return i + 1;
        return null;
    }
}
