using System.Text.RegularExpressions;

namespace Widget.Rag.Ranking;

/// <summary>What a question puts in quotation marks is to be found as it stands, whatever else a passage says.</summary>
internal static partial class QuotedPhrase
{
    private const int MostPhrases = 3;

    /// <summary>The quoted parts of two words or more, as <see cref="Normalize"/> writes them.</summary>
    public static IReadOnlyList<string> In(string question) =>
    [
        .. Quotation().Matches(question)
            .Select(match => Normalize(match.Groups["phrase"].Value))
            .Where(phrase => phrase.AsSpan().Trim().Contains(' '))
            .Distinct(StringComparer.Ordinal)
            .Take(MostPhrases),
    ];

    /// <summary>How many of the phrases stand in a text.</summary>
    public static int CountIn(IReadOnlyList<string> phrases, string text)
    {
        var normalized = Normalize(text);
        return phrases.Count(phrase => normalized.Contains(phrase, StringComparison.Ordinal));
    }

    // With a space before and after, so that it holds whole words.
    private static string Normalize(string text) => $" {LexicalText.Prepare(text).ToLowerInvariant()}";

    [GeneratedRegex("""(?<![\p{L}\p{N}])["“”„«»‟](?<phrase>[^"“”„«»‟]{3,200})["“”„«»‟](?![\p{L}\p{N}])""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quotation();
}
