using System.Globalization;

namespace Widget.Rag.Text;

/// <summary>
/// Splits text into words in lower case: runs of letters, marks and digits. Scripts without spaces between words are split into overlapping
/// pairs of characters, which works about as well as a dictionary (Nie, Gao, Zhang &amp; Zhou 2000, "On the use of words and n-grams for
/// Chinese information retrieval").
/// </summary>
public static class Words
{
    public static IEnumerable<string> Of(string text)
    {
        text = NormalizedText.Of(text);
        foreach (var run in Runs(text))
        {
            var word = text[run];
            if (!IsUnspaced(word[0])) yield return word.ToLowerInvariant();
            else if (word.Length <= 2) yield return word;
            else
                for (var i = 0; i + 2 <= word.Length; i++) yield return word.Substring(i, 2);
        }
    }

    /// <summary>The positions of the runs. A run is entirely in scripts with spaces or entirely in scripts without.</summary>
    internal static IEnumerable<Range> Runs(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var inside = i < text.Length && IsWordCharacter(text[i]);
            if (start >= 0 && (!inside || (!IsMark(text[i]) && IsUnspaced(text[i]) != IsUnspaced(text[start]))))
            {
                yield return start..i;
                start = -1;
            }

            if (inside && start < 0) start = i;
        }
    }

    /// <summary>Whether a character belongs to a script without spaces between words.</summary>
    internal static bool IsUnspaced(char character) => character
        is (>= '\u0E00' and <= '\u0EFF') // Thai, Lao
        or (>= '\u1000' and <= '\u109F') or (>= '\u1780' and <= '\u17FF') // Myanmar, Khmer
        or (>= '\u1100' and <= '\u11FF') or (>= '\uAC00' and <= '\uD7AF') // Hangul: spaced, but by phrases and not by words
        or (>= '\u3005' and <= '\u3007') or (>= '\u3040' and <= '\u30FF') or (>= '\u31F0' and <= '\u31FF') // Kana
        or (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') // Han
        or (>= '\uFF66' and <= '\uFF9F');

    private static bool IsWordCharacter(char character) =>
        char.IsLetterOrDigit(character) || char.IsSurrogate(character) || IsMark(character);

    private static bool IsMark(char character) =>
        char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
