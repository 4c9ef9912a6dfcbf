namespace Widget.Api.Answers;

/// <summary>
/// Writes the table rows of a passage as Markdown tables. In a passage, each row is one line such as "Plan: Silver | Price: 149 euros". It
/// repeats the column names, so that a row can be understood without its table.
/// </summary>
internal static class QuotedTable
{
    private const string Bar = " | ";

    /// <summary>Returns the text with its rows as tables. Other lines stay as they are.</summary>
    public static string Write(string text)
    {
        var lines = new List<string>();
        var rows = new List<List<Cell>>();
        foreach (var line in text.Split('\n'))
        {
            if (IsRow(line, rows))
            {
                rows.Add(Cells(line));
                continue;
            }

            if (rows.Count > 0)
            {
                WriteTable(rows, lines);
                lines.Add("");
            }

            lines.Add(line);
        }

        WriteTable(rows, lines);
        return string.Join('\n', lines);
    }

    /// <summary>The values of a row, without the names of its columns.</summary>
    public static string Values(string row) => string.Join(' ', Cells(row).Select(cell => cell.Value));

    // A row with a single value has no bar. It is recognised by the name of its column, which rows above it have.
    private static bool IsRow(string line, List<List<Cell>> rows) =>
        line.Contains(Bar, StringComparison.Ordinal)
        || (rows.Count > 0
            && Cells(line) is [{ Name.Length: > 0 } cell]
            && rows.Exists(row => row.Exists(other => other.Name == cell.Name)));

    private static void WriteTable(List<List<Cell>> rows, List<string> lines)
    {
        if (rows.Count == 0) return;
        if (lines.Count > 0 && lines[^1].Length > 0) lines.Add("");
        var isNamed = rows.Exists(row => row.Exists(cell => cell.Name.Length > 0));
        var columns = Columns(rows);
        var header = isNamed ? columns.ConvertAll(column => column.Name) : Values(rows[0], columns);
        var body = rows.Skip(isNamed ? 0 : 1).Select(row => Values(row, columns)).ToList();
        // Without bars at the ends, an empty first or last cell would be lost.
        var omitsOuterBars = body.Prepend(header).All(row => row[0].Length > 0 && row[^1].Length > 0);
        lines.AddRange([Line(header), string.Join("|", header.Select(_ => "---")), .. body.Select(Line)]);
        rows.Clear();

        string Line(List<string> cells) => omitsOuterBars ? string.Join(Bar, cells) : $"| {string.Join(Bar, cells)} |";
    }

    // The columns of all rows. A column that earlier rows do not have is inserted after the one on its left.
    private static List<Cell> Columns(List<List<Cell>> rows)
    {
        var columns = new List<Cell>();
        foreach (var row in rows)
        {
            var place = 0;
            foreach (var cell in row)
            {
                var known = columns.FindIndex(cell.IsInColumn);
                if (known < 0) columns.Insert(known = place, cell);
                place = known + 1;
            }
        }

        return columns;
    }

    private static List<string> Values(List<Cell> row, List<Cell> columns) =>
        columns.ConvertAll(column => row.Find(column.IsInColumn)?.Value ?? "");

    private static List<Cell> Cells(string line)
    {
        var cells = new List<Cell>();
        foreach (var text in line.Split(Bar))
        {
            var end = text.IndexOf(": ", StringComparison.Ordinal);
            var (name, value) = end > 0 ? (text[..end], text[(end + 2)..]) : ("", text);
            cells.Add(new Cell(name, cells.Count(cell => cell.Name == name), value));
        }

        return cells;
    }

    /// <summary>A value of a row.</summary>
    /// <param name="Name">The name of its column; empty when it has none.</param>
    /// <param name="Number">Number of cells on its left with the same name.</param>
    /// <param name="Value">The value.</param>
    private sealed record Cell(string Name, int Number, string Value)
    {
        public bool IsInColumn(Cell other) => Name == other.Name && Number == other.Number;
    }
}
