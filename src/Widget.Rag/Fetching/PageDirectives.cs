namespace Widget.Rag.Fetching;

/// <summary>A page's instructions to crawlers, from its head and the X-Robots-Tag header.</summary>
/// <param name="Index">Whether the page may be indexed.</param>
/// <param name="Follow">Whether its links may be followed.</param>
/// <param name="Canonical">The page's canonical address (RFC 6596); null when it has none.</param>
public sealed record PageDirectives(bool Index, bool Follow, Uri? Canonical)
{
    // In characters. No reasonable head is longer.
    private const int LongestHead = 256 * 1024;

    /// <param name="document">The page as received.</param>
    /// <param name="header">The values of X-Robots-Tag.</param>
    public static PageDirectives Read(RawDocument document, IEnumerable<string> header)
    {
        var words = header.SelectMany(OurWords).ToList();
        Uri? canonical = null;
        var found = false;
        if (document.MediaType == MediaTypes.Html)
        {
            foreach (var (tag, attributes) in HeadTags.Of(Text(document)))
            {
                string Value(string name) => attributes.GetValueOrDefault(name, "");
                if (tag == "meta" && Value("name").Trim() is var name && (Is(name, "robots") || Is(name, RobotsTxt.ProductToken)))
                    words.AddRange(Split(Value("content")));
                if (tag != "link"
                    || found
                    || !Array.Exists(Value("rel").Split(' '), rel => Is(rel, "canonical"))
                    || !attributes.ContainsKey("href"))
                    continue;
                found = true;
                var href = Value("href").Trim();
                if (href.Length > 0 && Uri.TryCreate(document.Address, href, out var address) && address.Scheme is "http" or "https")
                    canonical = PageAddress.Normalize(address);
            }
        }

        return new PageDirectives(
            !words.Exists(word => Is(word, "noindex") || Is(word, "none")),
            !words.Exists(word => Is(word, "nofollow") || Is(word, "none")),
            canonical);
    }

    // "noindex, nofollow" applies to all crawlers; "otherbot: noindex" applies to one, up to the next name.
    private static IEnumerable<string> OurWords(string value)
    {
        var ours = true;
        foreach (var part in Split(value))
        {
            var word = part;
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            // Directives with a value.
            if (colon > 0
                && !word.StartsWith("max-", StringComparison.OrdinalIgnoreCase)
                && !word.StartsWith("unavailable_after", StringComparison.OrdinalIgnoreCase))
            {
                ours = Is(word[..colon].Trim(), RobotsTxt.ProductToken);
                word = word[(colon + 1)..].Trim();
            }

            if (ours) yield return word;
        }
    }

    private static string Text(RawDocument document)
    {
        var bytes = document.Content.Span;
        var html = TextDecoding.Decode(bytes, document.Charset ?? TextDecoding.DeclaredInHtml(bytes));
        return html[..Math.Min(html.Length, LongestHead)];
    }

    private static string[] Split(string words) => words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
