namespace Widget.Rag.Fetching;

/// <summary>A page's instructions to crawlers and browsers, from its head and the X-Robots-Tag header.</summary>
/// <param name="Index">Whether the page may be indexed.</param>
/// <param name="Follow">Whether its links may be followed.</param>
/// <param name="Canonical">The page's canonical address (RFC 6596); null when it has none.</param>
public sealed record PageDirectives(bool Index, bool Follow, Uri? Canonical)
{
    // In characters. No reasonable head is longer.
    private const int MaxHeadLength = 256 * 1024;

    /// <summary>Where the page sends browsers at once with a meta refresh; null when it does not.</summary>
    public Uri? Refresh { get; init; }

    /// <param name="document">The page as received.</param>
    /// <param name="header">The values of X-Robots-Tag.</param>
    public static PageDirectives Read(RawDocument document, IEnumerable<string> header)
    {
        var words = header.SelectMany(OurWords).ToList();
        string? canonical = null;
        string? refresh = null;
        string? baseAddress = null;
        if (document.MediaType == MediaTypes.Html)
        {
            foreach (var (tag, attributes) in HeadTags.Of(Text(document)))
            {
                string Value(string name) => attributes.GetValueOrDefault(name, "").Trim();
                if (tag == "meta" && (Is(Value("name"), "robots") || Is(Value("name"), RobotsTxt.ProductToken)))
                    words.AddRange(Split(Value("content")));
                else if (tag == "meta" && Is(Value("http-equiv"), "refresh"))
                    refresh ??= MetaRefresh.Target(Value("content"));
                else if (tag == "base" && attributes.ContainsKey("href"))
                    baseAddress ??= Value("href");
                else if (tag == "link" && attributes.ContainsKey("href") && Value("rel").Split(' ').Any(rel => Is(rel, "canonical")))
                    canonical ??= Value("href");
            }
        }

        var root = Web(document.Address, baseAddress) ?? document.Address;
        return new PageDirectives(
            !words.Exists(word => Is(word, "noindex") || Is(word, "none")),
            !words.Exists(word => Is(word, "nofollow") || Is(word, "none")),
            Web(root, canonical) is { } named ? PageAddress.Normalize(named) : null)
        {
            Refresh = Web(root, refresh) is { } target ? PageAddress.Normalize(target) : null,
        };
    }

    private static Uri? Web(Uri? root, string? address) =>
        address is { Length: > 0 } && Uri.TryCreate(root, address, out var absolute) && absolute.Scheme is "http" or "https"
            ? absolute
            : null;

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
        return html[..Math.Min(html.Length, MaxHeadLength)];
    }

    private static string[] Split(string words) => words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
