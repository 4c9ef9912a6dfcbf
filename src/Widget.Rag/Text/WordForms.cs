namespace Widget.Rag.Text;

/// <summary>
/// Tells whether two words are forms of one word by their beginnings, without knowing the language: "leasing" and "leased", "Garantie" and
/// "Garantien", and words that languages share, such as "Batterie" and "battery". A stemmer knows one language only.
/// </summary>
public static class WordForms
{
    /// <summary>Words with fewer letters have one form, apart from the English plural.</summary>
    private const int MinStem = 4;

    private const int MaxEnding = 4;

    /// <summary>At least one of two forms has an ending of at most this many letters after the common beginning.</summary>
    private const int MaxShorterEnding = 2;

    private const double MinCommonShare = 0.55;

    /// <param name="first">A word as <see cref="Words.Of"/> returns it.</param>
    /// <param name="second">Another word, also as <see cref="Words.Of"/> returns it.</param>
    public static bool AreSame(string first, string second)
    {
        (first, second) = (Plain(first), Plain(second));
        if (first == second) return true;
        // Numbers have no forms.
        if (first.Any(char.IsDigit) || second.Any(char.IsDigit)) return false;
        var (shorter, longer) = first.Length <= second.Length ? (first, second) : (second, first);
        var common = shorter.AsSpan().CommonPrefixLength(longer);
        var (shortEnding, longEnding) = (shorter.Length - common, longer.Length - common);
        if (shorter.Length < MinStem) return shorter.Length > 2 && shortEnding == 0 && longer.AsSpan(common) is "s" or "es";
        return common >= Math.Max(MinStem, MinCommonShare * longer.Length)
            && Math.Min(shortEnding, longEnding) <= MaxShorterEnding
            && Math.Max(shortEnding, longEnding) <= MaxEnding;
    }

    private static string Plain(string word) => NormalizedText.Fold(word) is { Length: > 0 } folded ? folded : word;
}
