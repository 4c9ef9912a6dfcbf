namespace Widget.Extraction;

/// <summary>
/// Converts a sheet's rows into blocks with row numbers. Below the column names, every value carries its column's name, and a row carries
/// the name of its group, so that each row can be understood, found and quoted by itself. <see cref="SheetNames"/> decides which rows have
/// names.
/// </summary>
internal sealed class RowBlocks
{
    // Column names of a long text are repeated once for a merged value.
    private const int MaxRepeatedLength = 60;

    // Rows that are kept until the column names are found, and titles above another table.
    private const int MaxWaiting = 12;
    private const int MaxTitles = 3;

    private readonly List<Block> _blocks = [];
    private readonly Dictionary<int, string> _columns = [];
    private readonly List<Line> _waiting = [];
    private (Line Line, string Name, bool IsUsed)? _group;
    private bool _isHeaderDecided;
    private bool _isAfterGap;
    private int _lastRow;
    private long _length;

    /// <summary>A row of a sheet.</summary>
    /// <param name="Row">Its number.</param>
    /// <param name="Cells">Its cells by column, from 0, without empty ones.</param>
    public sealed record Line(int Row, IReadOnlyDictionary<int, Cell> Cells);

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
        var line = new Line(row, cells);
        // The first table of the sheet needs several rows to be understood, because a preface may look like names.
        if (_isHeaderDecided)
        {
            AddAfterHeader(line);
        }
        else if (_waiting.Count == 0 && cells.Count < 2)
        {
            // Rows above the table, such as the sheet's title.
            Write(line);
        }
        else
        {
            _waiting.Add(line);
            if (_waiting.Count >= MaxWaiting) DecideHeader();
        }
    }

    /// <summary>Ends the sheet and returns its blocks.</summary>
    public List<Block> Finish()
    {
        if (!_isHeaderDecided) DecideHeader();
        AddWaiting();
        EndGroup();
        return _blocks;
    }

    // Rows above the names stay as they are.
    private void DecideHeader()
    {
        _isHeaderDecided = true;
        Line[] lines = [.. _waiting];
        _waiting.Clear();
        var header = SheetNames.Find(lines);
        for (var i = 0; i < lines.Length; i++)
        {
            if (i == header)
            {
                SetNames(lines[i], lines[i + 1]);
                i++;
            }
            else if (i < header)
            {
                Write(lines[i]);
            }
            else
            {
                AddAfterHeader(lines[i]);
            }
        }
    }

    // If the names cover several columns each, the next row of names completes them.
    private void SetNames(Line header, Line next)
    {
        foreach (var (column, cell) in header.Cells)
            for (var covered = column; covered < column + cell.Columns; covered++) _columns[covered] = cell.Text;
        // An empty row below the names does not end the table.
        _lastRow = next.Row - 1;
        if (header.Cells.Values.Any(cell => cell.Columns > 1) && SheetNames.Complete(_columns, next.Cells) is { } names)
        {
            foreach (var (column, name) in names) _columns[column] = name;
            _lastRow = next.Row;
        }
        else
        {
            AddAfterHeader(next);
        }
    }

    // After an empty row, another table may begin, with a title and its own names. The row below the names decides.
    private void AddAfterHeader(Line line)
    {
        if (_waiting is [.., { Cells.Count: > 1 } names])
        {
            if (line.Row == names.Row + 1 && SheetNames.BeginTable(names, line, _columns.Keys, hasTitle: _waiting.Count > 1))
            {
                EndGroup();
                _columns.Clear();
                foreach (var title in _waiting.SkipLast(1)) Write(title);
                _waiting.Clear();
                SetNames(names, line);
                return;
            }

            AddWaiting();
        }

        if (line.Row > _lastRow + 1 && _columns.Count > 0) _isAfterGap = true;
        _lastRow = line.Row;
        if (_waiting.Count > MaxTitles) _isAfterGap = false;
        if (!_isAfterGap)
        {
            AddWaiting();
            AddToTable(line);
            return;
        }

        _waiting.Add(line);
        if (line.Cells.Count > 1) _isAfterGap = false;
    }

    private void AddWaiting()
    {
        foreach (var line in _waiting) AddToTable(line);
        _waiting.Clear();
    }

    private void AddToTable(Line line)
    {
        if (SheetNames.IsGroup(line.Cells, _columns.Keys))
        {
            EndGroup();
            _group = (line, line.Cells.Values.First().Text, false);
        }
        else if (SheetNames.IsNote(line.Cells, _columns.Keys))
        {
            EndGroup();
            Write(line.Row, line.Cells.Values.First().Text);
        }
        else
        {
            Write(line);
        }
    }

    // A name without rows below it is kept as a row. In a single column, it is a value.
    private void EndGroup()
    {
        var group = _group;
        _group = null;
        if (group is not { IsUsed: false, Line: var line }) return;
        if (line.Cells.Values.First().Columns > 1) Write(line.Row, group.Value.Name);
        else Write(line);
    }

    private void Write(Line line)
    {
        var text = string.Join(" | ", line.Cells.SelectMany(cell => Named(cell.Key, cell.Value)));
        if (_group is { } group)
        {
            text = $"{group.Name} | {text}";
            _group = group with { IsUsed = true };
        }

        Write(line.Row, text);
    }

    // A merged value counts in each column that it covers.
    private IEnumerable<string> Named(int column, Cell cell)
    {
        var names = Enumerable.Range(column, cell.Columns)
            .Where(_columns.ContainsKey)
            .Select(covered => _columns[covered])
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (names.Count == 0) return [cell.Text];
        if (names.Count > 1 && cell.Text.Length > MaxRepeatedLength) names = [string.Join(", ", names)];
        return names.Select(name => $"{name}: {cell.Text}");
    }

    private void Write(int row, string text)
    {
        _length += text.Length;
        if (_length > Extractors.MaxTextLength) throw new IngestionFailureException(Extractors.TooLong);
        _blocks.Add(new Block(BlockKind.Table, text) { Row = row });
    }
}
