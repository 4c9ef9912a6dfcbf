using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Widget.Extraction;

/// <summary>
/// Reads workbooks: every visible sheet with its name, row by row, with the saved values of formulas. What the workbook hides is left out,
/// because it may be confidential. Sheets are streamed, so only the amount of text is limited.
/// </summary>
public sealed class XlsxExtractor : IExtractor
{
    public bool Supports(string mediaType) => mediaType == MediaTypes.Xlsx;

    public ExtractedDocument Extract(RawDocument document) => OfficePackage.Read(document.Content, "an Excel workbook", stream =>
    {
        using var file = SpreadsheetDocument.Open(stream, isEditable: false);
        var main = file.WorkbookPart ?? throw new InvalidDataException("No workbook part.");
        var values = new CellValues(
            SharedStrings(main),
            new CellFormats(main),
            main.Workbook.CalculationProperties?.FullCalculationOnLoad?.Value ?? false);
        var notice = new WorkbookNotice();
        var blocks = new List<Block>();
        foreach (var sheet in main.Workbook.Sheets?.Elements<Sheet>() ?? [])
        {
            if (sheet.Id?.Value is not { } relation || main.GetPartById(relation) is not WorksheetPart part) continue;
            var name = string.IsNullOrWhiteSpace(sheet.Name?.Value) ? "Sheet" : HtmlExtractor.CollapseWhiteSpace(sheet.Name.Value);
            if (sheet.State?.InnerText is "hidden" or "veryHidden")
            {
                notice.AddHiddenSheet(name);
                continue;
            }

            var rows = new SheetReader(part, name, values, notice).Read();
            if (rows.Count == 0) continue;
            blocks.Add(new Block(BlockKind.Heading, name, 1));
            blocks.AddRange(rows);
        }

        return new ExtractedDocument(file.PackageProperties.Title?.Trim(), null, blocks)
        {
            Notice = notice.ToString(),
            NoTextReason = notice.Hidden() is { } hidden ? $"Everything in this workbook is hidden. {hidden}" : null,
        };
    });

    private static List<string> SharedStrings(WorkbookPart main)
    {
        var strings = new List<string>();
        if (main.SharedStringTablePart is not { } part) return strings;
        using var reader = OpenXmlReader.Create(part);
        while (reader.Read())
        {
            if (reader.ElementType == typeof(SharedStringItem) && reader.IsStartElement)
                strings.Add(CellValues.TextOf((SharedStringItem)reader.LoadCurrentElement()!));
        }

        return strings;
    }
}
