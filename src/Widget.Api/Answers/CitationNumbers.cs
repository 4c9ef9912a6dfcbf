using System.Globalization;
using System.Text.RegularExpressions;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>Holds an answer's citations against the sources it was given.</summary>
public static partial class CitationNumbers
{
    /// <summary>
    /// Removes the numbers of sources that do not exist from the text, and finds the sources that it cites, in order of number.
    /// </summary>
    public static (string Text, IReadOnlyList<Citation> Cited) Check(string text, IReadOnlyList<Citation> sources)
    {
        var cited = new SortedDictionary<int, Citation>();
        var cleaned = Marker().Replace(text, match =>
        {
            var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
            if (sources.FirstOrDefault(source => source.Number == number) is not { } source) return "";
            cited[number] = source;
            return match.Value;
        });
        return (cleaned, [.. cited.Values]);
    }

    // "[2]", but neither a link's text "[2](…)" nor a reference to a definition "[2]:". White space before goes with it.
    [GeneratedRegex(@" ?\[(?<number>\d{1,3})\](?![(:])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Marker();
}
