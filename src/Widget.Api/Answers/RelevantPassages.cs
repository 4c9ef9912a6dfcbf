using Widget.Rag.Search;

namespace Widget.Api.Answers;

/// <summary>
/// Selects the hits that an answer may use. A search fills its list with the next best hits, however weak they are. A passage about
/// something else costs tokens and may mislead a model.
/// </summary>
public static class RelevantPassages
{
    /// <summary>
    /// A hit below this share of the best one's score is left out. The <c>refusal</c> benchmark prints what each share would keep
    /// and drop (docs/decisions/0015-follow-ups-and-citations.md).
    /// </summary>
    public const double MinScoreShare = 0.3;

    /// <summary>Most characters of text in total: about 2,500 tokens in English, which a small model reads with attention.</summary>
    public const int MaxCharacters = 10_000;

    /// <param name="hits">Best first.</param>
    /// <param name="question">
    /// What was asked. A passage that contains what the question asks for, such as an amount of money, is kept even with a low score: a
    /// price list has few words in common with a question about a price.
    /// </param>
    /// <param name="most">Most hits wanted.</param>
    /// <returns>In the same order. The best hit is always included, even when it alone is longer than the limit.</returns>
    public static IReadOnlyList<Hit> Of(IReadOnlyList<Hit> hits, string question, int most)
    {
        var expected = ExpectedAnswer.To(question);
        var relevant = new List<Hit>();
        var characters = 0;
        foreach (var hit in hits.Take(most))
        {
            // Compare with the best hit of the same knowledge base: the bases' weights say nothing about how well a hit fits.
            var best = hits.First(other => other.Origins.Intersect(hit.Origins, StringComparer.Ordinal).Any() || other == hit);
            var isNear = relevant.Count == 0 || hit.Score >= MinScoreShare * best.Score || expected?.IsIn(hit.Text) == true;
            if (!isNear || (relevant.Count > 0 && characters + hit.Text.Length > MaxCharacters)) continue;
            characters += hit.Text.Length;
            relevant.Add(hit);
        }

        return relevant;
    }
}
