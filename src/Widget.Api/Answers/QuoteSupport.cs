using Widget.Rag.Embeddings.Local;
using Widget.Rag.Text;

namespace Widget.Api.Answers;

/// <summary>How a quote supports the words that say what the question is about.</summary>
/// <param name="Share">The share of the words that the quote, or the headings above it, have in some form.</param>
/// <param name="Weakest">The support of the weakest word that the quote or its headings have; 1 if the question has no such words.</param>
/// <param name="Missing">The words that neither the quote nor its headings have.</param>
/// <param name="QuotedWords">The words of the closest sentence, with which the missing ones are compared.</param>
internal sealed record QuoteSupport(double Share, double Weakest, IReadOnlyList<string> Missing, IReadOnlyList<string> QuotedWords)
{
    public const int MaxHeadingLength = 150;

    /// <summary>
    /// The support of a word that only the headings have, if the question asks for an amount. A page about a product names other amounts,
    /// too: under "Tide Step", custom paint costs 180 euros.
    /// </summary>
    private const double HeadingSupport = 0.4;

    /// <summary>The support of a missing word that is not compared.</summary>
    private const double UnknownSupport = 0.35;

    private const int MinComparedLength = 3;

    /// <summary>A question with more missing words is not compared word by word, because that would take too long.</summary>
    private const int MaxCompared = 8;

    /// <summary>Sentences of other knowledge bases have no maximum length.</summary>
    private const int MaxQuotedWords = 64;

    public static QuoteSupport Of(QuoteGoal goal, string heading, RatedPassage passage)
    {
        var sentence = PassageQuote.ClosestWithContext(passage, goal);
        var quote = goal.Expected is null ? PassageQuote.Of(passage, goal) : sentence;
        string[] asked = [.. goal.Words.Where(word => goal.Expected is null || ExpectedAnswer.To(word) is null)];
        if (asked.Length == 0) asked = [.. goal.Words];
        var (quoted, titled) = (goal.WordsIn(quote), goal.WordsIn(heading));
        string[] missing = [.. asked.Where(word => !quoted.Contains(word) && !titled.Contains(word))];
        var isOnlyTitled = goal.Expected is not null && asked.Any(word => !quoted.Contains(word) && titled.Contains(word));
        return new QuoteSupport(
            asked.Length == 0 ? 0 : 1 - (missing.Length / (double)asked.Length),
            isOnlyTitled ? HeadingSupport : 1,
            missing,
            [
                .. Words.Of(sentence)
                    .Where(word => word.Length >= MinComparedLength && !StopWords.Contains(word))
                    .Distinct(StringComparer.Ordinal)
                    .Take(MaxQuotedWords),
            ]);
    }

    /// <summary>
    /// The support of the weakest word, 0 to 1. A word that the quote lacks has the similarity of the quote's closest word.
    /// </summary>
    /// <param name="similarity">Compares words by meaning.</param>
    /// <param name="isNeeded">Whether missing words are compared. It takes about a millisecond a word the first time.</param>
    /// <param name="ct">Cancels the comparison.</param>
    public async Task<double> WeakestAsync(SentenceSimilarity similarity, bool isNeeded, CancellationToken ct)
    {
        if (Missing.Count == 0) return Weakest;
        if (!isNeeded || Missing.Count > MaxCompared) return Math.Min(Weakest, UnknownSupport);
        var weakest = Weakest;
        foreach (var word in Missing)
        {
            var similarities = await similarity.CompareAsync(word, QuotedWords, ct);
            weakest = Math.Min(weakest, similarities is null ? UnknownSupport : Math.Max(0, similarities.DefaultIfEmpty(0).Max()));
        }

        return weakest;
    }
}
