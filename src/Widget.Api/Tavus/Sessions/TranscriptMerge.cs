using System.Text.RegularExpressions;

namespace Widget.Api.Tavus.Sessions;

/// <summary>
/// Finds what a call's transcript has that was not heard of while the call went on. Both are in the order of speech, so they are laid against
/// each other as a whole (longest common subsequence) instead of line by line: people say the same thing twice.
/// </summary>
public static partial class TranscriptMerge
{
    // The page hears what was said as the recogniser had it then, and the avatar's words up to where it was cut off.
    private const double Alike = 0.6;

    /// <returns>Places in the transcript of lines that were not heard, in their order.</returns>
    public static IReadOnlyList<int> Missing(IReadOnlyList<(bool IsVisitor, string Text)> heard, IReadOnlyList<TranscriptLine> transcript)
    {
        var known = heard.Select(line => (line.IsVisitor, Words: WordsOf(line.Text))).ToArray();
        var told = transcript.Select(line => (line.IsVisitor, Words: WordsOf(line.Text))).ToArray();
        var longest = new int[told.Length + 1, known.Length + 1];
        for (var i = told.Length - 1; i >= 0; i--)
            for (var j = known.Length - 1; j >= 0; j--)
                longest[i, j] = Same(told[i], known[j]) ? longest[i + 1, j + 1] + 1 : Math.Max(longest[i + 1, j], longest[i, j + 1]);

        var missing = new List<int>();
        var (line, other) = (0, 0);
        while (line < told.Length)
        {
            if (other < known.Length && Same(told[line], known[other]))
            {
                line++;
                other++;
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

        return missing;
    }

    private static bool Same((bool IsVisitor, string[] Words) told, (bool IsVisitor, string[] Words) heard)
    {
        if (told.IsVisitor != heard.IsVisitor || told.Words.Length == 0 || heard.Words.Length == 0) return false;
        // One that was cut off is the beginning of the other.
        var (shorter, longer) = told.Words.Length <= heard.Words.Length ? (told.Words, heard.Words) : (heard.Words, told.Words);
        if (shorter.Length > 2 && longer.AsSpan(0, shorter.Length).SequenceEqual(shorter)) return true;
        var common = shorter.Intersect(longer, StringComparer.Ordinal).Count();
        var all = shorter.Union(longer, StringComparer.Ordinal).Count();
        return (double)common / all >= Alike;
    }

    private static string[] WordsOf(string text) => [.. Word().Matches(text.ToLowerInvariant()).Select(match => match.Value)];

    [GeneratedRegex(@"[\p{L}\p{N}]+", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
