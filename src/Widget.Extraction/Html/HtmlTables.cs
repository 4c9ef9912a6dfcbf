using System.Globalization;
using AngleSharp.Dom;

namespace Widget.Extraction;

/// <summary>Reads the tables of a page. A nested table belongs to its cell.</summary>
internal static class HtmlTables
{
    /// <summary>Whether a table only arranges other content: its cells are read as blocks.</summary>
    public static bool IsLayout(IElement table)
    {
        if (table.GetAttribute("role") is "presentation" or "none") return true;
        if (table.Children.Any(child => child.LocalName is "caption" or "thead")) return false;
        var cells = Rows(table).SelectMany(Cells).Take(2).ToList();
        if (cells.Count == 1) return true;
        return !Rows(table).SelectMany(Cells).Any(cell => cell.LocalName == "th")
            && table.QuerySelector("table, h1, h2, h3, h4, h5, h6") is not null;
    }

    /// <summary>Returns the table's title; null when it has none.</summary>
    public static string? Caption(IElement table) =>
        table.Children.FirstOrDefault(child => child.LocalName == "caption") is { } caption
            && InlineText.Of(caption) is { Length: > 0 } text
                ? text
                : null;

    /// <summary>Returns a line for each row; empty when the table has no text.</summary>
    public static string Write(IElement table)
    {
        var rows = Rows(table).ToList();
        var headerRows = rows.TakeWhile(row => row.ParentElement?.LocalName == "thead" || IsHeader(row)).Count();
        return TableText.Write(
            rows.ConvertAll(row => (IReadOnlyList<TextCell>)[.. Cells(row).Select(cell => Cell(cell))]),
            headerRows > 0 ? ColumnNames.Declared : ColumnNames.Unknown,
            headerRows);
    }

    private static IEnumerable<IElement> Rows(IElement table) => table.Children
        .SelectMany(child => child.LocalName switch
        {
            "thead" or "tbody" or "tfoot" => child.Children.Where(row => row.LocalName == "tr"),
            "tr" => [child],
            _ => [],
        });

    private static IEnumerable<IElement> Cells(IElement row) => row.Children.Where(cell => cell.LocalName is "td" or "th");

    // The empty corner above the rows' names is often an ordinary cell.
    private static bool IsHeader(IElement row)
    {
        var cells = Cells(row).ToList();
        return cells.Exists(cell => cell.LocalName == "th")
            && cells.Select((cell, i) => cell.LocalName == "th" || (i == 0 && cells.Count > 1 && InlineText.Of(cell).Length == 0))
                .All(isHeader => isHeader);
    }

    private static TextCell Cell(IElement cell)
    {
        var text = InlineText.Of(cell);
        if (text.Length == 0) text = TextOfImage(cell);
        return new TextCell(text, cell.LocalName == "th" || IsBold(cell, text), Span(cell, "colspan"), Span(cell, "rowspan"));
    }

    // A check mark is often an image.
    private static string TextOfImage(IElement cell)
    {
        var image = cell.QuerySelector("img[alt], [aria-label]");
        return HtmlExtractor.CollapseWhiteSpace(image?.GetAttribute("alt") ?? image?.GetAttribute("aria-label"));
    }

    private static bool IsBold(IElement cell, string text) =>
        text.Length > 0 && cell.QuerySelector("b, strong") is { } bold && InlineText.Of(bold) == text;

    // The digits at the beginning count, as in 100% (HTML standard, 2.3.4.2). A row span of zero means all remaining rows.
    private static int Span(IElement cell, string attribute)
    {
        var digits = string.Concat((cell.GetAttribute(attribute) ?? "").TrimStart().TakeWhile(char.IsAsciiDigit));
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var span)
            ? span == 0 && attribute == "rowspan" ? int.MaxValue / 2 : span
            : 1;
    }
}
