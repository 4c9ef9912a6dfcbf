using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Widget.Extraction;

/// <summary>Returns the values of a workbook's cells as displayed.</summary>
/// <param name="sharedStrings">The texts that cells refer to by number.</param>
/// <param name="formats">The number formats.</param>
/// <param name="isUncalculated">
/// Whether the file asks to be calculated when it is opened. Libraries that can't calculate save 0 as the value of each formula.
/// </param>
internal sealed class CellValues(List<string> sharedStrings, CellFormats formats, bool isUncalculated)
{
    public RowBlocks.Cell Of(Cell cell)
    {
        if (IsFormulaWithoutValue(cell)) return new("", IsText: false);
        var raw = cell.CellValue?.Text ?? "";
        return cell.DataType?.InnerText switch
        {
            "s" => new(SharedString(raw), IsText: true),
            "inlineStr" => new(cell.InlineString is { } inline ? TextOf(inline) : "", IsText: true),
            "str" => new(HtmlExtractor.CollapseWhiteSpace(raw), IsText: true),
            "b" => new(raw == "1" ? "yes" : "no", IsText: false),
            "e" => new("", IsText: false),
            "d" => new(raw, IsText: false),
            _ => new(formats.Format(raw, cell.StyleIndex?.Value), IsText: false),
        };
    }

    /// <summary>Whether the cell's number format displays nothing.</summary>
    public bool IsHidden(Cell cell, RowBlocks.Cell value) => formats.IsHidden(cell.StyleIndex?.Value, value.IsText);

    /// <summary>Whether the cell has a formula whose result is not stored. An empty text as a result is stored.</summary>
    public bool IsFormulaWithoutValue(Cell cell) =>
        cell.CellFormula is not null
        && cell.DataType?.InnerText is not "str"
        && (string.IsNullOrEmpty(cell.CellValue?.Text)
            || (isUncalculated && cell.CellValue.Text == "0" && cell.DataType?.InnerText is null or "n"));

    public static bool IsError(Cell cell) => cell.DataType?.InnerText == "e";

    // Phonetic guides (furigana) are not part of the text.
    public static string TextOf(OpenXmlElement item) => HtmlExtractor.CollapseWhiteSpace(RaisedText.Resolve(string.Concat(item
        .Descendants<Text>()
        .Where(text => text.Parent is not PhoneticRun)
        .Select(text => IsRaised(text) ? RaisedText.Mark(text.Text) : text.Text))));

    private static bool IsRaised(Text text) =>
        text.Parent is Run { RunProperties: { } properties }
        && properties.GetFirstChild<VerticalTextAlignment>()?.Val?.InnerText is "superscript" or "subscript";

    private string SharedString(string index) =>
        int.TryParse(index, CultureInfo.InvariantCulture, out var position) && position >= 0 && position < sharedStrings.Count
            ? sharedStrings[position]
            : "";
}
