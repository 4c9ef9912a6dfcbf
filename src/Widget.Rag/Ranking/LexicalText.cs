using System.Text;
using System.Text.RegularExpressions;
using Widget.Rag.Text;

namespace Widget.Rag.Ranking;

/// <summary>Rewrites text so that PostgreSQL's parser sees the same words as a reader, in documents and questions alike. By itself the
/// parser takes "wing/body" for a file path, "TB-4711" for a word and a negative number, and a line of Chinese for one word.
/// <list type="bullet">
/// <item>Words are runs of letters and digits. Scripts without spaces are split into pairs of characters.</item>
/// <item>A name with digits is found in all spellings: "TB-4711", "TB 4711" and "tb4711" share words.</item>
/// <item>A number is one word, without thousands separators and with a decimal point.</item>
/// <item>Signs such as "%", "€" and a minus are words, too (<see cref="LexicalNotations"/>).</item></list></summary>
public static partial class LexicalText
{
    private const int MaxNameLength = 40;

    /// <summary>Returns the words of a text as they are written, separated by spaces.</summary>
    public static string Prepare(string text)
    {
        text = LexicalNotations.Spell(NormalizedText.Of(text));
        var words = new StringBuilder(text.Length + (text.Length / 8));
        var compound = new List<string>();
        var end = -1;
        foreach (var run in Words.Runs(text))
        {
            var (start, length) = run.GetOffsetAndLength(text.Length);
            if (compound.Count > 0 && !(start == end + 1 && IsConnector(text[end]))) AppendCompound(words, compound, text, end);
            end = start + length;
            var word = text[run];
            if (Words.IsUnspaced(word[0])) foreach (var pair in Words.Of(word)) words.Append(pair).Append(' ');
            else compound.Add(word);
        }

        AppendCompound(words, compound, text, end);
        return words.ToString();
    }

    /// <summary>
    /// Returns prepared words without accents and vowel signs. Each word keeps its place, so that both spellings count as one word of a
    /// question.
    /// </summary>
    public static string Fold(string words) => Ascii.IsValid(words)
        ? words
        : string.Join(' ', words.Split(' ').Select(word => NormalizedText.Fold(word) is { Length: > 0 } folded ? folded : word));

    /// <summary>
    /// Returns other spellings of the words in a text, which are indexed as well: without accents and vowel signs, names such as O'Brien
    /// without the apostrophe, and other notations of units, numbers and codes.
    /// </summary>
    public static string OtherSpellings(string text)
    {
        text = NormalizedText.Of(text);
        var names = NameWithApostrophe().Matches(text).Select(match => match.Groups["first"].Value + match.Groups["second"].Value).ToList();
        var words = Prepare(text).Split(' ');
        var notations = LexicalNotations.Others(text, words);
        if (names.Count == 0 && Ascii.IsValid(text)) return string.Join(' ', notations);
        var spellings = words.Concat(names).Select(word => (word, Folded: NormalizedText.Fold(word)))
            .Where(spelling => spelling.Folded.Length > 0 && spelling.Folded != spelling.word)
            .Select(spelling => spelling.Folded);
        return string.Join(' ', spellings.Concat(names).Concat(notations));
    }

    private static bool IsConnector(char character) => character is '-' or '_' or '.' or ',' or '/' or '\'' or '’' or '\u2011';

    // A compound is a list of runs, each separated from the next by a single connector.
    private static void AppendCompound(StringBuilder words, List<string> compound, string text, int end)
    {
        if (compound.Count == 0) return;
        if (compound.TrueForAll(IsNumber)) AppendNumber(words, compound, text, end);
        else AppendName(words, compound);
        compound.Clear();
    }

    private static void AppendName(StringBuilder words, List<string> compound)
    {
        foreach (var word in compound)
        {
            words.Append(word).Append(' ');
            if (IsMixed(word)) AppendParts(words, word);
        }

        if (compound.Count < 2 || compound.Sum(word => word.Length) > MaxNameLength) return;
        if (compound.Exists(word => word.Any(char.IsAsciiDigit))) words.AppendJoin("", compound).Append(' ');
    }

    private static void AppendNumber(StringBuilder words, List<string> groups, string text, int end)
    {
        if (groups.Count == 1)
        {
            words.Append(groups[0]).Append(' ');
            return;
        }

        var start = end - groups.Sum(group => group.Length) - (groups.Count - 1);
        var last = text[end - groups[^1].Length - 1];
        var first = text[start + groups[0].Length];
        var thousands = groups[0].Length <= 3
            && groups.Skip(1).SkipLast(1).All(group => group.Length == 3)
            && first is '.' or ',' or '\'' or '’';
        if (thousands && groups[^1].Length == 3 && last == first) words.AppendJoin("", groups).Append(' ');
        else if (last is '.' or ',' && (groups.Count == 2 || (thousands && last != first)))
            words.AppendJoin("", groups.SkipLast(1)).Append('.').Append(groups[^1]).Append(' ');
        // Versions, dates and ranges: the whole text, and each part.
        else
        {
            words.AppendJoin(' ', groups).Append(' ');
            if (last == '.') words.AppendJoin('.', groups).Append(' ');
        }
    }

    private static bool IsNumber(string word) => !word.AsSpan().ContainsAnyExceptInRange('0', '9');

    // "RTX4090" is also indexed as "RTX 4090"; "mp3" and "b2b" stay whole.
    private static bool IsMixed(string word) => word.Count(char.IsAsciiDigit) >= 2 && word.Count(char.IsLetter) >= 2;

    private static void AppendParts(StringBuilder words, string word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            words.Append(word[i]);
            if (i + 1 == word.Length || char.IsAsciiDigit(word[i]) != char.IsAsciiDigit(word[i + 1])) words.Append(' ');
        }
    }

    [GeneratedRegex(
        """(?<![\p{L}\p{N}'])(?<first>\p{Lu}\p{Ll}{0,2})['`](?<second>\p{Lu}\p{L}{1,40})(?!\p{L})""",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex NameWithApostrophe();
}
