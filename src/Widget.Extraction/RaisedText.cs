using System.Text;
using System.Text.RegularExpressions;

namespace Widget.Extraction;

/// <summary>
/// Keeps superscripts and subscripts apart from the number before them: without their position, 149 with the footnote 1 would be the
/// number 1491. Two raised digits after a price are its cents.
/// </summary>
internal static partial class RaisedText
{
    // Unicode noncharacters mark a raised or lowered text until the text around it is known. No document contains them as text.
    private const char Start = '\uFDD0';
    private const char End = '\uFDD1';

    /// <summary>Marks what follows as raised or lowered.</summary>
    public static void Begin(StringBuilder text) => text.Append(Start);

    /// <summary>Ends what <see cref="Begin"/> began.</summary>
    public static void Finish(StringBuilder text) => text.Append(End);

    /// <summary>Marks a whole text as raised or lowered.</summary>
    public static string Mark(string text) => Start + text + End;

    /// <summary>Whether a character is one of the marks.</summary>
    public static bool IsMark(char character) => character is Start or End;

    /// <summary>Replaces the marks with a space or a decimal sign where digits would otherwise join a number.</summary>
    public static string Resolve(string text)
    {
        if (!text.AsSpan().ContainsAny(Start, End)) return text;
        var resolved = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == Start)
            {
                var end = text.IndexOf(End, i);
                if (end > i) BeginRaised(resolved, text.AsSpan((i + 1)..end), text.AsSpan(end + 1));
            }
            else if (text[i] == End)
            {
                if (EndsWithDigit(resolved) && i + 1 < text.Length && char.IsDigit(text[i + 1])) resolved.Append(' ');
            }
            else
            {
                resolved.Append(text[i]);
            }
        }

        return resolved.ToString();
    }

    private static void BeginRaised(StringBuilder before, ReadOnlySpan<char> raised, ReadOnlySpan<char> after)
    {
        var content = raised.TrimStart();
        if (content.Length == 0 || !char.IsDigit(content[0])) return;
        var price = Number().Match(Last(before));
        if (price.Success && content.Length >= 2 && char.IsDigit(content[1]) && (content.Length == 2 || !char.IsDigit(content[2])))
        {
            var sign = price.Groups["sign"].Value;
            var isFollowed = Currency().IsMatch(string.Concat(content[2..], after[..Math.Min(after.Length, 12)]));
            if (isFollowed || (sign.Length > 0 && content.Length == 2))
            {
                while (char.IsWhiteSpace(before[^1])) before.Length--;
                // As in $49.99 and CHF 49.90, but € 49,99 and 49,99 €.
                before.Append(sign.Length > 0 && (sign is not "€" || price.Groups["gap"].Length == 0) ? '.' : ',');
                return;
            }
        }

        if (EndsWithDigit(before)) before.Append(' ');
    }

    private static bool EndsWithDigit(StringBuilder text) => text.Length > 0 && char.IsDigit(text[^1]);

    private static string Last(StringBuilder text) => text.ToString(Math.Max(0, text.Length - 24), Math.Min(text.Length, 24));

    // A whole number at the end, perhaps with thousands and with a currency before it.
    [GeneratedRegex(
        @"(?:(?<sign>\p{Sc}|EUR|USD|CHF|GBP|Fr\.|kr\.?)(?<gap>\s*))?(?<![\d.,'’])(?:\d{1,3}(?:[.,'’]\d{3})+|\d{1,7})\s*$",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Number();

    [GeneratedRegex(
        @"^\s*\*?\s*(?:\p{Sc}|(?:EUR|USD|CHF|GBP|PLN|CZK|SEK|NOK|DKK|euros?|dollars?|Fr\.|kr|zł|Kč)(?!\p{L}))",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex Currency();
}
