using Widget.Rag.Embeddings;

namespace Widget.Rag.Ranking;

/// <summary>A candidate with the scores of all arms, each on its own scale.</summary>
/// <param name="Item">The candidate.</param>
/// <param name="Lexical">BM25 score.</param>
/// <param name="Dense">Inner product of the unit embeddings; null when the candidate has no vector of this model yet.</param>
public readonly record struct Candidate<T>(T Item, double Lexical, double? Dense)
{
    /// <summary>Similarity of meaning; null when the candidate has no vector of the local sentence models yet.</summary>
    public double? Semantic { get; init; }
}

/// <summary>Weights of the arms in the fused score.</summary>
/// <param name="Dense">Share of the dense arm beside the lexical one, 0 to 1.</param>
/// <param name="Semantic">Share of the semantic arm beside these two together, 0 to 1.</param>
public readonly record struct ArmWeights(double Dense, double Semantic);

/// <summary>
/// Fuses the arms by a convex combination of min–max-normalised scores: (1 − w) · (l − min l)/(max l − min l) + w · (d
/// − min d)/(max d − min d) (Bruch, Gai &amp; Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval", TM2C2). Unlike rank
/// fusion, it keeps the distances between scores.
/// </summary>
public static class Fusion
{
    /// <param name="candidates">All candidates of all arms, with all scores.</param>
    /// <param name="weights">The weights of the arms.</param>
    /// <returns>Best first; equal scores keep their order.</returns>
    public static IReadOnlyList<(T Item, double Score)> Convex<T>(IReadOnlyList<Candidate<T>> candidates, ArmWeights weights)
    {
        if (candidates.Count == 0) return [];
        var lexical = new Scale(candidates.Select(candidate => candidate.Lexical));
        var dense = new Scale(candidates.Select(candidate => candidate.Dense).OfType<double>());
        var semantic = new Scale(candidates.Select(candidate => candidate.Semantic).OfType<double>());
        return [.. candidates.Select(candidate => (candidate.Item, Score(candidate))).OrderByDescending(candidate => candidate.Item2)];

        double Score(Candidate<T> candidate)
        {
            var bySpelling = ((1 - weights.Dense) * lexical.Normalize(candidate.Lexical))
                + (weights.Dense * (candidate.Dense is { } similarity ? dense.Normalize(similarity) : 0));
            // A new passage whose meaning is not known yet is ranked by the other arms alone.
            return candidate.Semantic is { } meaning
                ? ((1 - weights.Semantic) * bySpelling) + (weights.Semantic * semantic.Normalize(meaning))
                : bySpelling;
        }
    }

    /// <summary>The weights for an embedding model and a question.</summary>
    /// <param name="model">The model of the dense arm. Embeddings of spelling get less weight than embeddings of meaning.</param>
    /// <param name="language">The question's language, ISO 639-1; null when it is unknown.</param>
    /// <param name="sharedWords">
    /// How much of the question's words the best passage has, 0 to 1. The fewer, the less the lexical arm knows, and the more the meaning
    /// counts.
    /// </param>
    public static ArmWeights Weights(string model, string? language, double sharedWords) => model == HashedEmbedder.Model
        ? new ArmWeights(0.3, SemanticWeight(language, sharedWords))
        // The tenant's own model already compares meaning.
        : new ArmWeights(0.5, 0);

    // The local sentence models are English. They know a little of the languages with the same letters, and nothing of others.
    private static double SemanticWeight(string? language, double sharedWords) => language switch
    {
        "en" => double.Lerp(0.85, 0.5, Math.Clamp((sharedWords - 0.25) / 0.45, 0, 1)),
        "ar" or "el" or "he" or "hi" or "ja" or "ko" or "ru" or "th" or "zh" => 0,
        _ => 0.3,
    };

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
