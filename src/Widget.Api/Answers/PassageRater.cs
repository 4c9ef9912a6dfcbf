using Widget.Api.Search;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Ranking;
using Widget.Rag.Reading;
using Widget.Rag.Search;
using Widget.Rag.Text;

namespace Widget.Api.Answers;

/// <summary>
/// Estimates how probably each passage answers a question. There are two logistic regressions, one for English and one for other languages,
/// because the local sentence models are English. They use the passage's signals, its closest sentence and whether it is the first hit.
/// Both are fitted on tests/data/visitors/fit and measured on tests/data/visitors/heldout (docs/decisions/0036-three-tiers.md).
/// </summary>
/// <param name="similarity">Compares sentences by meaning; null when the local sentence models are off.</param>
public sealed class PassageRater(SentenceSimilarity? similarity = null)
{
    /// <summary>A passage with at least this probability is stated as the answer.</summary>
    public const double SureProbability = 0.5;

    /// <summary>A passage with at least this probability is suggested.</summary>
    public const double PossibleProbability = 0.15;

    // Later hits rarely answer the question, and comparing their sentences takes time.
    private const int MaxPassages = 3;

    // Passages of other knowledge bases may be long. A sentence takes up to four milliseconds the first time.
    private const int MaxSentences = 60;

    /// <param name="question">What was searched for.</param>
    /// <param name="hits">Best first.</param>
    /// <param name="ct">Cancels the rating.</param>
    /// <returns>The first passages in the order of the hits, numbered from 1.</returns>
    public async Task<IReadOnlyList<RatedPassage>> RateAsync(string question, IReadOnlyList<Hit> hits, CancellationToken ct)
    {
        var spelling = HashedEmbedder.Embed(question);
        var isEnglish = LanguageDetector.DetectQuestion(question) == "en";
        var rated = new List<RatedPassage>();
        foreach (var hit in hits.Take(MaxPassages))
        {
            string[] texts = [.. Sentences.Of(hit.Text).Take(MaxSentences)];
            var meanings = similarity is null ? null : await similarity.CompareAsync(question, texts, ct);
            RatedSentence[] sentences =
            [
                .. texts.Select((text, i) => new RatedSentence(text, Similarity(spelling, HashedEmbedder.Embed(text)), meanings?[i])),
            ];
            var closeness = sentences.Select(sentence => sentence.Closeness).DefaultIfEmpty(0).Max();
            var probability = meanings is null
                ? Confidence.Of(hit.Signals)
                : Probability(hit.Signals, closeness, isFirst: rated.Count == 0, isEnglish);
            rated.Add(new RatedPassage(HitCitations.ToCitation(hit, rated.Count), probability, sentences));
        }

        return rated;
    }

    public static AnswerTier TierOf(IReadOnlyList<RatedPassage> passages) =>
        passages.Select(passage => passage.Probability).DefaultIfEmpty(0).Max() switch
        {
            >= SureProbability => AnswerTier.Sure,
            >= PossibleProbability => AnswerTier.Possible,
            _ => AnswerTier.None,
        };

    private static double Probability(RelevanceSignals signals, double closeness, bool isFirst, bool isEnglish) =>
        isEnglish && signals.Meaning is { } meaning
            ? Logistic((7.0 * meaning) + (2.4 * closeness) + (isFirst ? 1.5 : 0) - 6.4)
            : Logistic((3.6 * signals.Coverage) + (3.5 * closeness) + (isFirst ? 0.8 : 0) - 5.3);

    private static double Logistic(double z) => 1 / (1 + Math.Exp(-z));

    // The cosine, because both vectors have unit length.
    private static double Similarity(float[] a, float[] b) => System.Numerics.Tensors.TensorPrimitives.Dot<float>(a, b);
}
