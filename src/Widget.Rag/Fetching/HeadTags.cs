using System.Net;

namespace Widget.Rag.Fetching;

/// <summary>
/// Reads the tags of a page's head in one pass over its text. Pages are untrusted, and a page's tree can be far larger than its text, so
/// the server process never builds one (see <see cref="HtmlComplexity"/>).
/// </summary>
internal static class HeadTags
{
    // The content of these elements is text. That of noscript is text in every browser that runs scripts.
    private static readonly string[] Raw = ["script", "noscript", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"];

    /// <summary>
    /// The opening tags before the body, with their attributes. Names are in lower case. If an attribute is repeated, the first one counts.
    /// </summary>
    public static IEnumerable<(string Name, IReadOnlyDictionary<string, string> Attributes)> Of(string html)
    {
        var at = 0;
        while ((at = html.IndexOf('<', at)) >= 0 && at + 1 < html.Length)
        {
            if (html.AsSpan(at).StartsWith("<!--", StringComparison.Ordinal))
            {
                at = HtmlComplexity.CommentEnd(html, at);
                if (at < 0) yield break;
                continue;
            }

            var closes = html[at + 1] == '/';
            var start = at + (closes ? 2 : 1);
            var name = HtmlComplexity.NameAt(html, start);
            at = start + name.Length;
            if (name.Length == 0) continue;
            if (name == "body") yield break;
            var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
            at = Attributes(html, at, attributes);
            // A tag without an end is ignored.
            if (at < 0) yield break;
            if (closes) continue;
            yield return (name, attributes);
            if (!Raw.Contains(name)) continue;
            at = html.IndexOf($"</{name}", at, StringComparison.OrdinalIgnoreCase);
            if (at < 0) yield break;
        }
    }

    // Returns the position after the tag.
    private static int Attributes(string html, int at, Dictionary<string, string> attributes)
    {
        while (true)
        {
            while (at < html.Length && (char.IsWhiteSpace(html[at]) || html[at] == '/')) at++;
            if (at >= html.Length) return -1;
            if (html[at] == '>') return at + 1;
            var start = at++;
            while (at < html.Length && !char.IsWhiteSpace(html[at]) && html[at] is not ('=' or '/' or '>')) at++;
            var name = html[start..at].ToLowerInvariant();
            while (at < html.Length && char.IsWhiteSpace(html[at])) at++;
            var value = "";
            if (at < html.Length && html[at] == '=')
            {
                at++;
                while (at < html.Length && char.IsWhiteSpace(html[at])) at++;
                if (at >= html.Length) return -1;
                var quote = html[at];
                start = quote is '"' or '\'' ? ++at : at;
                if (quote is '"' or '\'') at = html.IndexOf(quote, start);
                else while (at < html.Length && !char.IsWhiteSpace(html[at]) && html[at] != '>') at++;
                if (at < 0) return -1;
                value = WebUtility.HtmlDecode(html[start..at]);
                if (quote is '"' or '\'') at++;
            }

            attributes.TryAdd(name, value);
        }
    }
}
