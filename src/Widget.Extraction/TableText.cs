using System.Text;
using Slot = Widget.Extraction.TableGrid.Slot;

namespace Widget.Extraction;

/// <summary>A cell of a table in a text document.</summary>
/// <param name="Text">Its text in one line; empty when it has none.</param>
/// <param name="IsHeader">Whether it is marked as a header, or is in bold.</param>
/// <param name="Columns">Number of columns that it covers.</param>
/// <param name="Rows">Number of rows that it covers.</param>
internal readonly record struct TextCell(string Text, bool IsHeader = false, int Columns = 1, int Rows = 1);

/// <summary>What a document says about the rows with a table's column names.</summary>
internal enum ColumnNames
{
    /// <summary>The first rows may be names, if their texts show it.</summary>
    Unknown,

    /// <summary>The first row usually has the names.</summary>
    Likely,

    /// <summary>The given number of rows has the names.</summary>
    Declared,
}

/// <summary>
/// Writes a table as text, one line for each row. Each value is preceded by the name of its column, and each row by the name of its group,
/// so that a row can be understood, found and quoted alone. A cell that covers several rows or columns counts in each of them.
/// </summary>
public sealed class TableText
{
    private const int MaxNameLength = 100;
    private const int MaxHeaderRows = 4;

    // A longer text that covers several columns is written once.
    private const int MaxRepeatedLength = 60;

    /// <summary>Separates the cells of a line.</summary>
    public const string Separator = " | ";

    private readonly List<Slot?[]> _grid;
    private readonly int _width;
    private readonly List<string> _lines = [];
    private int _firstValueRow;
    private string[] _names = [];
    private (string Name, bool IsUsed)? _group;
    private long _length;

    private TableText(IReadOnlyList<IReadOnlyList<TextCell>> rows)
    {
        _grid = TableGrid.Expand(rows);
        // Empty columns at the end do not count, nor those in which no cell begins: a span may be wider than the table.
        _width = _grid.Count == 0 ? 0 : _grid.Max(slots => Array.FindLastIndex(slots, IsFilled) + 1);
        var begun = _grid.SelectMany(slots => slots).Max(slot => slot?.FirstColumn + 1) ?? 0;
        if (begun >= _width) return;
        _width = begun;
        for (var row = 0; row < _grid.Count; row++)
            _grid[row] = [.. _grid[row].Take(begun).Select(slot => slot?.Within(begun))];
    }

    /// <summary>Returns the lines; empty when the table has no text.</summary>
    /// <param name="rows">The cells of each row. A cell that covers several rows is only in the first of them.</param>
    /// <param name="names">What is known about the column names.</param>
    /// <param name="headerRows">Number of rows with names if <paramref name="names"/> are declared.</param>
    /// <exception cref="IngestionFailureException">The table has too much text.</exception>
    internal static string Write(IReadOnlyList<IReadOnlyList<TextCell>> rows, ColumnNames names, int headerRows = 0)
    {
        var filled = rows.Where(row => row.Any(cell => cell.Text.Length > 0)).ToList();
        if (filled.Count == 0) return "";
        // Empty rows around the table do not count. Those within it may continue cells that cover several rows.
        var before = rows.TakeWhile(row => row != filled[0]).Count();
        var after = rows.Reverse().TakeWhile(row => row != filled[^1]).Count();
        return new TableText([.. rows.Skip(before).SkipLast(after)]).Write(names, headerRows - before);
    }

    private string Write(ColumnNames names, int headerRows)
    {
        var first = 0;
        for (; first < _grid.Count && IsTitle(_grid[first]); first++) BeginGroup(_grid[first].First(IsFilled)!.Text);
        // A title below the names begins the first group.
        headerRows = names == ColumnNames.Declared
            ? _grid.Skip(first).Take(headerRows - first).TakeWhile(slots => !IsTitle(slots)).Count()
            : LooksLikeNames(first, names) ? 1 : 0;
        if (headerRows > 0) headerRows = CompleteHeader(first, headerRows);
        // If the names leave no row of values, they are ordinary text.
        if (first + headerRows >= _grid.Count) headerRows = 0;
        SetNames(first, headerRows);
        _firstValueRow = first + headerRows;
        for (var row = _firstValueRow; row < _grid.Count; row++) WriteRow(row);
        EndGroup();
        return string.Join('\n', _lines);
    }

    private void WriteRow(int row)
    {
        var slots = _grid[row];
        if (!slots.Any(IsFilled)) return;
        if (IsGroup(row)) BeginGroup(slots.First(IsFilled)!.Text);
        else if (IsRepeatedHeader(row)) SetNames(row, 1);
        else AddToGroup(RenderRow(row));
    }

    private string RenderRow(int row)
    {
        var slots = _grid[row];
        var line = new StringBuilder();
        for (var column = 0; column < slots.Length; column++)
        {
            if (slots[column] is not { Text.Length: > 0 } slot || slot.FirstColumn != column) continue;
            var covered = Enumerable.Range(column, Math.Min(slot.Columns, slots.Length - column));
            var names = covered.Select(NameOf).Distinct(StringComparer.Ordinal).ToList();
            if (names.Count > 1 && slot.Text.Length > MaxRepeatedLength) names = [string.Join(", ", names.Where(name => name.Length > 0))];
            foreach (var name in names)
            {
                if (line.Length > 0) line.Append(IsLabel(slots, column) ? ": " : Separator);
                if (name.Length > 0) line.Append(name).Append(": ");
                line.Append(slot.Text);
            }
        }

        return line.ToString();
    }

    // In a table without column names, a header and one value are a label and its value.
    private bool IsLabel(Slot?[] slots, int column) =>
        _names.Length == 0
        && column == 1
        && slots[0] is { IsHeader: true, Columns: 1 }
        && slots[1] is { IsHeader: false }
        && slots.Count(IsFilled) == 2;

    private string NameOf(int column) => column < _names.Length ? _names[column] : "";

    private void SetNames(int first, int count)
    {
        if (count == 0) return;
        _names = new string[_width];
        for (var column = 0; column < _width; column++)
        {
            _names[column] = string.Join(
                " – ",
                Enumerable.Range(first, count)
                    .Select(row => column < _grid[row].Length ? _grid[row][column]?.Text ?? "" : "")
                    .Where(text => text.Length > 0)
                    .Distinct(StringComparer.Ordinal));
        }
    }

    // Returns the number of header rows. A header continues in the next row if one of its cells reaches into it, or if a name covers
    // several columns and the next row has only names.
    private int CompleteHeader(int first, int count)
    {
        while (first + count < _grid.Count - 1 && count < MaxHeaderRows)
        {
            var last = _grid[first + count - 1];
            var hasCellInNextRow = last.Any(slot => slot is not null && slot.LastRow >= first + count && slot.Text.Length > 0);
            var hasNameOfSeveralColumns = last.Any(slot => slot is { Columns: > 1 }) && !IsTitle(last);
            var next = _grid[first + count];
            var isRowOfNames = next.Count(IsFilled) > 1 && next.Where(IsFilled).All(slot => IsName(slot!));
            if (!hasCellInNextRow && !(hasNameOfSeveralColumns && isRowOfNames)) break;
            count++;
        }

        return count;
    }

    private bool LooksLikeNames(int row, ColumnNames names)
    {
        if (row + 1 >= _grid.Count) return false;
        var slots = _grid[row].OfType<Slot>().Distinct().ToList();
        var isCornerEmpty = _grid[row].Length > 0 && !IsFilled(_grid[row][0]);
        var cells = slots.Where(IsFilled).ToList();
        var empty = slots.Count - cells.Count - (isCornerEmpty ? 1 : 0);
        if (cells.Count < (isCornerEmpty ? 1 : 2) || empty > 1 || (empty == 1 && !IsUsedBelow(row))) return false;
        if (!AreNames(row, cells) || cells.Select(slot => slot.Text).Distinct(StringComparer.OrdinalIgnoreCase).Count() < cells.Count)
            return false;
        // The names may go on in the next row.
        var below = _grid.Skip(row + CompleteHeader(row, 1)).Where(other => !IsTitle(other)).ToList();
        if (below.Count == 0) return false;
        return (isCornerEmpty && cells.Count > 1)
            || (cells.TrueForAll(slot => slot.IsHeader) && !below.Exists(other => other.Skip(1).Any(slot => slot is { IsHeader: true })))
            || (names == ColumnNames.Likely && _width > 2)
            || HasColumnOfNumbers(below, names);
    }

    // Years, dates and texts such as "12 months" are names if the row below has values of another kind.
    private bool AreNames(int row, List<Slot> cells)
    {
        var others = cells.Where(slot => !IsName(slot)).ToList();
        if (others.Count == 0) return true;
        var next = _grid.Skip(row + 1).FirstOrDefault(other => !IsTitle(other)) ?? _grid[row + 1];
        return cells.Exists(IsName)
            && _width > 2
            && others.TrueForAll(slot => slot.Text.Length <= MaxNameLength && TableValues.MayBeName(slot.Text))
            && others.TrueForAll(slot => ValueIn(next, slot) is not { } value || TableValues.KindOf(value) != TableValues.KindOf(slot.Text))
            && others.Exists(slot => ValueIn(next, slot) is { } value && TableValues.IsValue(value));

        static string? ValueIn(Slot?[] slots, Slot name) =>
            name.FirstColumn < slots.Length && slots[name.FirstColumn] is { Text.Length: > 0 } slot ? slot.Text : null;
    }

    // A column without a name counts only if it has values.
    private bool IsUsedBelow(int row)
    {
        var column = Array.FindIndex(_grid[row], 1, slot => !IsFilled(slot));
        return column > 0 && _grid.Skip(row + 1).Any(other => column < other.Length && IsFilled(other[column]));
    }

    private bool HasColumnOfNumbers(List<Slot?[]> rows, ColumnNames names) =>
        Enumerable.Range(0, _width).Any(column =>
        {
            var values = rows.Where(other => column < other.Length && IsFilled(other[column]))
                .Select(other => other[column]!.Text)
                .ToList();
            // Two columns may also be labels and values. Then the values have different units.
            if (values.Count == 0 || !values.TrueForAll(_width > 2 ? TableValues.IsValue : TableValues.IsNumberOrMark)) return false;
            return (_width > 2 && values.Exists(value => value.Any(char.IsDigit) || TableValues.IsNumberOrMark(value)))
                || ((values.Count > 1 || names == ColumnNames.Likely)
                    && values.Select(TableValues.Unit).Distinct(StringComparer.OrdinalIgnoreCase).Count() == 1);
        });

    // A row of header cells among the values begins another part of the table.
    private bool IsRepeatedHeader(int row)
    {
        var filled = _grid[row].OfType<Slot>().Where(IsFilled).Distinct().ToList();
        return filled.Count > 1
            && row + 1 < _grid.Count
            && filled.TrueForAll(slot => slot.IsHeader && slot.FirstRow == row && IsName(slot));
    }

    // The only text of a row, in a cell that covers the table or is a header, names the rows below it.
    private bool IsGroup(int row)
    {
        var slots = _grid[row];
        if (_width < 2 || row + 1 >= _grid.Count || slots.Where(IsFilled).Distinct().Count() != 1) return false;
        var slot = slots.First(IsFilled)!;
        if (slot.FirstRow != row || slot.LastRow > row || slot.Text.Length > MaxNameLength) return false;
        if (slot.FirstColumn + slot.Columns >= _width && slot.FirstColumn == 0) return slot.Text[^1] is not ('.' or '!' or '?');
        // If every row begins with a header, this row is one without values.
        var rowsHaveHeaders = _grid.Skip(_firstValueRow).Any(other => other.Count(IsFilled) > 1 && other[0] is { IsHeader: true });
        return slot.IsHeader && (slot.Columns > 1 || !rowsHaveHeaders);
    }

    private bool IsTitle(Slot?[] slots) =>
        _width > 1
        && slots.Length >= _width
        && slots[0] is { Text.Length: > 0 and <= MaxNameLength } slot
        && slot.Columns >= _width
        && slot.FirstRow == slot.LastRow;

    private void BeginGroup(string name)
    {
        EndGroup();
        _group = (name, false);
    }

    // A name without rows below it is kept as a line.
    private void EndGroup()
    {
        if (_group is { IsUsed: false } group) AddLine(group.Name);
        _group = null;
    }

    private void AddToGroup(string line)
    {
        if (_group is { } group)
        {
            line = group.Name + Separator + line;
            _group = group with { IsUsed = true };
        }

        AddLine(line);
    }

    private void AddLine(string line)
    {
        _length += line.Length;
        if (_length > Extractors.MaxTextLength) throw new IngestionFailureException(Extractors.TooLong);
        _lines.Add(line);
    }

    private static bool IsFilled(Slot? slot) => slot is { Text.Length: > 0 };

    private static bool IsName(Slot slot) =>
        slot.Text.Length <= MaxNameLength && !TableValues.IsNumberOrMark(slot.Text) && !TableValues.IsAmount(slot.Text);
}
