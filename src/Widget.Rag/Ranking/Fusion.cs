namespace Widget.Rag.Ranking;

/// <summary>A candidate with both arms' scores, each on its own scale.</summary>
/// <param name="Item">What was found.</param>
/// <param name="Lexical">BM25.</param>
/// <param name="Dense">Inner product of the unit embeddings; null for what has none of this model yet.</param>
public readonly record struct Candidate<T>(T Item, double Lexical, double? Dense);

/// <summary>
/// Joins the lexical and the dense arm by a convex combination of min–max-normalised scores:
/// (1 − w) · (l − min l)/(max l − min l) + w · (d − min d)/(max d − min d)
/// (Bruch, Gai &amp; Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval", TM2C2 there). It keeps the distances
/// between scores, which rank fusion throws away.
/// </summary>
public static class Fusion
{
    /// <param name="candidates">Every candidate with both scores, whichever arm found it.</param>
    /// <param name="denseWeight">The dense arm's share, 0 to 1.</param>
    /// <returns>Best first; equal scores keep their order.</returns>
    public static IReadOnlyList<(T Item, double Score)> Convex<T>(IReadOnlyList<Candidate<T>> candidates, double denseWeight)
    {
        if (candidates.Count == 0) return [];
        var lexical = new Scale(candidates.Select(candidate => candidate.Lexical));
        var dense = new Scale(candidates.Select(candidate => candidate.Dense).OfType<double>());
        return
        [
            .. candidates
                .Select(candidate => (
                    candidate.Item,
                    Score: ((1 - denseWeight) * lexical.Normalize(candidate.Lexical)) + (denseWeight * (candidate.Dense is { } score ? dense.Normalize(score) : 0))))
                .OrderByDescending(candidate => candidate.Score),
        ];
    }

    /// <summary>The dense arm's share by embedding model. Spelling alone deserves less than meaning.</summary>
    public static double DenseWeight(string model) => model == Embeddings.HashedEmbedder.Model ? 0.3 : 0.5;

    private readonly struct Scale
    {
        private readonly double _least;
        private readonly double _range;

        public Scale(IEnumerable<double> values)
        {
            var (least, most) = (double.MaxValue, double.MinValue);
            foreach (var value in values) (least, most) = (Math.Min(least, value), Math.Max(most, value));
            (_least, _range) = (least, most - least);
        }

        public double Normalize(double value) => _range > 0 ? (value - _least) / _range : 0;
    }
}
