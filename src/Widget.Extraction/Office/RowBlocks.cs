namespace Widget.Extraction;

/// <summary>
/// A sheet's rows as blocks, each with its row's number. Under a row of column names, every value stands with its column's name, so that
/// a row can be understood, found and quoted alone.
/// </summary>
internal sealed class RowBlocks
{
    private readonly List<Block> _blocks = [];
    private readonly Dictionary<int, string> _columns = [];
    private (int Row, IReadOnlyDictionary<int, Cell> Cells)? _candidate;
    private bool _decided;
    private long _length;

    /// <param name="Text">As a reader sees it, never empty.</param>
    /// <param name="IsText">Whether it is words, not a number or a date.</param>
    public readonly record struct Cell(string Text, bool IsText);

    /// <summary>Adds the next row; its cells by column, from 0, without the empty ones.</summary>
    /// <exception cref="IngestionFailureException">There is more text than can be taken in.</exception>
    public void Add(int row, IReadOnlyDictionary<int, Cell> cells)
    {
        if (cells.Count == 0) return;
        if (!_decided)
        {
            Decide(row, cells);
            return;
        }

        Write(row, cells);
    }

    public List<Block> Finish()
    {
        if (_candidate is { } last) Write(last.Row, last.Cells);
        _candidate = null;
        return _blocks;
    }

    // The first row of two or more cells names the columns if it consists of different words only and a row follows it. What stands
    // above it, such as the sheet's title, stands for itself.
    private void Decide(int row, IReadOnlyDictionary<int, Cell> cells)
    {
        if (_candidate is { } candidate)
        {
            _candidate = null;
            _decided = true;
            foreach (var (column, cell) in candidate.Cells) _columns[column] = cell.Text;
            Write(row, cells);
        }
        else if (cells.Count < 2)
        {
            Write(row, cells);
        }
        else if (cells.Values.All(cell => cell.IsText && cell.Text.Length <= 100)
            && cells.Values.Select(cell => cell.Text).Distinct(StringComparer.OrdinalIgnoreCase).Count() == cells.Count)
        {
            _candidate = (row, cells);
        }
        else
        {
            _decided = true;
            Write(row, cells);
        }
    }

    private void Write(int row, IReadOnlyDictionary<int, Cell> cells)
    {
        var text = string.Join(" | ", cells.Select(cell => _columns.TryGetValue(cell.Key, out var column) ? $"{column}: {cell.Value.Text}" : cell.Value.Text));
        _length += text.Length;
        if (_length > Extractors.LongestText) throw new IngestionFailureException(Extractors.TooLong);
        _blocks.Add(new Block(BlockKind.Table, text) { Row = row });
    }
}
