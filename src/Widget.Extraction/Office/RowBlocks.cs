namespace Widget.Extraction;

/// <summary>
/// Converts a sheet's rows into blocks with row numbers. Below a row of column names, every value carries its column's name, so that each
/// row can be understood, found and quoted by itself.
/// </summary>
internal sealed class RowBlocks
{
    private const int MaxColumnName = 100;

    private readonly List<Block> _blocks = [];
    private readonly Dictionary<int, string> _columns = [];
    private (int Row, IReadOnlyDictionary<int, Cell> Cells)? _headerCandidate;
    private bool _isHeaderDecided;
    private long _length;

    /// <summary>A cell of a sheet.</summary>
    /// <param name="Text">The displayed text, never empty.</param>
    /// <param name="IsText">Whether it is text, not a number or a date.</param>
    public readonly record struct Cell(string Text, bool IsText);

    /// <summary>Adds the next row. Cells are keyed by column, from 0; empty cells are left out.</summary>
    /// <exception cref="IngestionFailureException">The sheet has too much text.</exception>
    public void Add(int row, IReadOnlyDictionary<int, Cell> cells)
    {
        if (cells.Count == 0) return;
        if (!_isHeaderDecided)
        {
            DecideHeader(row, cells);
            return;
        }

        Write(row, cells);
    }

    /// <summary>Ends the sheet and returns its blocks.</summary>
    public List<Block> Finish()
    {
        if (_headerCandidate is { } last) Write(last.Row, last.Cells);
        _headerCandidate = null;
        return _blocks;
    }

    // The first row with two or more cells contains the column names if its cells are distinct texts and another row follows. Rows above
    // it, such as the sheet's title, stay as they are.
    private void DecideHeader(int row, IReadOnlyDictionary<int, Cell> cells)
    {
        if (_headerCandidate is { } candidate)
        {
            _headerCandidate = null;
            _isHeaderDecided = true;
            foreach (var (column, cell) in candidate.Cells) _columns[column] = cell.Text;
            Write(row, cells);
        }
        else if (cells.Count < 2)
        {
            Write(row, cells);
        }
        else if (cells.Values.All(cell => cell.IsText && cell.Text.Length <= MaxColumnName)
            && cells.Values.Select(cell => cell.Text).Distinct(StringComparer.OrdinalIgnoreCase).Count() == cells.Count)
        {
            _headerCandidate = (row, cells);
        }
        else
        {
            _isHeaderDecided = true;
            Write(row, cells);
        }
    }

    private void Write(int row, IReadOnlyDictionary<int, Cell> cells)
    {
        var text = string.Join(
            " | ",
            cells.Select(cell => _columns.TryGetValue(cell.Key, out var column) ? $"{column}: {cell.Value.Text}" : cell.Value.Text));
        _length += text.Length;
        if (_length > Extractors.MaxTextLength) throw new IngestionFailureException(Extractors.TooLong);
        _blocks.Add(new Block(BlockKind.Table, text) { Row = row });
    }
}
