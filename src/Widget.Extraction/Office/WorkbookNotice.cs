namespace Widget.Extraction;

/// <summary>Collects what was not read of a workbook, for a notice to the person who added it.</summary>
internal sealed class WorkbookNotice
{
    // Cells named in the notice. The count covers the rest.
    private const int MaxNamed = 3;

    private readonly List<string> _sheets = [];
    private readonly List<string> _formulas = [];
    private int _columns;
    private int _rows;
    private int _cells;
    private int _formulaCount;
    private int _errorCount;

    public void AddHiddenSheet(string name) => _sheets.Add(name);

    /// <summary>Adds the rows and columns of a sheet that have content and are hidden.</summary>
    public void AddHidden(int rows, int columns)
    {
        _rows += rows;
        _columns += columns;
    }

    /// <summary>Adds a cell whose number format shows nothing.</summary>
    public void AddHiddenCell() => _cells++;

    /// <summary>Adds a formula whose result is not stored in the file.</summary>
    public void AddFormulaWithoutValue(string sheet, string? cell)
    {
        _formulaCount++;
        if (_formulas.Count < MaxNamed) _formulas.Add($"{sheet}!{cell}");
    }

    /// <summary>Adds a cell that shows an error such as #REF!.</summary>
    public void AddError() => _errorCount++;

    /// <summary>What the workbook hides, as a sentence; null when it hides nothing.</summary>
    public string? Hidden()
    {
        var parts = new List<string>();
        if (_sheets.Count > 0) parts.Add($"{Pluralize(_sheets.Count, "hidden sheet")} ({JoinNames(_sheets, _sheets.Count)})");
        if (_columns > 0) parts.Add(Pluralize(_columns, "hidden column"));
        if (_rows > 0) parts.Add($"{Pluralize(_rows, "row")} that {(_rows == 1 ? "is" : "are")} hidden, folded or filtered out");
        if (_cells > 0) parts.Add(Pluralize(_cells, "cell") + " with a format that shows nothing");
        return parts.Count == 0 ? null : $"Left out: {string.Join(", ", parts)}.";
    }

    /// <summary>The whole notice; null when everything was read.</summary>
    public override string? ToString()
    {
        var sentences = new List<string>();
        if (Hidden() is { } hidden) sentences.Add(hidden);
        if (_formulaCount > 0)
        {
            sentences.Add(
                $"{Pluralize(_formulaCount, "formula")} without a saved value ({JoinNames(_formulas, _formulaCount)}). "
                    + "Open the workbook in a spreadsheet program, save it and add it again.");
        }

        if (_errorCount > 0) sentences.Add($"{Pluralize(_errorCount, "cell")} with an error instead of a value.");
        return sentences.Count == 0 ? null : string.Join(' ', sentences);
    }

    private static string Pluralize(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count:N0} {noun}s";

    private static string JoinNames(List<string> names, int count) =>
        string.Join(", ", names.Take(MaxNamed)) + (count > MaxNamed ? $" and {count - MaxNamed:N0} more" : "");
}
