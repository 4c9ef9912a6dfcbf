namespace Widget.Rag.Ranking;

/// <summary>A candidate with the scores of both arms, each on its own scale.</summary>
/// <param name="Item">The candidate.</param>
/// <param name="Lexical">BM25 score.</param>
/// <param name="Dense">Inner product of the unit embeddings; null when the candidate has no vector of this model yet.</param>
public readonly record struct Candidate<T>(T Item, double Lexical, double? Dense);

/// <summary>
/// Fuses the lexical and the dense arm by a convex combination of min–max-normalised scores: (1 − w) · (l − min l)/(max l − min l) + w · (d
/// − min d)/(max d − min d) (Bruch, Gai &amp; Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval", TM2C2). Unlike rank
/// fusion, it keeps the distances between scores.
/// </summary>
public static class Fusion
{
    /// <param name="candidates">All candidates of both arms, with both scores.</param>
    /// <param name="denseWeight">Weight of the dense arm, 0 to 1.</param>
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
                    Score: ((1 - denseWeight) * lexical.Normalize(candidate.Lexical))
                        + (denseWeight * (candidate.Dense is { } score ? dense.Normalize(score) : 0))))
                .OrderByDescending(candidate => candidate.Score),
        ];
    }

    /// <summary>
    /// Weight of the dense arm for an embedding model. Embeddings of spelling get less weight than embeddings of meaning.
    /// </summary>
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
