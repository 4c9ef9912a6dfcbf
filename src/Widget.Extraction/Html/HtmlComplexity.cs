namespace Widget.Extraction;

/// <summary>
/// Rejects markup whose tree would be far larger than its text. A parser must repeat unclosed formatting in every following paragraph (HTML
/// standard, 13.2.4.3, "reconstruct the active formatting elements") and search all open elements at every tag, so a page of a few
/// kilobytes could take gigabytes of memory, or minutes. A single pass over the tags detects this before a tree is built.
/// </summary>
internal static class HtmlComplexity
{
    private const int MaxPageLength = 5_000_000;
    private const int MaxElements = 300_000;
    private const int MaxNesting = 500;
    private const int MaxRepeated = 1_000_000;

    private static readonly HashSet<string> Void =
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

    private static readonly HashSet<string> Raw = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

    private static readonly HashSet<string> Formatting =
    [
        "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
    ];

    // These elements may have no end tag. They end where the next one begins, so they do not nest.
    private static readonly HashSet<string> EndImplied =
        [
            "p", "li", "dd", "dt", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup", "colgroup", "rb", "rp", "rt", "rtc",
            "html", "head", "body",
        ];

    /// <exception cref="IngestionFailureException">The page is too large or too complex.</exception>
    public static void Check(string html)
    {
        if (html.Length > MaxPageLength)
            throw new IngestionFailureException(
                $"This page is longer than {MaxPageLength / 1_000_000} million characters. Split it into smaller pages.");

        var open = new List<string>();
        var formatting = new Dictionary<string, int>(StringComparer.Ordinal);
        var hasUnclosedComment = false;
        var unclosedRaw = new HashSet<string>(StringComparer.Ordinal);
        var (elements, unclosed, repeated) = (0, 0, 0L);
        for (var i = html.IndexOf('<'); i >= 0 && i + 1 < html.Length; i = html.IndexOf('<', i))
        {
            if (html.AsSpan(i).StartsWith("<!--", StringComparison.Ordinal))
            {
                // Tags after an unclosed comment are counted: it is safer to count too many tags than too few.
                var end = hasUnclosedComment ? -1 : CommentEnd(html, i);
                hasUnclosedComment = end < 0;
                i = hasUnclosedComment ? i + 4 : end;
                continue;
            }

            var isEndTag = html[i + 1] == '/';
            var name = NameAt(html, i + (isEndTag ? 2 : 1));
            i += isEndTag ? 2 : 1;
            if (name.Length == 0 || Void.Contains(name)) continue;
            if (isEndTag)
            {
                if (formatting.TryGetValue(name, out var count) && count > 0) (formatting[name], unclosed) = (count - 1, unclosed - 1);
                if (open.LastIndexOf(name) is >= 0 and var at) open.RemoveRange(at, open.Count - at);
                continue;
            }

            elements++;
            // Inside SVG and MathML, these are ordinary elements.
            if (Raw.Contains(name) && !unclosedRaw.Contains(name) && !open.Contains("svg") && !open.Contains("math"))
            {
                if (html.IndexOf($"</{name}", i, StringComparison.OrdinalIgnoreCase) is >= 0 and var close) i = close;
                else unclosedRaw.Add(name);
                continue;
            }

            if (Formatting.Contains(name))
            {
                // A nested a or nobr element closes the outer one.
                var openCount = formatting.GetValueOrDefault(name);
                if (openCount == 0 || name is not ("a" or "nobr")) (formatting[name], unclosed) = (openCount + 1, unclosed + 1);
            }
            else
            {
                repeated += unclosed;
            }

            if (!EndImplied.Contains(name)) open.Add(name);
            if (elements > MaxElements || open.Count > MaxNesting || repeated > MaxRepeated)
                throw new IngestionFailureException("The markup of this page is too complex to be read.");
        }
    }

    /// <summary>
    /// Returns the end of a comment (HTML standard, 13.2.5.43 to 52), where <c>&lt;!--&gt;</c> is complete; -1 when it is never closed.
    /// </summary>
    /// <param name="html">The page.</param>
    /// <param name="start">Position of the comment.</param>
    internal static int CommentEnd(string html, int start)
    {
        for (var i = html.IndexOf("--", start + 2, StringComparison.Ordinal);
             i >= 0;
             i = html.IndexOf("--", i + 1, StringComparison.Ordinal))
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
