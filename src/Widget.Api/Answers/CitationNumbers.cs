using System.Globalization;
using System.Text.RegularExpressions;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>Reads the numbers of citations: <c>[1]</c> as it should be, and the ways in which models write it otherwise.</summary>
public static partial class CitationNumbers
{
    private const int LongestRange = 20;

    /// <summary>
    /// The numbers that stand between the brackets of a citation: "1", "1, 2", "^3", "¹", "1-3", "source 2". Null when the text is none.
    /// </summary>
    public static IReadOnlyList<int>? Parse(string content)
    {
        var list = List().Match(content);
        if (!list.Success) return null;
        var numbers = new List<int>();
        foreach (var part in list.Groups["part"].Captures.Select(capture => capture.Value))
        {
            var ends = Number().Matches(part).Select(match => Value(match.Value)).ToArray();
            if (ends.Length == 1) numbers.Add(ends[0]);
            else if (ends[1] > ends[0] && ends[1] - ends[0] <= LongestRange) numbers.AddRange(Enumerable.Range(ends[0], ends[1] - ends[0] + 1));
            // "[2024-11]" is no citation, and neither is anything it stands beside.
            else return null;
        }

        return numbers;
    }

    /// <summary>The sources that a finished text cites, in order of number. An escaped bracket opens no citation.</summary>
    public static IReadOnlyList<Citation> CitedBy(string text, IReadOnlyList<Citation> sources)
    {
        var numbers = Marker().Matches(text).Select(match => int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture)).ToHashSet();
        return [.. sources.Where(source => numbers.Contains(source.Number)).OrderBy(source => source.Number)];
    }

    /// <summary>Lets a text that is quoted hold no citation: what looks like one is escaped, and reads as it did.</summary>
    public static string Escape(string text) => Marker().Replace(text, @"\$0");

    /// <summary>A text without its citations, which mean nothing beside other sources.</summary>
    public static string Strip(string text) => SpacedMarker().Replace(text, "");

    // Superscript digits and those of other scripts count as well.
    private static int Value(string digits) => digits.Aggregate(0, (value, digit) => (value * 10) + CharUnicodeInfo.GetDigitValue(digit));

    [GeneratedRegex(@"(?<!\\)\[(?<number>[0-9]{1,3})\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Marker();

    [GeneratedRegex(@" ?(?<!\\)\[[0-9]{1,3}\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SpacedMarker();

    [GeneratedRegex(
        """
        ^\s* ((sources?|refs?)\s*:?\s*)?
        (?<part> [\^#]?[\d⁰¹²³⁴-⁹]{1,3} (\s*[-–]\s*[\d⁰¹²³⁴-⁹]{1,3})? )
        ( (\s*[,;&،]\s*|\s+and\s+) (?<part> [\^#]?[\d⁰¹²³⁴-⁹]{1,3} (\s*[-–]\s*[\d⁰¹²³⁴-⁹]{1,3})? ) )* \s*$
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex List();

    [GeneratedRegex(@"[\d⁰¹²³⁴-⁹]+", RegexOptions.None, 1000)]
    private static partial Regex Number();
}
