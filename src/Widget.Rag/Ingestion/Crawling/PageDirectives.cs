using AngleSharp.Html.Parser;
using Widget.Rag.Ingestion.Fetching;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>What a page says to those who index it: in its head, and in the X-Robots-Tag header.</summary>
/// <param name="Index">Whether it may be found.</param>
/// <param name="Follow">Whether its links may be followed.</param>
/// <param name="Canonical">The address it wants to be known by (RFC 6596); null when it names none.</param>
public sealed record PageDirectives(bool Index, bool Follow, Uri? Canonical)
{
    // Characters: a head is long before it is this long.
    private const int LongestHead = 256 * 1024;

    /// <param name="document">The page as it came.</param>
    /// <param name="header">The values of X-Robots-Tag.</param>
    public static PageDirectives Read(RawDocument document, IEnumerable<string> header)
    {
        var words = header.SelectMany(OurWords).ToList();
        Uri? canonical = null;
        if (document.MediaType == MediaTypes.Html)
        {
            using var head = new HtmlParser().ParseDocument(Head(document));
            foreach (var meta in head.QuerySelectorAll("meta[name][content]"))
            {
                var name = meta.GetAttribute("name")!.Trim();
                if (Is(name, "robots") || Is(name, RobotsTxt.ProductToken)) words.AddRange(Split(meta.GetAttribute("content")!));
            }

            var link = head.QuerySelectorAll("link[rel][href]").FirstOrDefault(element => Array.Exists(element.GetAttribute("rel")!.Split(' '), rel => Is(rel, "canonical")));
            if (Uri.TryCreate(document.Address, link?.GetAttribute("href") is { Length: > 0 } href ? href : null, out var address) && address.Scheme is "http" or "https")
                canonical = PageAddress.Normalize(address);
        }

        return new PageDirectives(
            !words.Exists(word => Is(word, "noindex") || Is(word, "none")),
            !words.Exists(word => Is(word, "nofollow") || Is(word, "none")),
            canonical);
    }

    // "noindex, nofollow" is for everyone; "otherbot: noindex" for one, from there to the next name.
    private static IEnumerable<string> OurWords(string value)
    {
        var ours = true;
        foreach (var part in Split(value))
        {
            var word = part;
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            // These carry values of their own.
            if (colon > 0 && !word.StartsWith("max-", StringComparison.OrdinalIgnoreCase) && !word.StartsWith("unavailable_after", StringComparison.OrdinalIgnoreCase))
            {
                ours = Is(word[..colon].Trim(), RobotsTxt.ProductToken);
                word = word[(colon + 1)..].Trim();
            }

            if (ours) yield return word;
        }
    }

    private static string Head(RawDocument document)
    {
        var bytes = document.Content.Span;
        var html = TextDecoding.Decode(bytes, document.Charset ?? TextDecoding.DeclaredInHtml(bytes));
        var end = html.IndexOf("<body", StringComparison.OrdinalIgnoreCase);
        var head = html[..Math.Min(end < 0 ? html.Length : end, LongestHead)];
        HtmlComplexity.Check(head);
        return head;
    }

    private static string[] Split(string words) => words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
