using System.Text.RegularExpressions;

namespace Widget.Rag.Ranking;

/// <summary>Finds quoted phrases of a question. Passages that contain them literally rank first.</summary>
internal static partial class QuotedPhrase
{
    private const int MaxPhrases = 3;

    /// <summary>The quoted phrases of two or more words, normalised by <see cref="Normalize"/>.</summary>
    public static IReadOnlyList<string> In(string question) =>
    [
        .. Quotation().Matches(question)
            .Select(match => Normalize(match.Groups["phrase"].Value))
            .Where(phrase => phrase.AsSpan().Trim().Contains(' '))
            .Distinct(StringComparer.Ordinal)
            .Take(MaxPhrases),
    ];

    /// <summary>Number of phrases that occur in a text.</summary>
    public static int CountIn(IReadOnlyList<string> phrases, string text)
    {
        var normalized = Normalize(text);
        return phrases.Count(phrase => normalized.Contains(phrase, StringComparison.Ordinal));
    }

    // A space before and after limits matches to whole words.
    private static string Normalize(string text) => $" {LexicalText.Prepare(text).ToLowerInvariant()}";

    [GeneratedRegex(
        """(?<![\p{L}\p{N}])["“”„«»‟](?<phrase>[^"“”„«»‟]{3,200})["“”„«»‟](?![\p{L}\p{N}])""",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Quotation();
}
