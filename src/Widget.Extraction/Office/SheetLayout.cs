using System.Globalization;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace Widget.Extraction;

/// <summary>A range of merged cells. Columns count from 0 and rows from 1; both ends are included.</summary>
internal readonly record struct MergedRange(int FirstColumn, int FirstRow, int LastColumn, int LastRow);

/// <summary>
/// What a sheet shows: its hidden rows and columns, and its merged cells (ECMA-376 part 1, 18.3.1.13, 18.3.1.55 and 18.3.1.73). Rows that a
/// filter excludes are stored as hidden rows. Rows and columns of a folded outline group count as hidden.
/// </summary>
internal sealed class SheetLayout
{
    // A sheet has 16,384 columns.
    private const int MaxColumns = 20_000;

    private readonly HashSet<int> _hiddenColumns = [];
    private readonly HashSet<int> _hiddenRows = [];
    private readonly Dictionary<(int Row, int Column), MergedRange> _merged = [];

    private SheetLayout()
    {
    }

    public bool IsHiddenColumn(int column) => _hiddenColumns.Contains(column);

    public bool IsHiddenRow(int row) => _hiddenRows.Contains(row);

    /// <summary>Returns the range that has this cell as its upper left corner; null when there is none.</summary>
    public MergedRange? MergedAt(int row, int column) => _merged.TryGetValue((row, column), out var range) ? range : null;

    /// <summary>Returns the first visible column of a range; null when all are hidden.</summary>
    public int? FirstVisibleColumn(MergedRange range)
    {
        for (var column = range.FirstColumn; column <= range.LastColumn; column++)
            if (!IsHiddenColumn(column)) return column;
        return null;
    }

    /// <summary>Number of visible columns of a range.</summary>
    public int VisibleColumns(MergedRange range) =>
        Enumerable.Range(range.FirstColumn, range.LastColumn - range.FirstColumn + 1).Count(column => !IsHiddenColumn(column));

    public static SheetLayout Read(WorksheetPart part)
    {
        var layout = new SheetLayout();
        var (columns, rows) = (new List<Line>(), new List<Line>());
        var (summaryBelow, summaryRight) = (true, true);
        using var stream = part.GetStream(FileMode.Open, FileAccess.Read);
        using var xml = XmlReader.Create(stream);
        var row = 0;
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element) continue;
            switch (xml.LocalName)
            {
                case "outlinePr":
                    summaryBelow = xml.GetAttribute("summaryBelow") is not ("0" or "false");
                    summaryRight = xml.GetAttribute("summaryRight") is not ("0" or "false");
                    break;
                case "col":
                    var last = Math.Min(ReadNumber(xml, "max"), MaxColumns);
                    var isHiddenColumn = IsTrue(xml, "hidden") || IsZero(xml, "width");
                    for (var column = Math.Max(1, ReadNumber(xml, "min")); column <= last; column++)
                        columns.Add(new Line(column - 1, isHiddenColumn, ReadNumber(xml, "outlineLevel"), IsTrue(xml, "collapsed")));
                    break;
                case "row":
                    row = xml.GetAttribute("r") is null ? row + 1 : ReadNumber(xml, "r");
                    var isHiddenRow = IsTrue(xml, "hidden") || (IsTrue(xml, "customHeight") && IsZero(xml, "ht"));
                    rows.Add(new Line(row, isHiddenRow, ReadNumber(xml, "outlineLevel"), IsTrue(xml, "collapsed")));
                    break;
                case "mergeCell" when ParseRange(xml.GetAttribute("ref")) is { } range:
                    layout._merged[(range.FirstRow, range.FirstColumn)] = range;
                    break;
            }
        }

        layout._hiddenColumns.UnionWith(HiddenIndexes(columns, summaryRight));
        layout._hiddenRows.UnionWith(HiddenIndexes(rows, summaryBelow));
        return layout;
    }

    /// <summary>Returns the column of a cell's reference such as "B12", from 0; null when it is invalid.</summary>
    public static int? ParseColumn(string? reference)
    {
        if (string.IsNullOrEmpty(reference)) return null;
        var column = 0;
        foreach (var letter in reference)
        {
            if (!char.IsAsciiLetterUpper(letter)) break;
            column = (column * 26) + letter - 'A' + 1;
            if (column > MaxColumns) return null;
        }

        return column > 0 ? column - 1 : null;
    }

    // A folded group is marked at its summary line, which follows the group, or precedes it if the sheet says so.
    private static IEnumerable<int> HiddenIndexes(List<Line> lines, bool summaryFollows)
    {
        var ordered = lines.OrderBy(line => line.Index).ToList();
        var step = summaryFollows ? -1 : 1;
        for (var i = 0; i < ordered.Count; i++)
        {
            if (ordered[i].IsHidden) yield return ordered[i].Index;
            if (!ordered[i].IsCollapsed) continue;
            for (var j = i + step; j >= 0 && j < ordered.Count && IsInGroup(j); j += step) yield return ordered[j].Index;

            bool IsInGroup(int j) =>
                ordered[j].Level > ordered[i].Level && Math.Abs(ordered[j].Index - ordered[j - step].Index) == 1;
        }
    }

    private static MergedRange? ParseRange(string? reference)
    {
        if (reference?.Split(':') is not [var from, var to]) return null;
        return ParseColumn(from) is { } firstColumn
            && ParseColumn(to) is { } lastColumn
            && ParseRow(from) is { } firstRow
            && ParseRow(to) is { } lastRow
            && firstColumn <= lastColumn
            && firstRow <= lastRow
            ? new MergedRange(firstColumn, firstRow, lastColumn, lastRow)
            : null;
    }

    private static int? ParseRow(string reference)
    {
        var digits = reference.AsSpan().TrimStart("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var row) ? row : null;
    }

    private static int ReadNumber(XmlReader xml, string attribute) =>
        int.TryParse(xml.GetAttribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static bool IsTrue(XmlReader xml, string attribute) => xml.GetAttribute(attribute) is "1" or "true";

    private static bool IsZero(XmlReader xml, string attribute) =>
        double.TryParse(xml.GetAttribute(attribute), NumberStyles.Float, CultureInfo.InvariantCulture, out var size) && size == 0;

    // A row or a column.
    private readonly record struct Line(int Index, bool IsHidden, int Level, bool IsCollapsed);
}
