using System.Globalization;
using System.Text.RegularExpressions;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>Reads the numbers of citations: <c>[1]</c>, and the other forms in which models write them.</summary>
public static partial class CitationNumbers
{
    private const int LongestRange = 20;
    private const int Largest = 99_999_999;

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
        foreach (var ends in parts)
        {
            if (ends.Length == 1) numbers.Add(ends[0]);
            else if (ends[1] > ends[0] && ends[1] - ends[0] <= LongestRange)
                numbers.AddRange(Enumerable.Range(ends[0], ends[1] - ends[0] + 1));
        }

        return numbers;
    }

    /// <summary>Whether a partial text may become a list of numbers: it begins with a number and contains nothing else.</summary>
    internal static bool MayBe(ReadOnlySpan<char> content)
    {
        var digits = false;
        foreach (var character in content)
        {
            if (!MayBe(character)) return false;
            digits |= CharUnicodeInfo.GetDigitValue(character) >= 0;
        }

        return digits;
    }

    /// <summary>Whether a character may stand in a list of numbers.</summary>
    internal static bool MayBe(char character) =>
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
    private static bool IsDate(int[] ends) => IsYear(ends[0]) && (ends.Length == 1 || ends[1] is >= 1 and <= 12 || IsYear(ends[1]));

    private static bool IsYear(int number) => number is >= 1900 and <= 2099;

    // Superscript digits and digits of other scripts count as well. A huge number is capped, and is
    // still larger than any source's.
    private static int Value(ReadOnlySpan<char> digits)
    {
        var value = 0;
        foreach (var digit in digits) value = Math.Min((value * 10) + CharUnicodeInfo.GetDigitValue(digit), Largest);
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
