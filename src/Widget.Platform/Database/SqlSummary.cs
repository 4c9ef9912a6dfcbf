namespace Widget.Platform.Database;

/// <summary>
/// A short name for a SQL statement, such as <c>select documents</c>: the last table it changes, otherwise the first table or function it
/// reads. Runs for every traced statement, so it makes a single pass over the words.
/// </summary>
internal static class SqlSummary
{
    private const int Longest = 4_000;

    public static string Of(string sql)
    {
        var text = sql.AsSpan(0, Math.Min(sql.Length, Longest));
        var (isRead, read, called) = (false, "", "");
        var (verb, changed) = ("", "");
        var (before, wanted) = ("", Wanted.Nothing);
        for (var at = 0; at < text.Length;)
        {
            var word = Next(text, ref at);
            if (word.IsEmpty) break;
            if (wanted is not Wanted.Nothing && !word.Equals("only", StringComparison.OrdinalIgnoreCase))
            {
                var name = IsKeyword(word) ? "" : word.ToString();
                if (wanted is Wanted.Changed && name.Length > 0) changed = name;
                else if (wanted is Wanted.Read && read.Length == 0) read = name;
                else if (wanted is Wanted.Called && called.Length == 0) called = name;
                wanted = Wanted.Nothing;
            }

            var lower = word.Length <= 6 ? word.ToString().ToLowerInvariant() : "";
            (verb, wanted) = (lower, before) switch
            {
                ("select", _) => (verb, Wanted.Called),
                ("from", "delete") => ("delete", Wanted.Changed),
                ("into", "insert") => ("insert", Wanted.Changed),
                ("from" or "join", _) => (verb, Wanted.Read),
                // "for update" and "do update" are not statements.
                ("update", not ("for" or "do" or "key")) => ("update", Wanted.Changed),
                _ => (verb, wanted),
            };
            isRead |= lower == "select";
            before = lower;
        }

        if (changed.Length > 0) return $"{verb} {changed}";
        return !isRead ? "sql" : read.Length > 0 ? $"select {read}" : called.Length > 0 ? $"select {called}" : "select";
    }

    private enum Wanted
    {
        Nothing,
        Read,
        Called,
        Changed,
    }

    private static bool IsKeyword(ReadOnlySpan<char> word) => word.Equals("select", StringComparison.OrdinalIgnoreCase)
        || word.Equals("lateral", StringComparison.OrdinalIgnoreCase)
        || word.Equals("set", StringComparison.OrdinalIgnoreCase);

    // Returns the next word, skipping string literals and parameters; empty at the end.
    private static ReadOnlySpan<char> Next(ReadOnlySpan<char> text, ref int at)
    {
        while (at < text.Length && !IsStart(text[at]))
        {
            if (text[at] == '\'')
            {
                var end = text[(at + 1)..].IndexOf('\'');
                at = end < 0 ? text.Length : at + end + 2;
            }
            else
            {
                at++;
                if (text[at - 1] is '$' or (>= '0' and <= '9')) while (at < text.Length && IsPart(text[at])) at++;
            }
        }

        var start = at;
        while (at < text.Length && IsPart(text[at])) at++;
        return text[start..at];
    }

    private static bool IsStart(char letter) => char.IsAsciiLetter(letter) || letter == '_';

    private static bool IsPart(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '_';
}
