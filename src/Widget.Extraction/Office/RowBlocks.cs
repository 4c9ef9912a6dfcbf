namespace Widget.Extraction;

/// <summary>
/// Converts a sheet's rows into blocks with row numbers. Below the column names, every value carries its column's name, and a row carries
/// the name of its group, so that each row can be understood, found and quoted by itself.
/// </summary>
internal sealed class RowBlocks
{
    private const int MaxNameLength = 100;

    private readonly List<Block> _blocks = [];
    private readonly Dictionary<int, string> _columns = [];
    private (int Row, IReadOnlyDictionary<int, Cell> Cells)? _header;
    private (int Row, string Name, bool IsUsed)? _group;
    private bool _isHeaderDecided;
    private long _length;

    /// <summary>A cell of a sheet.</summary>
    /// <param name="Text">The displayed text, never empty.</param>
    /// <param name="IsText">Whether it is text, not a number or a date.</param>
    public readonly record struct Cell(string Text, bool IsText)
    {
        /// <summary>Number of columns that a merged cell covers.</summary>
        public int Columns { get; init; } = 1;
    }

    /// <summary>Adds the next row. Cells are keyed by column, from 0; empty cells are left out.</summary>
    /// <exception cref="IngestionFailureException">The sheet has too much text.</exception>
    public void Add(int row, IReadOnlyDictionary<int, Cell> cells)
    {
        if (cells.Count == 0) return;
        if (_isHeaderDecided) AddToTable(row, cells);
        else DecideHeader(row, cells);
    }

    /// <summary>Ends the sheet and returns its blocks.</summary>
    public List<Block> Finish()
    {
        if (_header is { } header) Write(header.Row, header.Cells);
        _header = null;
        EndGroup();
        return _blocks;
    }

    // The first row with two or more cells contains the column names if its cells are distinct texts and another row follows. Rows above
    // it, such as the sheet's title, stay as they are. If the names cover several columns each, the next row of names completes them.
    private void DecideHeader(int row, IReadOnlyDictionary<int, Cell> cells)
    {
        if (_header is not { } header)
        {
            if (cells.Count < 2)
            {
                Write(row, cells);
            }
            else if (AreNames(cells) && AreDistinct(cells.Values.Select(cell => cell.Text)))
            {
                _header = (row, cells);
            }
            else
            {
                _isHeaderDecided = true;
                Write(row, cells);
            }

            return;
        }

        _header = null;
        _isHeaderDecided = true;
        foreach (var (column, cell) in header.Cells)
            for (var covered = column; covered < column + cell.Columns; covered++) _columns[covered] = cell.Text;
        if (header.Cells.Values.Any(cell => cell.Columns > 1) && Complete(cells) is { } names)
            foreach (var (column, name) in names) _columns[column] = name;
        else AddToTable(row, cells);
    }

    private void AddToTable(int row, IReadOnlyDictionary<int, Cell> cells)
    {
        if (IsGroup(cells)) BeginGroup(row, cells.Values.First().Text);
        else Write(row, cells);
    }

    // The names of two header rows, such as "2026 – Q1"; null when the second row has values.
    private Dictionary<int, string>? Complete(IReadOnlyDictionary<int, Cell> cells)
    {
        if (!AreNames(cells)) return null;
        var names = cells.ToDictionary(
            cell => cell.Key,
            cell => _columns.GetValueOrDefault(cell.Key) is { } above && above != cell.Value.Text
                ? $"{above} – {cell.Value.Text}"
                : cell.Value.Text);
        return AreDistinct(names.Values) ? names : null;
    }

    private static bool AreNames(IReadOnlyDictionary<int, Cell> cells) =>
        cells.Values.All(cell => cell.IsText && cell.Text.Length <= MaxNameLength);

    private static bool AreDistinct(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return names.All(seen.Add);
    }

    // A single cell over several columns names the rows below it.
    private static bool IsGroup(IReadOnlyDictionary<int, Cell> cells) =>
        cells.Count == 1 && cells.Values.First() is { Columns: > 1, IsText: true, Text.Length: <= MaxNameLength };

    private void BeginGroup(int row, string name)
    {
        EndGroup();
        _group = (row, name, false);
    }

    // A name without rows below it is kept as a row.
    private void EndGroup()
    {
        if (_group is { IsUsed: false } group) Write(group.Row, group.Name);
        _group = null;
    }

    private void Write(int row, IReadOnlyDictionary<int, Cell> cells)
    {
        var text = string.Join(
            " | ",
            cells.Select(cell => _columns.TryGetValue(cell.Key, out var column) ? $"{column}: {cell.Value.Text}" : cell.Value.Text));
        if (_group is { } group)
        {
            text = $"{group.Name} | {text}";
            _group = group with { IsUsed = true };
        }

        Write(row, text);
    }

    private void Write(int row, string text)
    {
        _length += text.Length;
        if (_length > Extractors.MaxTextLength) throw new IngestionFailureException(Extractors.TooLong);
        _blocks.Add(new Block(BlockKind.Table, text) { Row = row });
    }
}
