using System.Globalization;
using System.Text.RegularExpressions;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>Reads the numbers of citations: <c>[1]</c>, and the other forms in which models write them.</summary>
public static partial class CitationNumbers
{
    private const int MaxRange = 20;
    private const int MaxNumber = 99_999_999;

    /// <summary>
    /// The numbers between the brackets of a citation: "1", "1, 2", "^3", "¹", "１", "1-3", "source 2". Null when the text is not a
    /// citation, such as "2017" and "2024-11", which are dates. Numbers too large for a source and implausibly wide ranges are left
    /// out.
    /// </summary>
    public static IReadOnlyList<int>? Parse(string content)
    {
        var list = List().Match(content);
        if (!list.Success) return null;
        var parts = list.Groups["part"].Captures
            .Select(capture => Number().Matches(capture.Value).Select(match => Value(match.ValueSpan)).ToArray())
            .ToList();
        if (parts.TrueForAll(IsDate)) return null;
        var numbers = new List<int>();
        foreach (var range in parts)
        {
            if (range.Length == 1) numbers.Add(range[0]);
            else if (range[1] > range[0] && range[1] - range[0] <= MaxRange)
                numbers.AddRange(Enumerable.Range(range[0], range[1] - range[0] + 1));
        }

        return numbers;
    }

    /// <summary>Whether an incomplete text may become a list of numbers: it contains digits and separators, and nothing else.</summary>
    internal static bool MayBecomeList(ReadOnlySpan<char> content)
    {
        var hasDigits = false;
        foreach (var character in content)
        {
            if (!IsListCharacter(character)) return false;
            hasDigits |= CharUnicodeInfo.GetDigitValue(character) >= 0;
        }

        return hasDigits;
    }

    /// <summary>Whether a character can occur in a list of numbers.</summary>
    internal static bool IsListCharacter(char character) =>
        CharUnicodeInfo.GetDigitValue(character) >= 0
        || (character != '\n' && char.IsWhiteSpace(character))
        || "^#,;&،，、；-–—‑−".Contains(character, StringComparison.Ordinal);

    /// <summary>The sources that a finished text cites, in order of number. An escaped bracket opens no citation.</summary>
    public static IReadOnlyList<Citation> CitedBy(string text, IReadOnlyList<Citation> sources)
    {
        var numbers = Marker().Matches(text)
            .Select(match => int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture))
            .ToHashSet();
        return [.. sources.Where(source => numbers.Contains(source.Number)).OrderBy(source => source.Number)];
    }

    /// <summary>Escapes what looks like a citation in a quoted text. A reader sees the same text.</summary>
    public static string Escape(string text) => Marker().Replace(text, @"\$0");

    /// <summary>Removes a text's citations, whose numbers would be wrong next to other sources.</summary>
    public static string Strip(string text) => SpacedMarker().Replace(text, "");

    // A year, a month of a year, or a range of years.
    private static bool IsDate(int[] range) => IsYear(range[0]) && (range.Length == 1 || range[1] is >= 1 and <= 12 || IsYear(range[1]));

    private static bool IsYear(int number) => number is >= 1900 and <= 2099;

    // Superscript digits and digits of other scripts count as well. A huge number is capped, still above any source's number.
    private static int Value(ReadOnlySpan<char> digits)
    {
        var value = 0;
        foreach (var digit in digits) value = Math.Min((value * 10) + CharUnicodeInfo.GetDigitValue(digit), MaxNumber);
        return value;
    }

    [GeneratedRegex(@"(?<!\\)\[(?<number>[0-9]{1,3})\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Marker();

    [GeneratedRegex(@" ?(?<!\\)\[[0-9]{1,3}\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SpacedMarker();

    [GeneratedRegex(
        """
        ^\s* ((sources?|refs?)\s*:?\s*)?
        (?<part> [\^#]?[\d⁰¹²³⁴-⁹₀-₉]+ (\s*[-–—‑−]\s*[\d⁰¹²³⁴-⁹₀-₉]+)? )
        ( (\s*[,;&،，、；]\s*|\s+and\s+) (?<part> [\^#]?[\d⁰¹²³⁴-⁹₀-₉]+ (\s*[-–—‑−]\s*[\d⁰¹²³⁴-⁹₀-₉]+)? ) )* \s*$
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex List();

    [GeneratedRegex(@"[\d⁰¹²³⁴-⁹₀-₉]+", RegexOptions.None, 1000)]
    private static partial Regex Number();
}
