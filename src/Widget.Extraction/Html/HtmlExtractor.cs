using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Widget.Extraction;

/// <summary>Reads the content of web pages without boilerplate.</summary>
public sealed class HtmlExtractor : IExtractor
{
    public bool Supports(string mediaType) => mediaType == MediaTypes.Html;

    public ExtractedDocument Extract(RawDocument document)
    {
        var bytes = document.Content.Span;
        var html = TextDecoding.Decode(bytes, document.Charset ?? TextDecoding.DeclaredInHtml(bytes));
        return Extract(html, document.Address);
    }

    /// <param name="html">The page.</param>
    /// <param name="address">Base address of links; without it, no links are returned.</param>
    /// <param name="isAllContent">Whether everything is content, as in a page made from Markdown.</param>
    public static ExtractedDocument Extract(string html, Uri? address, bool isAllContent = false)
    {
        HtmlComplexity.Check(html);
        using var page = new HtmlParser().ParseDocument(html);
        var links = Links(page, address);
        var noText = NoTextReason.Of(page);
        var title = CollapseWhiteSpace(page.Title);
        var language = page.DocumentElement.GetAttribute("lang")?.Split('-', '_')[0].Trim().ToLowerInvariant();

        var (noIndex, noFollow) = Robots(page);
        var canonical = Canonical(page, address);
        var description = CollapseWhiteSpace(Meta(page, "description").FirstOrDefault());

        var blocks = new List<Block>();
        if (MainContent.Find(page, isAllContent) is { } main) new BlockWalker(blocks).Walk(main);

        if (noText is not null && NoTextReason.IsPlaceholder(blocks)) blocks.Clear();
        var heading = SingleOrNull(blocks.Where(block => block is { Kind: BlockKind.Heading, Level: 1 }));
        return new ExtractedDocument(
            heading?.Text ?? (title.Length > 0 ? title : null),
            language is { Length: 2 } ? language : null,
            blocks)
        {
            Links = links,
            Canonical = canonical,
            Description = description.Length > 0 ? description : null,
            NoTextReason = noText,
            NoIndex = noIndex,
            NoFollow = noFollow,
        };
    }

    /// <summary>Returns the text in one line: white space is collapsed, and places for optional line breaks are removed.</summary>
    /// <summary>Replaces each run of white space with one space, and removes it at both ends.</summary>
    internal static string CollapseWhiteSpace(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var collapsed = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (IsBreakOpportunity(character)) continue;
            if (!char.IsWhiteSpace(character)) collapsed.Append(character);
            else if (collapsed.Length > 0 && collapsed[^1] != ' ') collapsed.Append(' ');
        }

        return collapsed.ToString().TrimEnd();
    }

    // Soft hyphens, zero-width spaces, word joiners and byte order marks are invisible and not part of a word.
    private static bool IsBreakOpportunity(char character) => character is '\u00AD' or '\u200B' or '\u2060' or '\uFEFF';

    private static T? SingleOrNull<T>(IEnumerable<T> elements)
        where T : class
    {
        var found = elements.Take(2).ToArray();
        return found.Length == 1 ? found[0] : null;
    }

    private static IEnumerable<string> Meta(IDocument page, string name) => page
        .QuerySelectorAll("meta[name][content]")
        .Where(meta => string.Equals(meta.GetAttribute("name"), name, StringComparison.OrdinalIgnoreCase))
        .Select(meta => meta.GetAttribute("content")!);

    private static (bool NoIndex, bool NoFollow) Robots(IDocument page)
    {
        var rules = Meta(page, "robots")
            .SelectMany(content => content.Split(',', StringSplitOptions.TrimEntries))
            .Select(rule => rule.ToLowerInvariant())
            .ToHashSet(StringComparer.Ordinal);
        return (rules.Contains("noindex") || rules.Contains("none"), rules.Contains("nofollow") || rules.Contains("none"));
    }

    private static Uri? Canonical(IDocument page, Uri? address)
    {
        if (address is null || page.QuerySelector("link[rel~=canonical][href]")?.GetAttribute("href") is not { Length: > 0 } href)
            return null;
        return Uri.TryCreate(address, href, out var canonical) && canonical.Scheme is "http" or "https" ? canonical : null;
    }

    private static List<Uri> Links(IDocument page, Uri? address)
    {
        var links = new List<Uri>();
        if (address is null) return links;
        var root = Uri.TryCreate(address, page.QuerySelector("base[href]")?.GetAttribute("href") ?? "", out var declared)
            ? declared
            : address;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var anchor in page.QuerySelectorAll("a[href]"))
        {
            if (!Uri.TryCreate(root, anchor.GetAttribute("href"), out var target)) continue;
            if (target.Scheme is not ("http" or "https")) continue;
            var bare = target.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped);
            if (seen.Add(bare)) links.Add(new Uri(bare));
        }

        return links;
    }
}
