using System.Text.RegularExpressions;

namespace Widget.Api.Video;

/// <summary>
/// Finds the lines of a call's transcript that the page did not report during the call. People repeat themselves, so the two lists are
/// aligned as a whole (longest common subsequence) instead of line by line.
/// </summary>
public static partial class TranscriptMerge
{
    // Two lines with at least this share of common words (Jaccard index) are the same. The page's text may come from an earlier
    // recognition.
    private const double MinSimilarity = 0.6;

    /// <summary>The largest number of lines that are compared, on each side. The work grows with the product of both.</summary>
    public const int MaxLines = 1_000;

    /// <summary>Finds the lines that the page did not report.</summary>
    /// <returns>The positions of these transcript lines, in order.</returns>
    public static IReadOnlyList<int> Missing(
        IReadOnlyList<(bool IsVisitor, string Text)> utterances,
        IReadOnlyList<TranscriptLine> transcript) =>
        Compare(utterances, transcript).Missing;

    /// <summary>Aligns what the page reported with the transcript.</summary>
    /// <returns>
    /// The positions of the transcript lines that the page did not report, in order; and for each reported utterance, by its position, the
    /// position of the matching transcript line.
    /// </returns>
    public static (IReadOnlyList<int> Missing, IReadOnlyDictionary<int, int> Matches) Compare(
        IReadOnlyList<(bool IsVisitor, string Text)> utterances,
        IReadOnlyList<TranscriptLine> transcript)
    {
        var reported = utterances.Select(line => new Line(line.IsVisitor, WordsOf(line.Text))).ToArray();
        var actual = transcript.Take(MaxLines).Select(line => new Line(line.IsVisitor, WordsOf(line.Text))).ToArray();
        // common[i, j] is the length of the longest common subsequence from line i and utterance j on.
        var common = new int[actual.Length + 1, reported.Length + 1];
        for (var i = actual.Length - 1; i >= 0; i--)
            for (var j = reported.Length - 1; j >= 0; j--)
                common[i, j] = IsSame(actual[i], reported[j]) ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);

        var missing = new List<int>();
        var matches = new Dictionary<int, int>();
        var (line, utterance) = (0, 0);
        while (line < actual.Length)
        {
            if (utterance < reported.Length && IsSame(actual[line], reported[utterance]))
            {
                matches[utterance++] = line++;
            }
            else if (utterance < reported.Length && common[line, utterance + 1] >= common[line + 1, utterance])
            {
                utterance++;
            }
            else
            {
                if (actual[line].Words.Length > 0) missing.Add(line);
                line++;
            }
        }

        return (missing, matches);
    }

    private static bool IsSame(Line actual, Line reported)
    {
        if (actual.IsVisitor != reported.IsVisitor || actual.Words.Length == 0 || reported.Words.Length == 0) return false;
        // An interrupted line is the beginning of the other one.
        var (shorter, longer) = actual.Words.Length <= reported.Words.Length ? (actual, reported) : (reported, actual);
        if (shorter.Words.Length > 2 && longer.Words.AsSpan(0, shorter.Words.Length).SequenceEqual(shorter.Words)) return true;
        // If one line has far more words than the other, they cannot be similar enough.
        var (ofShorter, ofLonger) = (shorter.Distinct.Count, longer.Distinct.Count);
        if (Math.Min(ofShorter, ofLonger) < MinSimilarity * Math.Max(ofShorter, ofLonger)) return false;
        var common = shorter.Distinct.Count(longer.Distinct.Contains);
        return (double)common / (ofShorter + ofLonger - common) >= MinSimilarity;
    }

    private static string[] WordsOf(string text) => [.. Word().Matches(text.ToLowerInvariant()).Select(match => match.Value)];

    private sealed record Line(bool IsVisitor, string[] Words)
    {
        public HashSet<string> Distinct { get; } = [.. Words];
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
