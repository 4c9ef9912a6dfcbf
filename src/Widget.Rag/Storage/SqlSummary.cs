using System.Text.RegularExpressions;

namespace Widget.Rag.Storage;

/// <summary>A short name for a SQL statement, as <c>select documents</c>: what it does and the first table or function it names.</summary>
internal static partial class SqlSummary
{
    private const int Longest = 2_000;

    public static string Of(string sql)
    {
        var text = sql.Length > Longest ? sql[..Longest] : sql;
        // What a statement changes says more than what it looks up for it.
        if (Change().Match(text) is { Success: true } change) return $"{change.Groups["verb"].Value.ToLowerInvariant()} {change.Groups["name"].Value}";
        if (Statement().Match(text) is not { Success: true } statement) return "sql";
        var verb = statement.Groups["verb"].Value.ToLowerInvariant();
        return Target().Match(text, statement.Index) is { Success: true } target ? $"{verb} {target.Groups["name"].Value}" : verb;
    }

    // The last one; "for update" and "do update" change nothing of their own.
    [GeneratedRegex(
        @"\b((?<verb>insert)\s+into|(?<verb>delete)\s+from|(?<!\b(for|do|key)\s)(?<verb>update))\s+(only\s+)?""?(?<name>[a-z_][a-z0-9_]*)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.RightToLeft,
        100)]
    private static partial Regex Change();

    [GeneratedRegex(@"\b(?<verb>select|insert|update|delete|merge|copy|listen|notify|begin|commit|rollback|set)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Statement();

    // A common table expression may be named before the first table; names of ours are plain words.
    [GeneratedRegex(@"\b(from|into|update|join)\s+(only\s+)?""?(?<name>[a-z_][a-z0-9_]*)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Target();
}
