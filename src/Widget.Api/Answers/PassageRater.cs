using Widget.Api.Search;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Ranking;
using Widget.Rag.Reading;
using Widget.Rag.Search;
using Widget.Rag.Text;

namespace Widget.Api.Answers;

/// <summary>
/// Estimates how probably each passage answers a question, from the sentence that would be quoted. There are two logistic regressions, one
/// for English and one for other languages, because the local sentence models are English. Both are fitted on the "fit" parts of
/// tests/data/visitors and tests/data/reading, and measured on the "heldout" parts (docs/decisions/0036-three-tiers.md).
/// </summary>
/// <param name="similarity">Compares sentences by meaning; null when the local sentence models are off.</param>
public sealed class PassageRater(SentenceSimilarity? similarity = null)
{
    /// <summary>A passage with at least this probability is stated as the answer.</summary>
    public const double SureProbability = 0.5;

    /// <summary>A passage with at least this probability is suggested.</summary>
    public const double PossibleProbability = 0.1;

    // Further hits rarely answer the question, and comparing their sentences takes time.
    private const int MaxPassages = 3;
    private const int MaxHits = 6;

    /// <summary>Hits that are rated beside the first ones because they have what the question asks for, such as an amount.</summary>
    private const int MaxExpectedPassages = 2;

    // Passages of other knowledge bases may be long. A sentence takes up to four milliseconds the first time.
    private const int MaxSentences = 60;

    /// <summary>The weight of a sentence's share of the question's words in its closeness. Words of the title don't count.</summary>
    private const double WordsWeight = 0.4;

    /// <summary>
    /// A passage is not stated if it has few of the question's words, weighted by how rare they are, and nothing in the quote is close to
    /// one of them: "My bike was stolen" is not answered by what is said about damaged bikes.
    /// </summary>
    private const double MinCoverage = 0.3;

    private const double MinSupport = 0.6;

    /// <summary>Without the sentence models, a passage is suggested if its confidence is at least this.</summary>
    private const double MinConfidence = 0.15;

    /// <param name="question">What was searched for.</param>
    /// <param name="hits">Best first.</param>
    /// <param name="ct">Cancels the rating.</param>
    /// <returns>The passages most likely to answer in the order of the hits, numbered from 1.</returns>
    public async Task<IReadOnlyList<RatedPassage>> RateAsync(string question, IReadOnlyList<Hit> hits, CancellationToken ct)
    {
        var goal = QuoteGoal.Of(question, question);
        var language = LanguageDetector.DetectQuestion(question);
        var spelling = HashedEmbedder.Embed(question);
        var rated = new List<RatedPassage>();
        foreach (var hit in Candidates(hits, goal.Expected, language))
        {
            string[] texts = [.. Sentences.Of(hit.Text).Take(MaxSentences)];
            var heading = Heading(hit);
            var meanings = similarity is null ? null : await similarity.CompareAsync(question, [.. texts.Select(InContext)], ct);
            var titleWords = goal.WordsIn(heading);
            string[] otherWords = [.. goal.Words.Where(word => !titleWords.Contains(word))];
            RatedSentence[] sentences =
            [
                .. texts.Select((text, i) => new RatedSentence(
                    text,
                    (meanings?[i] ?? Cosine(spelling, HashedEmbedder.Embed(text)))
                        + (WordsWeight * Share(goal.WordsIn(text).Count(otherWords.Contains), otherWords.Length)))),
            ];
            var citation = HitCitations.ToCitation(hit, rated.Count);
            var passage = new RatedPassage(citation, Probability: 0, sentences) { IsForeign = IsForeign(hit, language) };
            var probability = meanings is null || texts.Length == 0
                ? ByWords(hit)
                : await ProbabilityAsync(hit, passage, meanings[PassageQuote.Closest(passage, goal)], hit == hits[0]);
            // A passage in another language than the question's is compared by names and numbers, which is never certain.
            if (passage.IsForeign) probability = Math.Min(probability, SureProbability - 0.01);
            rated.Add(passage with { Probability = probability });

            // Most sentences do not repeat what the page is about.
            string InContext(string text) => $"{heading}: {text}";
        }

        return rated;

        Task<double> ProbabilityAsync(Hit hit, RatedPassage passage, double meaning, bool isFirst) => language == "en"
            ? EnglishProbabilityAsync(goal, hit, passage, meaning, isFirst, ct)
            : OtherProbabilityAsync(goal, hit, passage, meaning, isFirst, ct);
    }

    public static AnswerTier TierOf(IReadOnlyList<RatedPassage> passages) =>
        passages.Select(passage => passage.Probability).DefaultIfEmpty(0).Max() switch
        {
            >= SureProbability => AnswerTier.Sure,
            >= PossibleProbability => AnswerTier.Possible,
            _ => AnswerTier.None,
        };

    // The share of the question's words and the similarity of spelling (docs/decisions/0008-when-to-say-no.md).
    private static double ByWords(Hit hit)
    {
        var confidence = Confidence.Of(hit.Signals);
        return confidence < MinConfidence ? Math.Min(confidence, PossibleProbability - 0.01) : confidence;
    }

    private async Task<double> EnglishProbabilityAsync(
        QuoteGoal goal,
        Hit hit,
        RatedPassage passage,
        double meaning,
        bool isFirst,
        CancellationToken ct)
    {
        var withoutSupport = (7.7 * meaning) + (isFirst ? 1.7 : 0) - 6.8;
        const double SupportWeight = 3.7;
        var support = await QuoteSupport.Of(goal, Heading(hit), passage)
            .WeakestAsync(similarity!, isNeeded: withoutSupport + SupportWeight > 0, ct);
        var probability = Logistic(withoutSupport + (SupportWeight * support));
        return hit.Signals.Coverage < MinCoverage && support < MinSupport ? Math.Min(probability, SureProbability - 0.01) : probability;
    }

    private async Task<double> OtherProbabilityAsync(
        QuoteGoal goal,
        Hit hit,
        RatedPassage passage,
        double meaning,
        bool isFirst,
        CancellationToken ct)
    {
        var quote = QuoteSupport.Of(goal, Heading(hit), passage);
        // Forms of words are recognised by their beginnings, which does not work with Arabic articles.
        var words = goal.IsLatin ? quote.Share : hit.Signals.Coverage;
        var withoutSupport = (3.1 * meaning) + (4.6 * words) + (isFirst ? 1.2 : 0) - 6.05;
        var support = await quote.WeakestAsync(similarity!, isNeeded: goal.IsLatin, ct);
        return Logistic(withoutSupport + (1.9 * support));
    }

    // The first hits; in English the first one and those that are closest in meaning, because the others may share words by chance.
    private static IEnumerable<Hit> Candidates(IReadOnlyList<Hit> hits, ExpectedAnswer? expected, string language)
    {
        var considered = hits.Take(MaxHits).ToList();
        var ordered = language == "en"
            ? considered.Take(1).Concat(considered.Skip(1).OrderByDescending(hit => hit.Signals.Meaning ?? 0))
            : considered;
        var chosen = ordered.Take(MaxPassages).ToHashSet();
        chosen.UnionWith(considered.Where(hit => !chosen.Contains(hit) && expected?.IsIn(hit.Text) == true).Take(MaxExpectedPassages));
        return considered.Where(chosen.Contains);
    }

    private static bool IsForeign(Hit hit, string language) =>
        LanguageDetector.Detect($"{hit.Text} {Heading(hit)}") is { } known
        // An undetermined question is not English, but may be in any other language.
        && (language == LanguageDetector.Undetermined ? known == "en" : known != language);

    private static string Heading(Hit hit) => FollowUps.OneLine(
        string.Join(". ", hit.Locator.Headings.Prepend(hit.Title).Distinct(StringComparer.Ordinal)),
        QuoteSupport.MaxHeadingLength);

    private static double Share(int count, int of) => of == 0 ? 0 : count / (double)of;

    private static double Logistic(double z) => 1 / (1 + Math.Exp(-z));

    // Both vectors have unit length.
    private static double Cosine(float[] a, float[] b) => System.Numerics.Tensors.TensorPrimitives.Dot<float>(a, b);
}
