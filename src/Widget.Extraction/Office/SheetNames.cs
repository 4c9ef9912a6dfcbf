using Line = Widget.Extraction.RowBlocks.Line;

namespace Widget.Extraction;

/// <summary>Decides which rows of a sheet have the names of columns or of groups.</summary>
internal static class SheetNames
{
    private const int MaxNameLength = 100;

    // A year or a date in two columns is the value of a label.
    private const int MinColumnsWithDates = 3;

    // A row of a preface has a label and its value.
    private const int MaxPrefaceCells = 2;

    /// <summary>
    /// Returns the index of the row with the column names; -1 when there is none. The first row has two or more cells. It has the names if
    /// these are distinct texts and another row follows. Rows with two cells above a wider row of names are a preface.
    /// </summary>
    public static int Find(IReadOnlyList<Line> lines)
    {
        var wide = 0;
        while (wide < lines.Count && lines[wide].Cells.Count <= MaxPrefaceCells && lines[wide].Cells.Values.All(cell => cell.Columns == 1))
            wide++;
        if (wide > 0 && wide < lines.Count && AreNamesAbove(lines, wide) && EndsPreface(lines, wide) && !IsTable(lines[0], lines[1]))
            return wide;
        return AreNamesAbove(lines, 0) ? 0 : -1;
    }

    /// <summary>Whether a row after an empty one has the names of another table, which begins in the next row.</summary>
    public static bool BeginTable(Line line, Line next, IReadOnlyCollection<int> columns, bool hasTitle)
    {
        if (next.Cells.Count < 2 || next.Cells.Keys.Any(column => !line.Cells.ContainsKey(column)) || !AreNames(line, next)) return false;
        if (line.Cells.Values.Any(cell => cell.IsText && TableValues.IsValue(cell.Text))) return false;
        // Otherwise it is a row of the same table.
        if (next.Cells.Keys.Any(column => !columns.Contains(column))) return true;
        var aboveNumbers = next.Cells.Count(cell => !cell.Value.IsText && line.Cells[cell.Key].IsText);
        return aboveNumbers > 1 || (aboveNumbers == 1 && (hasTitle || line.Cells.Count != columns.Count));
    }

    /// <summary>
    /// Whether a row's only text names the rows below it: a cell over several columns, or one in the first of at least three columns.
    /// </summary>
    public static bool IsGroup(IReadOnlyDictionary<int, RowBlocks.Cell> cells, IReadOnlyCollection<int> columns) =>
        cells.Count == 1
        && cells.First().Value is { IsText: true, Text.Length: <= MaxNameLength } cell
        && (cell.Columns > 1 || (IsAloneInFirstColumn(cells, columns) && !IsSentence(cell.Text)));

    /// <summary>Whether a row's only text is a remark below the table, not a value of the first column.</summary>
    public static bool IsNote(IReadOnlyDictionary<int, RowBlocks.Cell> cells, IReadOnlyCollection<int> columns) =>
        cells.Count == 1
        && cells.First().Value is { IsText: true, Columns: 1 } cell
        && IsAloneInFirstColumn(cells, columns)
        && IsSentence(cell.Text);

    /// <summary>Returns the names of two header rows, such as "2026 – Q1"; null when the second row has values.</summary>
    public static Dictionary<int, string>? Complete(
        IReadOnlyDictionary<int, string> above,
        IReadOnlyDictionary<int, RowBlocks.Cell> cells)
    {
        if (!cells.Values.All(IsTextName)) return null;
        var names = cells.ToDictionary(
            cell => cell.Key,
            cell => above.GetValueOrDefault(cell.Key) is { } name && name != cell.Value.Text
                ? $"{name} – {cell.Value.Text}"
                : cell.Value.Text);
        return AreDistinct(names.Values) ? names : null;
    }

    private static bool AreNamesAbove(IReadOnlyList<Line> lines, int index) =>
        index + 1 < lines.Count && AreNames(lines[index], lines[index + 1]);

    // Besides texts, column names are years, months and texts such as "12 months". Then the row below must look different.
    private static bool AreNames(Line line, Line next)
    {
        var cells = line.Cells;
        if (cells.Count < 2 || !AreDistinct(cells.Values.Select(cell => cell.Text))) return false;
        if (cells.Values.All(IsTextName)) return true;
        return cells.Count >= MinColumnsWithDates
            && cells.Values.Any(IsTextName)
            && cells.Values.All(cell => IsTextName(cell) || TableValues.MayBeName(cell.Text))
            && cells.All(cell => IsTextName(cell.Value)
                || !next.Cells.TryGetValue(cell.Key, out var below)
                || TableValues.KindOf(below.Text) != TableValues.KindOf(cell.Value.Text))
            && cells.Any(cell => !IsTextName(cell.Value)
                && next.Cells.TryGetValue(cell.Key, out var below)
                && TableValues.IsValue(below.Text));
    }

    // An empty row separates a preface from the table. Without it, the values below the names are not only texts.
    private static bool EndsPreface(IReadOnlyList<Line> lines, int index) =>
        lines[index + 1].Cells.Count > MaxPrefaceCells
        && (lines[index].Row > lines[index - 1].Row + 1 || lines[index + 1].Cells.Values.Any(cell => !cell.IsText));

    // Texts above numbers are a small table of their own, not a preface.
    private static bool IsTable(Line line, Line next) =>
        next.Row == line.Row + 1
        && next.Cells.Count == line.Cells.Count
        && AreNames(line, next)
        && next.Cells.Any(cell => !cell.Value.IsText && line.Cells.ContainsKey(cell.Key));

    private static bool IsAloneInFirstColumn(IReadOnlyDictionary<int, RowBlocks.Cell> cells, IReadOnlyCollection<int> columns) =>
        columns.Count >= MinColumnsWithDates && cells.Keys.First() == columns.Min();

    private static bool IsSentence(string text) => text[^1] is '.' or '!' or '?' || text[0] is '*';

    private static bool IsTextName(RowBlocks.Cell cell) => cell.IsText && cell.Text.Length <= MaxNameLength;

    private static bool AreDistinct(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return names.All(seen.Add);
    }
}
