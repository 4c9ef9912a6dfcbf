using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Widget.Extraction;

/// <summary>Reads the tables of a Word document. A nested table belongs to its cell.</summary>
internal static class WordTables
{
    /// <summary>Returns a line for each row; empty when the table has no text.</summary>
    public static string Write(Table table)
    {
        var rows = RowsOf(table).Where(row => !WordText.IsDeleted(row)).ToList();
        // Rows that Word repeats on every page have the column names.
        var headerRows = rows.TakeWhile(row => row.TableRowProperties?.GetFirstChild<TableHeader>() is not null).Count();
        var names = headerRows > 0 ? ColumnNames.Declared
            : table.GetFirstChild<TableProperties>()?.TableLook?.FirstRow?.Value == false ? ColumnNames.Unknown
            : ColumnNames.Likely;
        return TableText.Write(Cells(rows), names, headerRows);
    }

    private static List<IReadOnlyList<TextCell>> Cells(List<TableRow> rows)
    {
        var table = rows.ConvertAll(row => new List<TextCell>());
        // The open vertical merge of each column: its first row, and the index of its cell there.
        var merged = new Dictionary<int, (int Row, int Index)>();
        for (var number = 0; number < rows.Count; number++)
        {
            var column = rows[number].TableRowProperties?.GetFirstChild<GridBefore>()?.Val?.Value ?? 0;
            if (column > 0) table[number].Add(new TextCell("", Columns: column));
            foreach (var cell in CellsOf(rows[number]).Where(cell => !WordText.IsDeleted(cell)))
            {
                var properties = cell.TableCellProperties;
                var columns = Math.Max(1, properties?.GridSpan?.Val?.Value ?? 1);
                var continues = properties?.VerticalMerge is { } vertical && vertical.Val?.Value is not MergedCellValues.Restart;
                if (continues && merged.TryGetValue(column, out var start))
                {
                    var first = table[start.Row][start.Index];
                    table[start.Row][start.Index] = first with { Rows = number - start.Row + 1 };
                }
                else if (properties?.HorizontalMerge is { } horizontal && horizontal.Val?.Value is not MergedCellValues.Restart
                    && table[number] is [.., var left])
                {
                    table[number][^1] = left with { Columns = left.Columns + columns };
                }
                else
                {
                    merged.Remove(column);
                    if (properties?.VerticalMerge is not null) merged[column] = (number, table[number].Count);
                    table[number].Add(new TextCell(TextOf(cell), IsBold(cell), columns));
                }

                column += columns;
            }
        }

        return [.. table];
    }

    private static string TextOf(OpenXmlElement cell)
    {
        var parts = new List<string>();
        foreach (var child in cell.ChildElements)
        {
            switch (child)
            {
                case Paragraph paragraph:
                    parts.Add(WordText.Of(paragraph));
                    parts.AddRange(WordText.Boxes(paragraph).Select(TextOf));
                    break;
                case Table table:
                    parts.Add(Write(table).Replace("\n", "; ", StringComparison.Ordinal));
                    break;
                case SdtBlock { SdtContentBlock: { } content }:
                    parts.Add(TextOf(content));
                    break;
                case CustomXmlBlock or AlternateContent or AlternateContentChoice:
                    parts.Add(TextOf(child));
                    break;
            }
        }

        return HtmlExtractor.CollapseWhiteSpace(string.Join(' ', parts));
    }

    private static bool IsBold(TableCell cell)
    {
        var paragraphs = cell.Elements<Paragraph>().Where(paragraph => WordText.Of(paragraph).Length > 0).ToList();
        return paragraphs.Count > 0 && paragraphs.TrueForAll(WordText.IsBold);
    }

    // Rows and cells may be wrapped in content controls.
    private static IEnumerable<TableRow> RowsOf(Table table) =>
        table.Descendants<TableRow>().Where(row => row.Ancestors<Table>().First() == table);

    private static IEnumerable<TableCell> CellsOf(TableRow row) =>
        row.Descendants<TableCell>().Where(cell => cell.Ancestors<TableRow>().First() == row);
}
