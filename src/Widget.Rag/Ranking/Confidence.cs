using Widget.Rag.Search;

namespace Widget.Rag.Ranking;

/// <summary>
/// Probability that a passage answers a question: a logistic regression on two signals. Coverage is the share of the question's words that
/// the passage contains, weighted by how rare they are in this knowledge base. Spelling is the similarity of spelling between question and
/// passage, which tolerates misspellings. If spelling was not compared, coverage alone decides. The weights are fitted so that 0.5 is the
/// threshold for an answer (docs/decisions/0008-when-to-say-no.md lists the error rates).
/// </summary>
public static class Confidence
{
    /// <returns>0 to 1.</returns>
    public static double Of(RelevanceSignals signals) => signals switch
    {
        { Spelling: { } spelling } => Logistic((2.5 * signals.Coverage) + (25 * spelling) - 5.6),
        _ => Logistic(8 * (signals.Coverage - 0.3)),
    };

    /// <summary>
    /// The share of the question's information that a passage covers, 0 to 1: the sum of inverse document frequencies of the matched
    /// content words, divided by that of all content words. Words that no passage contains count fully, so a question about something else
    /// scores low even if its common words match.
    /// </summary>
    public static double Coverage(IReadOnlyList<QuestionTerm> terms, IReadOnlyCollection<string> matched)
    {
        // A word counts once, as its most common variant. The other variants come from stemmers of other languages and may not occur in the
        // knowledge.
        var words = terms.GroupBy(term => term.Place)
            .Select(variants => (
                Idf: variants.Min(term => term.Idf),
                IsStop: variants.Any(term => term.IsStop),
                IsMatched: variants.Any(term => matched.Contains(term.Lexeme))))
            .ToList();
        if (words.Exists(word => !word.IsStop)) words.RemoveAll(word => word.IsStop);
        var all = words.Sum(word => word.Idf);
        return all > 0 ? words.Where(word => word.IsMatched).Sum(word => word.Idf) / all : 0;
    }

    private static double Logistic(double z) => 1 / (1 + Math.Exp(-z));
}
