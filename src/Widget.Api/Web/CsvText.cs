using System.Buffers;
using System.Text.RegularExpressions;

namespace Widget.Api.Web;

/// <summary>Writes rows of CSV (RFC 4180) that a spreadsheet shows as text and never runs as formulas.</summary>
internal static partial class CsvText
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(";,\t\"\r\n");

    /// <summary>Writes a row, which ends with CR LF.</summary>
    /// <param name="cells">The cells; null is an empty one.</param>
    /// <param name="separator">What separates the cells.</param>
    public static string Row(IEnumerable<string?> cells, char separator) =>
        string.Join(separator, cells.Select(cell => Cell(cell, separator))) + "\r\n";

    // A program that expects another separator, or does not know quotes, sees other cells. So an apostrophe also goes before what would
    // begin a formula in one of those: after a separator, a quote or a line break.
    private static string Cell(string? text, char separator)
    {
        if (string.IsNullOrEmpty(text)) return "";
        // Excel splits its own format at tabs, even within quotes.
        if (separator == '\t') text = InnerTab().Replace(text, " ");
        text = Formula().Replace(text, "'");
        return text.AsSpan().ContainsAny(NeedQuotes) || text[0] == ' ' || text[^1] == ' '
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
    }

    // Full-width signs are formulas in Japanese versions.
    [GeneratedRegex(@"(?<=^|[;,\t\r\n""])(?=[=+\-@\t\r＝＋－＠])", RegexOptions.None, 1000)]
    private static partial Regex Formula();

    [GeneratedRegex(@"(?<!^)\t", RegexOptions.None, 1000)]
    private static partial Regex InnerTab();
}
