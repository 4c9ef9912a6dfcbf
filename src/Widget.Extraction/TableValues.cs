using System.Globalization;
using System.Text.RegularExpressions;

namespace Widget.Extraction;

/// <summary>Tells the values of a table from the names of its columns.</summary>
internal static partial class TableValues
{
    private const int MaxValueLength = 40;

    /// <summary>Whether a text is a number, an amount of money, or a mark such as ✓ or –.</summary>
    public static bool IsNumberOrMark(string text) =>
        char.IsDigit(text[0])
        || text is ['✓' or '✔' or '✗' or '✘' or '–' or '-' or '—']
        || (text.Length > 1
            && (char.GetUnicodeCategory(text[0]) == UnicodeCategory.CurrencySymbol || text[0] is '+' or '-' or '−')
            && text.Any(char.IsDigit));

    /// <summary>Whether a text contains an amount, such as "from 149 €", or says that there is none, such as "on request".</summary>
    public static bool IsValue(string text) =>
        text.Length <= MaxValueLength && (IsNumberOrMark(text) || Amount().IsMatch(text) || Words().IsMatch(text));

    /// <summary>Whether a text is an amount in words or says that there is none. Such a text is never the name of a column.</summary>
    public static bool IsAmount(string text) => text.Length <= MaxValueLength && !char.IsDigit(text[0]) && Amount().IsMatch(text);

    /// <summary>Whether a text that begins with a digit may be a column's name: a year, a date, or "12 months", but no price.</summary>
    public static bool MayBeName(string text) => IsYear(text)
        || Date().IsMatch(text)
        || (char.IsDigit(text[0]) && text.Count(char.IsLetter) > 1 && !Amount().IsMatch(text));

    /// <summary>A key that is equal for texts of the same kind: years, dates, numbers with the same unit, and texts.</summary>
    public static string KindOf(string text) => IsYear(text) ? "year"
        : Date().IsMatch(text) ? "date"
        : IsNumberOrMark(text) ? "number " + Unit(text).TrimEnd('s', 'S')
        : "text";

    /// <summary>The text without its number.</summary>
    public static string Unit(string number) =>
        string.Concat(number.Where(character => !char.IsDigit(character) && character is not ('.' or ',' or ' ' or '-' or '–')));

    private static bool IsYear(string text) =>
        text.Length == 4
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var year)
        && year is >= 1900 and <= 2100;

    [GeneratedRegex(@"^\d{4}-\d{2}(-\d{2})?$|^\d{1,2}/\d{4}$|^\d{1,2}[./]\d{1,2}[./]\d{2,4}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Date();

    [GeneratedRegex(
        @"(\p{Sc}|\b(EUR|USD|CHF|GBP))\s*\d|\d\s*(\p{Sc}|(EUR|USD|CHF|GBP|euros?|dollars?|pounds?)\b|,-)"
            + @"|^(on request|upon request|auf anfrage|sur demande|bajo petición|a petición|su richiesta|sob consulta|op aanvraag|n/a)$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex Amount();

    // A plan may be named "Free" or "Unlimited", so these words are values only beside amounts.
    [GeneratedRegex(
        @"^(free|included|unlimited|yes|no|none|kostenlos|gratis|inklusive|unbegrenzt|ja|nein|gratuit|inclus|illimité|oui|non|incluido"
            + @"|ilimitado|sí|incluso|illimitato|sì|grátis|incluído|sim|não)$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex Words();
}
