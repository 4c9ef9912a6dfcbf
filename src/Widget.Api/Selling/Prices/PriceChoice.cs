using Widget.Api.Answers;
using Widget.Rag.Text;

namespace Widget.Api.Selling.Prices;

/// <summary>Chooses the prices that a question asks for.</summary>
internal static class PriceChoice
{
    /// <summary>Most prices that are shown at once.</summary>
    public const int MaxPrices = 6;

    private const double NameWeight = 2;
    private const double DescriptionWeight = 1;

    /// <summary>A price with less than this share of the best one's score is left out.</summary>
    private const double MinScoreShare = 0.5;

    /// <summary>
    /// Returns the prices that the question names, best first; all of them, in their order, if it names none. A price's score is the sum
    /// over the question's words: 2 · ln(1 + n/f) for a word in its name or tags, 1 · ln(1 + n/f) for a word in its description,
    /// conditions or unit. n is the number of prices, f the number of prices with the word there. A word that all of several prices have
    /// counts 0. Prices that match only by description count only if no name or tag matches.
    /// </summary>
    /// <param name="prices">The prices, in their order.</param>
    /// <param name="query">The question; null for all prices.</param>
    /// <param name="language">The visitor's language, such as <c>de</c>; null if unknown.</param>
    public static IReadOnlyList<PriceRow> Of(IReadOnlyList<PriceRow> prices, string? query, string? language)
    {
        prices = InLanguage(prices, language);
        if (string.IsNullOrWhiteSpace(query)) return [.. prices.Take(MaxPrices)];
        var words = FollowUps.ContentWords(query).Distinct(StringComparer.Ordinal).ToList();
        var named = Rank(prices, words, price => [price.Name, .. price.Tags], NameWeight);
        var described = Rank(prices, words, price => [price.Description, price.Conditions ?? "", price.Per ?? ""], DescriptionWeight);
        // A description has many words, so it only orders prices that the question names, or decides when it names none.
        var scores = named.Any(score => score > 0)
            ? [.. named.Zip(described, (name, description) => name > 0 ? name + description : 0)]
            : described;
        var best = scores.DefaultIfEmpty(0).Max();
        return best <= 0
            ? [.. prices.Take(MaxPrices)]
            :
            [
                .. prices.Zip(scores)
                    .Where(entry => entry.Second >= MinScoreShare * best)
                    .OrderByDescending(entry => entry.Second)
                    .Select(entry => entry.First)
                    .Take(MaxPrices),
            ];
    }

    // Prices in the visitor's language, and those for all languages. All prices if there are none of these.
    private static IReadOnlyList<PriceRow> InLanguage(IReadOnlyList<PriceRow> prices, string? language)
    {
        if (language is not { Length: >= 2 }) return prices;
        PriceRow[] own =
        [
            .. prices.Where(price => price.Language is null || language.StartsWith(price.Language, StringComparison.OrdinalIgnoreCase)),
        ];
        return own.Length > 0 ? own : prices;
    }

    private static double[] Rank(
        IReadOnlyList<PriceRow> prices,
        IReadOnlyList<string> words,
        Func<PriceRow, IEnumerable<string>> texts,
        double weight)
    {
        var having = prices.Select(price => texts(price).SelectMany(Words.Of).ToList())
            .Select(own => words.Where(word => own.Exists(other => WordForms.AreSame(word, other))).ToHashSet(StringComparer.Ordinal))
            .ToList();
        return
        [
            .. having.Select(own => own.Sum(word =>
            {
                var frequency = having.Count(other => other.Contains(word));
                return frequency == prices.Count && prices.Count > 1 ? 0 : weight * Math.Log(1 + (prices.Count / (double)frequency));
            })),
        ];
    }
}
