using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Widget.Extraction;

/// <summary>Reads the visible cells of a sheet. A merged cell's value counts for every row that the cell covers.</summary>
internal sealed class SheetReader(WorksheetPart part, string name, CellValues values, WorkbookNotice notice)
{
    private readonly SheetLayout _layout = SheetLayout.Read(part);
    private readonly HashSet<int> _hiddenColumns = [];
    private readonly List<(MergedRange Range, RowBlocks.Cell Value)> _merged = [];

    public List<Block> Read()
    {
        var blocks = new RowBlocks();
        using var reader = OpenXmlReader.Create(part);
        var (number, hiddenRows) = (0, 0);
        while (reader.Read())
        {
            if (reader.ElementType != typeof(Row) || !reader.IsStartElement) continue;
            var row = (Row)reader.LoadCurrentElement()!;
            number = (int)(row.RowIndex?.Value ?? (uint)(number + 1));
            if (_layout.IsHiddenRow(number))
            {
                if (ReadHidden(row, number)) hiddenRows++;
            }
            else
            {
                blocks.Add(number, ReadVisible(row, number));
            }
        }

        notice.AddHidden(hiddenRows, _hiddenColumns.Count);
        return blocks.Finish();
    }

    private SortedDictionary<int, RowBlocks.Cell> ReadVisible(Row row, int number)
    {
        var cells = new SortedDictionary<int, RowBlocks.Cell>();
        foreach (var (column, cell) in Cells(row))
        {
            var value = values.Of(cell);
            var merged = _layout.MergedAt(number, column);
            if (merged is { } covered ? _layout.FirstVisibleColumn(covered) is not null : !_layout.IsHiddenColumn(column))
            {
                if (values.IsFormulaWithoutValue(cell)) notice.AddFormulaWithoutValue(name, cell.CellReference?.Value);
                if (CellValues.IsError(cell)) notice.AddError();
            }

            if (merged is { } range)
            {
                if (value.Text.Length > 0 && !values.IsHidden(cell, value)) _merged.Add((range, value));
                continue;
            }

            if (_layout.IsHiddenColumn(column))
            {
                if (value.Text.Length > 0) _hiddenColumns.Add(column);
                continue;
            }

            if (value.Text.Length == 0) continue;
            if (values.IsHidden(cell, value)) notice.AddHiddenCell();
            else cells[column] = value;
        }

        AddMerged(cells, number);
        return cells;
    }

    private void AddMerged(SortedDictionary<int, RowBlocks.Cell> cells, int row)
    {
        _merged.RemoveAll(merged => merged.Range.LastRow < row);
        foreach (var (range, value) in _merged)
        {
            if (_layout.FirstVisibleColumn(range) is { } column)
                cells[column] = value with { Columns = _layout.VisibleColumns(range) == 1 ? 1 : range.LastColumn - column + 1 };
            else _hiddenColumns.Add(range.FirstColumn);
        }
    }

    // A merged cell that begins in a hidden row is displayed in its visible rows. Returns whether the row has any content.
    private bool ReadHidden(Row row, int number)
    {
        var hasContent = false;
        foreach (var (column, cell) in Cells(row))
        {
            var value = values.Of(cell);
            if (value.Text.Length == 0) continue;
            hasContent = true;
            if (_layout.MergedAt(number, column) is { } range && range.LastRow > number && !values.IsHidden(cell, value))
                _merged.Add((range, value));
        }

        return hasContent;
    }

    private static IEnumerable<(int Column, Cell Cell)> Cells(Row row)
    {
        var column = -1;
        foreach (var cell in row.Elements<Cell>())
        {
            column = SheetLayout.ParseColumn(cell.CellReference?.Value) ?? column + 1;
            yield return (column, cell);
        }
    }
}
