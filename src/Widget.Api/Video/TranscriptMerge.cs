using System.Text.RegularExpressions;

namespace Widget.Api.Video;

/// <summary>
/// Finds the lines of a call's transcript that the page did not report during the call. People repeat themselves, so the two lists are
/// aligned as a whole (longest common subsequence) instead of line by line.
/// </summary>
public static partial class TranscriptMerge
{
    // The page's text may come from an earlier recognition, or stop where the avatar was interrupted.
    private const double Alike = 0.6;

    /// <summary>Most lines that are merged, on either side. The work grows with the product of both.</summary>
    public const int MostLines = 1_000;

    /// <returns>The positions of transcript lines that were not heard, in order.</returns>
    public static IReadOnlyList<int> Missing(
        IReadOnlyList<(bool IsVisitor, string Text)> heard,
        IReadOnlyList<TranscriptLine> transcript) =>
        Compare(heard, transcript).Missing;

    /// <returns>
    /// The positions of transcript lines that were not heard, in order; and for each heard utterance, by its position, the position of
    /// the matching transcript line.
    /// </returns>
    public static (IReadOnlyList<int> Missing, IReadOnlyDictionary<int, int> Known) Compare(
        IReadOnlyList<(bool IsVisitor, string Text)> heard,
        IReadOnlyList<TranscriptLine> transcript)
    {
        var known = heard.Select(line => new Line(line.IsVisitor, WordsOf(line.Text))).ToArray();
        var told = transcript.Take(MostLines).Select(line => new Line(line.IsVisitor, WordsOf(line.Text))).ToArray();
        var longest = new int[told.Length + 1, known.Length + 1];
        for (var i = told.Length - 1; i >= 0; i--)
            for (var j = known.Length - 1; j >= 0; j--)
                longest[i, j] = Same(told[i], known[j]) ? longest[i + 1, j + 1] + 1 : Math.Max(longest[i + 1, j], longest[i, j + 1]);

        var missing = new List<int>();
        var pairs = new Dictionary<int, int>();
        var (line, other) = (0, 0);
        while (line < told.Length)
        {
            if (other < known.Length && Same(told[line], known[other]))
            {
                pairs[other++] = line++;
            }
            else if (other < known.Length && longest[line, other + 1] >= longest[line + 1, other])
            {
                other++;
            }
            else
            {
                if (told[line].Words.Length > 0) missing.Add(line);
                line++;
            }
        }

        return (missing, pairs);
    }

    private static bool Same(Line told, Line heard)
    {
        if (told.IsVisitor != heard.IsVisitor || told.Words.Length == 0 || heard.Words.Length == 0) return false;
        // A line that was interrupted is the beginning of the other.
        var (shorter, longer) = told.Words.Length <= heard.Words.Length ? (told, heard) : (heard, told);
        if (shorter.Words.Length > 2 && longer.Words.AsSpan(0, shorter.Words.Length).SequenceEqual(shorter.Words)) return true;
        // Lines of very different length cannot be alike.
        if (Math.Min(shorter.Distinct.Count, longer.Distinct.Count) < Alike * Math.Max(shorter.Distinct.Count, longer.Distinct.Count))
            return false;
        var common = shorter.Distinct.Count(longer.Distinct.Contains);
        return (double)common / (shorter.Distinct.Count + longer.Distinct.Count - common) >= Alike;
    }

    private static string[] WordsOf(string text) => [.. Word().Matches(text.ToLowerInvariant()).Select(match => match.Value)];

    private sealed record Line(bool IsVisitor, string[] Words)
    {
        public HashSet<string> Distinct { get; } = [.. Words];
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
