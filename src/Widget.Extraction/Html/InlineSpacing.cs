using System.Globalization;
using System.Text;
using AngleSharp.Dom;

namespace Widget.Extraction;

/// <summary>
/// Decides where a page shows a gap between inline elements although its markup has no white space there. Style sheets make such gaps
/// between a label and its value, and many sites remove the white space from their pages. A word that only markup splits stays whole, such
/// as un<b>believ</b>able, a drop cap, or letters that are animated one by one.
/// </summary>
internal static class InlineSpacing
{
    // These bound the search for neighbours, so that no page can make it slow.
    private const int MaxSiblings = 8;
    private const int MaxNodes = 60;

    // Words shorter than this may be the first part of a formula, such as CO₂.
    private const int MinWordLength = 3;

    /// <summary>Whether an element is superscript or subscript, by its name or as the cents of a price.</summary>
    public static bool IsRaised(IElement element) => element.LocalName is "sup" or "sub"
        || (element.LocalName == "span"
            && (element.ClassName ?? "").ToLowerInvariant().Split([' ', '-', '_'])
                .Any(word => word is "cents" or "cent" or "decimal" or "decimals" or "fraction" or "sup" or "superscript"));

    /// <summary>Whether a space is missing between the text so far and an inline element.</summary>
    public static bool IsMissingBefore(IElement element, StringBuilder text)
    {
        if (LastOf(text) is not { } last || char.IsWhiteSpace(last) || IsExcluded(element)) return false;
        var next = BeginningOf(element);
        if (next.Length == 0) return false;
        return PreviousOf(element) switch
        {
            IElement previous => !IsExcluded(previous) && IsGap(previous, element, last, next, text),
            IText => element is { LocalName: "span", ClassName.Length: > 0 } && char.IsDigit(next[0]) && EndsWithWord(text),
            _ => false,
        };
    }

    /// <summary>Whether a space is missing between the text so far, which ends with an element, and a text.</summary>
    public static bool IsMissingBefore(IText node, StringBuilder text)
    {
        var next = node.Data;
        if (next.Length == 0 || LastOf(text) is not { } last || !char.IsLetterOrDigit(next[0])) return false;
        if (PreviousOf(node) is not IElement previous || IsExcluded(previous)) return false;
        if (char.IsDigit(next[0])) return EndsWithWord(text) && (IsLabel(previous) || IsFormatting(previous));
        return char.IsDigit(last)
            && IsLabel(previous)
            && text.Length > 1
            && char.IsDigit(text[^2])
            && next.TakeWhile(char.IsLetter).Take(MinWordLength).Count() == MinWordLength;
    }

    private static bool IsGap(IElement previous, IElement element, char last, string next, StringBuilder text)
    {
        var first = next[0];
        var kind = (KindOf(last), KindOf(first));
        var (isLongBefore, isLongAfter) = (BeginningOf(previous).Length > 1, next.Length > 1);
        switch (kind)
        {
            // "Users" and "5", "5" and "GB", but "1" and "st".
            case (Kind.Letter, Kind.Digit):
                return isLongBefore;
            case (Kind.Digit, Kind.Letter):
                return isLongAfter && !IsOrdinalEnding(next);
            case (Kind.Digit or Kind.Letter or Kind.Closing, Kind.Opening or Kind.Currency):
                return isLongBefore && isLongAfter;
            // The comma of a price is not the end of a sentence.
            case (Kind.Closing, Kind.Digit):
                return isLongBefore && isLongAfter && !(last is '.' or ',' && text.Length > 1 && char.IsDigit(text[^2]));
            case (Kind.Symbol, Kind.Letter or Kind.Digit):
                return isLongAfter;
            case (Kind.Closing, Kind.Letter):
                return isLongBefore && isLongAfter && (last is not '.' || char.IsUpper(first));
            case (Kind.Letter, Kind.Letter) when char.IsLower(last) && char.IsUpper(first):
                return isLongBefore && isLongAfter;
            case (Kind.Letter, Kind.Letter) or (Kind.Digit, Kind.Digit):
                return isLongBefore && isLongAfter && AreSeparateParts(previous, element);
            default:
                return false;
        }
    }

    // Two runs of letters, or of digits, may be one word that a word processor has split.
    private static bool AreSeparateParts(IElement previous, IElement element)
    {
        if (IsFormatting(previous) && IsFormatting(element)) return false;
        // Editors split a link, too.
        if (previous.LocalName == "a" && element.LocalName == "a" && previous.GetAttribute("href") == element.GetAttribute("href"))
            return false;
        if (IsStandaloneElement(previous) || IsStandaloneElement(element)) return true;
        return element.ParentElement?.LocalName is not ("p" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "blockquote" or "span"
            or "font" or "a" or "em" or "strong" or "b" or "i");
    }

    private static bool IsExcluded(IElement element) =>
        InlineText.IsBlock(element.LocalName)
        || element.LocalName is "sup" or "sub" or "code" or "kbd" or "samp" or "var" or "wbr" or "br" or "rt" or "rp" or "rb" or "math"
        || element.ParentElement?.LocalName is "code" or "kbd" or "samp" or "pre";

    private static bool IsFormatting(IElement element) =>
        element.LocalName is "b" or "strong" or "i" or "em" or "u" or "s" or "mark" or "small" or "font";

    private static bool IsLabel(IElement element) =>
        IsStandaloneElement(element) || element is { LocalName: "span", ClassName.Length: > 0 };

    private static bool IsStandaloneElement(IElement element) =>
        element.LocalName is "label" or "time" or "a" or "button" or "data" or "output" || element.LocalName.Contains('-');

    private static bool IsOrdinalEnding(string text) =>
        text.ToLowerInvariant() is ['s', 't'] or ['n', 'd'] or ['r', 'd'] or ['t', 'h'] or ['e', 'r'] or ['è', 'm'] or ['e', 'm'];

    private static bool EndsWithWord(StringBuilder text)
    {
        if (text.Length < MinWordLength || !char.IsLower(text[^1])) return false;
        for (var i = 1; i <= MinWordLength; i++)
            if (!char.IsLetter(text[^i])) return false;
        return true;
    }

    private static char? LastOf(StringBuilder text)
    {
        for (var i = text.Length - 1; i >= 0; i--)
            if (!RaisedText.IsMark(text[i])) return text[i];
        return null;
    }

    // The node before this one, without comments and elements that show nothing.
    private static INode? PreviousOf(INode node)
    {
        var previous = node.PreviousSibling;
        for (var i = 0; i < MaxSiblings && previous is not null; i++, previous = previous.PreviousSibling)
        {
            if (previous is IText { Data.Length: > 0 }) return previous;
            if (previous is IElement element && (InlineText.IsBlock(element.LocalName) || BeginningOf(element).Length > 0)) return element;
        }

        return null;
    }

    // Up to three characters, without white space before them.
    private static string BeginningOf(INode node)
    {
        var (text, nodes) = ("", 0);
        Append(node);
        return text.TrimEnd();

        void Append(INode parent)
        {
            foreach (var child in parent.ChildNodes)
            {
                if (text.Length > 2 || ++nodes > MaxNodes) return;
                if (child is IText words)
                    text += string.Concat((text.Length == 0 ? words.Data.SkipWhile(char.IsWhiteSpace) : words.Data).Take(3));
                else if (child is IElement element && !InlineText.IsSkipped(element)) Append(element);
            }
        }
    }

    private static Kind KindOf(char character) =>
        char.IsLetter(character) ? Kind.Letter
        : char.IsDigit(character) ? Kind.Digit
        : char.GetUnicodeCategory(character) == UnicodeCategory.CurrencySymbol ? Kind.Currency
        : char.GetUnicodeCategory(character) == UnicodeCategory.OtherSymbol ? Kind.Symbol
        : character is '.' or ',' or ':' or ';' or '!' or '?' or '%' or ')' or '”' or '»' ? Kind.Closing
        : character is '(' or '“' or '„' or '«' ? Kind.Opening
        : Kind.Other;

    private enum Kind
    {
        Other,
        Letter,
        Digit,
        Currency,
        Opening,
        Closing,
        Symbol,
    }
}
