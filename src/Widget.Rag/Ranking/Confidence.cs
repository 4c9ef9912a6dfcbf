using Widget.Rag.Embeddings;

namespace Widget.Rag.Ranking;

/// <summary>
/// How likely it is that a passage answers a question: a logistic regression on two signs that miss different things. The words of the
/// question that the passage covers, which knows what is rare in this knowledge base; and the similarity of their embeddings, which
/// forgives spelling. Fitted so that 0.5 is where to say no (docs/decisions/0008-when-to-say-no.md has the error rates).
/// </summary>
public static class Confidence
{
    /// <param name="coverage">What <see cref="Coverage"/> gives.</param>
    /// <param name="similarity">Inner product of the unit embeddings, −1 to 1; null when there is none.</param>
    /// <param name="model">The embedding model; similarities of different models do not compare.</param>
    /// <returns>0 to 1.</returns>
    public static double Of(double coverage, double? similarity, string model) => model == HashedEmbedder.Model && similarity is not null
        ? Logistic((2.5 * coverage) + (25 * similarity.Value) - 5.6)
        : Logistic(8 * (coverage - 0.3)); // a model that has not been fitted has no say yet

    /// <summary>
    /// The share of the question's information that a passage covers, 0 to 1: the sum of inverse document frequencies of the matched
    /// content words over that of all of them. Words that no passage contains count fully, so a question about something
    /// else scores low even when its common words match.
    /// </summary>
    public static double Coverage(IReadOnlyList<QuestionTerm> terms, IReadOnlyCollection<string> matched)
    {
        // A word counts once, as its commonest variant: of the others, made by the stemmers of other languages, the knowledge may know nothing.
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
