namespace Widget.Platform.Database;

/// <summary>
/// A short name for a SQL statement, such as <c>select documents</c>. It names the last table that the statement changes. If it changes
/// none, it names the first table or function that it reads. Runs for every traced statement, so it reads the words only once.
/// </summary>
internal static class SqlSummary
{
    // The tables are named early in a statement. A long list of values after that is not read.
    private const int MaxLength = 4_000;

    public static string Of(string sql)
    {
        var text = sql.AsSpan(0, Math.Min(sql.Length, MaxLength));
        var (hasSelect, readTable, function) = (false, "", "");
        var (verb, changedTable) = ("", "");
        var (previous, expected) = ("", Expected.Nothing);
        var position = 0;
        while (position < text.Length)
        {
            var word = NextWord(text, ref position);
            if (word.IsEmpty) break;
            if (expected is not Expected.Nothing && !word.Equals("only", StringComparison.OrdinalIgnoreCase))
            {
                var name = IsKeyword(word) ? "" : word.ToString();
                if (expected is Expected.ChangedTable && name.Length > 0) changedTable = name;
                else if (expected is Expected.ReadTable && readTable.Length == 0) readTable = name;
                else if (expected is Expected.Function && function.Length == 0) function = name;
                expected = Expected.Nothing;
            }

            var lower = word.Length <= 6 ? word.ToString().ToLowerInvariant() : "";
            (verb, expected) = (lower, previous) switch
            {
                ("select", _) => (verb, Expected.Function),
                ("from", "delete") => ("delete", Expected.ChangedTable),
                ("into", "insert") => ("insert", Expected.ChangedTable),
                ("from" or "join", _) => (verb, Expected.ReadTable),
                // "for update" and "do update" are not statements.
                ("update", not ("for" or "do" or "key")) => ("update", Expected.ChangedTable),
                _ => (verb, expected),
            };
            hasSelect |= lower == "select";
            previous = lower;
        }

        if (changedTable.Length > 0) return $"{verb} {changedTable}";
        if (!hasSelect) return "sql";
        var selected = readTable.Length > 0 ? readTable : function;
        return selected.Length > 0 ? $"select {selected}" : "select";
    }

    /// <summary>What kind of thing the next word is the name of.</summary>
    private enum Expected
    {
        Nothing,
        ReadTable,
        Function,
        ChangedTable,
    }

    private static bool IsKeyword(ReadOnlySpan<char> word) => word.Equals("select", StringComparison.OrdinalIgnoreCase)
        || word.Equals("lateral", StringComparison.OrdinalIgnoreCase)
        || word.Equals("set", StringComparison.OrdinalIgnoreCase);

    // Returns the next word, skipping string literals and parameters. Empty at the end of the text.
    private static ReadOnlySpan<char> NextWord(ReadOnlySpan<char> text, ref int position)
    {
        while (position < text.Length && !IsStart(text[position]))
        {
            if (text[position] == '\'')
            {
                var end = text[(position + 1)..].IndexOf('\'');
                position = end < 0 ? text.Length : position + end + 2;
            }
            else
            {
                position++;
                if (text[position - 1] is '$' or (>= '0' and <= '9')) while (position < text.Length && IsPart(text[position])) position++;
            }
        }

        var start = position;
        while (position < text.Length && IsPart(text[position])) position++;
        return text[start..position];
    }

    private static bool IsStart(char letter) => char.IsAsciiLetter(letter) || letter == '_';

    private static bool IsPart(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '_';
}
