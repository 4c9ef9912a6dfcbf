using System.Globalization;

namespace Widget.Rag.Fetching;

/// <summary>
/// Parses the content of <c>&lt;meta http-equiv="refresh"&gt;</c> as browsers do (HTML standard, 4.2.5.3, "shared declarative refresh
/// steps").
/// </summary>
internal static class MetaRefresh
{
    // A page that stays longer is meant to be read. It leads on by a link as well.
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(10);

    /// <summary>The address to go to, as written; null when the page only reloads itself, or stays long enough to be read.</summary>
    public static string? Target(string content)
    {
        var rest = content.AsSpan().TrimStart();
        var end = 0;
        while (end < rest.Length && (char.IsAsciiDigit(rest[end]) || rest[end] == '.')) end++;
        if (end == 0
            || !double.TryParse($"0{rest[..end]}", NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            || seconds > MaxDelay.TotalSeconds)
            return null;
        rest = rest[end..].TrimStart();
        if (rest.StartsWith(";") || rest.StartsWith(",")) rest = rest[1..].TrimStart();
        if (rest.StartsWith("url", StringComparison.OrdinalIgnoreCase) && rest[3..].TrimStart() is ['=', ..] assignment)
            rest = assignment[1..].TrimStart();
        if (rest is ['"' or '\'', ..])
        {
            var quote = rest[0];
            rest = rest[1..];
            var close = rest.IndexOf(quote);
            if (close >= 0) rest = rest[..close];
        }

        var target = rest.Trim().ToString();
        return target.Length > 0 ? target : null;
    }
}
