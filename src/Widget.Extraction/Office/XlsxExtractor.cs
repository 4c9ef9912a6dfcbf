using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Widget.Extraction;

/// <summary>
/// Reads workbooks: every visible sheet with its name, row by row, with the saved values of formulas. Sheets are streamed, so only the
/// amount of text is limited.
/// </summary>
public sealed class XlsxExtractor : IExtractor
{
    public bool Supports(string mediaType) => mediaType == MediaTypes.Xlsx;

    public ExtractedDocument Extract(RawDocument document) => OfficePackage.Read(document.Content, "an Excel workbook", stream =>
    {
        using var file = SpreadsheetDocument.Open(stream, isEditable: false);
        var main = file.WorkbookPart ?? throw new InvalidDataException("No workbook part.");
        var strings = SharedStrings(main);
        var formats = new CellFormats(main);
        var blocks = new List<Block>();
        foreach (var sheet in main.Workbook.Sheets?.Elements<Sheet>() ?? [])
        {
            if (sheet.State?.InnerText is "hidden" or "veryHidden") continue;
            if (sheet.Id?.Value is not { } relation || main.GetPartById(relation) is not WorksheetPart part) continue;
            var rows = new RowBlocks();
            ReadSheet(part, strings, formats, rows);
            var read = rows.Finish();
            if (read.Count == 0) continue;
            blocks.Add(new Block(BlockKind.Heading, SheetTitle(sheet.Name?.Value), 1));
            blocks.AddRange(read);
        }

        var declaredTitle = file.PackageProperties.Title?.Trim();
        return new ExtractedDocument(string.IsNullOrEmpty(declaredTitle) ? null : declaredTitle, null, blocks);
    });

    private static string SheetTitle(string? name) => string.IsNullOrWhiteSpace(name) ? "Sheet" : HtmlExtractor.CollapseWhiteSpace(name);

    private static List<string> SharedStrings(WorkbookPart main)
    {
        var strings = new List<string>();
        if (main.SharedStringTablePart is not { } part) return strings;
        using var reader = OpenXmlReader.Create(part);
        while (reader.Read())
        {
            if (reader.ElementType == typeof(SharedStringItem) && reader.IsStartElement)
                strings.Add(TextOf((SharedStringItem)reader.LoadCurrentElement()!));
        }

        return strings;
    }

    private static void ReadSheet(WorksheetPart part, List<string> strings, CellFormats formats, RowBlocks rows)
    {
        using var reader = OpenXmlReader.Create(part);
        var number = 0;
        while (reader.Read())
        {
            if (reader.ElementType != typeof(Row) || !reader.IsStartElement) continue;
            var row = (Row)reader.LoadCurrentElement()!;
            number = (int)(row.RowIndex?.Value ?? (uint)(number + 1));
            var cells = new SortedDictionary<int, RowBlocks.Cell>();
            var column = -1;
            foreach (var cell in row.Elements<Cell>())
            {
                column = Column(cell.CellReference?.Value) ?? column + 1;
                var value = Value(cell, strings, formats);
                if (value.Text.Length > 0) cells[column] = value;
            }

            rows.Add(number, cells);
        }
    }

    private static RowBlocks.Cell Value(Cell cell, List<string> strings, CellFormats formats)
    {
        var raw = cell.CellValue?.Text ?? "";
        return cell.DataType?.InnerText switch
        {
            "s" => new(
                int.TryParse(raw, CultureInfo.InvariantCulture, out var index) && index >= 0 && index < strings.Count ? strings[index] : "",
                IsText: true),
            "inlineStr" => new(cell.InlineString is { } inline ? TextOf(inline) : "", IsText: true),
            "str" => new(HtmlExtractor.CollapseWhiteSpace(raw), IsText: true),
            "b" => new(raw == "1" ? "yes" : "no", IsText: false),
            "e" => new("", IsText: false),
            "d" => new(raw, IsText: false),
            _ => new(formats.Format(raw, cell.StyleIndex?.Value), IsText: false),
        };
    }

    // Phonetic guides (furigana) are not part of the text.
    private static string TextOf(OpenXmlElement item) => HtmlExtractor.CollapseWhiteSpace(string.Concat(item
        .Descendants<Text>()
        .Where(text => text.Parent is not PhoneticRun)
        .Select(text => text.Text)));

    private static int? Column(string? reference)
    {
        if (string.IsNullOrEmpty(reference)) return null;
        var column = 0;
        foreach (var letter in reference)
        {
            if (!char.IsAsciiLetterUpper(letter)) break;
            column = (column * 26) + letter - 'A' + 1;
            if (column > 20_000) return null;
        }

        return column - 1;
    }
}
