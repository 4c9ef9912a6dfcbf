namespace Widget.Extraction;

/// <summary>
/// Refuses markup whose tree would be far larger than its text. A parser has to repeat formatting that was never closed in every
/// paragraph that follows (HTML standard, 13.2.4.3, "reconstruct the active formatting elements"), and to search all open elements
/// at every tag, so a page of some kilobytes could take gigabytes or minutes. One pass over the tags tells, before any tree is built.
/// </summary>
internal static class HtmlComplexity
{
    private const int LongestPage = 5_000_000;
    private const int MostElements = 300_000;
    private const int DeepestNesting = 500;
    private const int MostRepeated = 1_000_000;

    private static readonly HashSet<string> Void =
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

    private static readonly HashSet<string> Raw = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

    private static readonly HashSet<string> Formatting = ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];

    // These end by themselves where the next begins, so they do not nest.
    private static readonly HashSet<string> EndImplied =
        ["p", "li", "dd", "dt", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup", "colgroup", "rb", "rp", "rt", "rtc", "html", "head", "body"];

    /// <exception cref="IngestionFailureException">The page is too large or too tangled to be read.</exception>
    public static void Check(string html)
    {
        if (html.Length > LongestPage)
            throw new IngestionFailureException($"This page is longer than {LongestPage / 1_000_000} million characters. Split it into parts.");

        var open = new List<string>();
        var formatting = new Dictionary<string, int>(StringComparer.Ordinal);
        var endless = false;
        var unended = new HashSet<string>(StringComparer.Ordinal);
        var (elements, unclosed, repeated) = (0, 0, 0L);
        for (var i = html.IndexOf('<'); i >= 0 && i + 1 < html.Length; i = html.IndexOf('<', i))
        {
            if (html.AsSpan(i).StartsWith("<!--", StringComparison.Ordinal))
            {
                // One without an end hides nothing here: better too much is counted than too little.
                var end = endless ? -1 : CommentEnd(html, i);
                endless = end < 0;
                i = endless ? i + 4 : end;
                continue;
            }

            var closes = html[i + 1] == '/';
            var name = NameAt(html, i + (closes ? 2 : 1));
            i += closes ? 2 : 1;
            if (name.Length == 0 || Void.Contains(name)) continue;
            if (closes)
            {
                if (formatting.TryGetValue(name, out var count) && count > 0) (formatting[name], unclosed) = (count - 1, unclosed - 1);
                if (open.LastIndexOf(name) is >= 0 and var at) open.RemoveRange(at, open.Count - at);
                continue;
            }

            elements++;
            // In drawings and formulas these are elements as all others.
            if (Raw.Contains(name) && !unended.Contains(name) && !open.Contains("svg") && !open.Contains("math"))
            {
                if (html.IndexOf($"</{name}", i, StringComparison.OrdinalIgnoreCase) is >= 0 and var close) i = close;
                else unended.Add(name);
                continue;
            }

            if (Formatting.Contains(name))
            {
                // A link or a nobr within its like ends the outer one.
                var before = formatting.GetValueOrDefault(name);
                if (before == 0 || name is not ("a" or "nobr")) (formatting[name], unclosed) = (before + 1, unclosed + 1);
            }
            else
            {
                repeated += unclosed;
            }

            if (!EndImplied.Contains(name)) open.Add(name);
            if (elements > MostElements || open.Count > DeepestNesting || repeated > MostRepeated)
                throw new IngestionFailureException("The markup of this page is too large or too tangled to be read.");
        }
    }

    /// <summary>Where a comment has ended (HTML standard, 13.2.5.43 to 52), so that <c>&lt;!--&gt;</c> is a whole one; -1 when it never does.</summary>
    /// <param name="html">The page.</param>
    /// <param name="start">Where the comment begins.</param>
    internal static int CommentEnd(string html, int start)
    {
        for (var i = html.IndexOf("--", start + 2, StringComparison.Ordinal); i >= 0; i = html.IndexOf("--", i + 1, StringComparison.Ordinal))
        {
            var rest = html.AsSpan(i + 2);
            if (rest is ['>', ..]) return i + 3;
            if (rest is ['!', '>', ..] && i >= start + 4) return i + 4;
        }

        return -1;
    }

    internal static string NameAt(string html, int start)
    {
        var end = start;
        while (end < html.Length && end - start < 20 && char.IsAsciiLetterOrDigit(html[end])) end++;
        return end > start && char.IsAsciiLetter(html[start]) ? html[start..end].ToLowerInvariant() : "";
    }
}
