using System.Globalization;
using System.Text;

namespace Widget.Extraction;

/// <summary>
/// Cleans texts that are shown in a line with others, such as titles and names: removes characters that are invisible or change how the
/// rest of the line is displayed. For instance, a right-to-left override can disguise a name (Unicode Technical Report 36, 2.5).
/// </summary>
public static class VisibleText
{
    // These characters join letters or emoji. They count only between two of them.
    private const char NonJoiner = '\u200C';
    private const char Joiner = '\u200D';

    /// <summary>Returns the text as one line, without control characters, direction marks and other invisible characters.</summary>
    public static string Line(string text)
    {
        if (IsClean(text)) return text;
        var line = new StringBuilder(text.Length);
        // Half a surrogate pair is read as U+FFFD.
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsBreak(rune.Value)) line.Append(' ');
            else if (!IsInvisible(rune)) line.Append(rune.ToString());
        }

        return line.ToString().Trim(' ', Joiner, NonJoiner).Trim();
    }

    /// <summary>Whether a text has anything but white space and invisible characters.</summary>
    public static bool IsVisible(string text) => text.EnumerateRunes().Any(
        rune => !Rune.IsWhiteSpace(rune) && rune.Value is not (Joiner or NonJoiner) && !IsInvisible(rune));

    private static bool IsClean(string text)
    {
        if (text.Length == 0) return true;
        if (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]) || text[0] is Joiner or NonJoiner || text[^1] is Joiner or NonJoiner)
            return false;
        foreach (var character in text)
            if (character is < ' ' or '\u007F' or '\u2028' or '\u2029'
                || char.IsSurrogate(character)
                || (character > '\u007F' && IsInvisible(new Rune(character))))
                return false;
        return true;
    }

    private static bool IsBreak(int value) => value is '\t' or '\n' or '\v' or '\f' or '\r' or 0x85 or 0x2028 or 0x2029;

    private static bool IsInvisible(Rune rune) => rune.Value switch
    {
        Joiner or NonJoiner => false,
        // Visible Arabic, Syriac and Kaithi signs that Unicode classifies as format characters.
        (>= 0x0600 and <= 0x0605) or 0x06DD or 0x070F or 0x0890 or 0x0891 or 0x08E2 or 0x110BD or 0x110CD => false,
        // Invisible letters, and variation selectors without a character to select for.
        0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x3164 or 0xFFA0 => true,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format,
    };
}
