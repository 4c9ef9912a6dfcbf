namespace Widget.Extraction;

/// <summary>Places the cells of a table in its rows and columns.</summary>
internal static class TableGrid
{
    private const int MaxColumns = 1_000;

    /// <summary>A cell in the grid. It occupies every place that it covers.</summary>
    public sealed record Slot(string Text, bool IsHeader, int FirstRow, int LastRow, int FirstColumn, int Columns)
    {
        /// <summary>The cell in a table of this width.</summary>
        public Slot Within(int width) => this with { Columns = Math.Min(Columns, width - FirstColumn) };
    }

    /// <summary>Returns the places of each row; null where there is no cell.</summary>
    // HTML standard, 4.9.12, "forming a table": a cell takes the next free place of its row.
    public static List<Slot?[]> Expand(IReadOnlyList<IReadOnlyList<TextCell>> rows)
    {
        var open = new SortedDictionary<int, Slot>();
        var grid = new List<Slot?[]>(rows.Count);
        for (var row = 0; row < rows.Count; row++)
        {
            foreach (var (column, slot) in open.ToArray())
                if (slot.LastRow < row) open.Remove(column);
            var slots = new List<Slot?>();
            foreach (var (column, slot) in open) Put(slots, column, slot);
            var next = 0;
            foreach (var cell in rows[row])
            {
                while (next < slots.Count && slots[next] is not null) next++;
                if (next >= MaxColumns) break;
                var columns = Math.Clamp(cell.Columns, 1, MaxColumns - next);
                var slot = new Slot(cell.Text, cell.IsHeader, row, row + Math.Clamp(cell.Rows, 1, rows.Count - row) - 1, next, columns);
                for (var column = next; column < next + columns; column++)
                {
                    Put(slots, column, slot);
                    if (cell.Rows > 1) open[column] = slot;
                }

                next += columns;
            }

            grid.Add([.. slots]);
        }

        return grid;
    }

    private static void Put(List<Slot?> slots, int column, Slot slot)
    {
        while (slots.Count <= column) slots.Add(null);
        slots[column] ??= slot;
    }
}
