using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Widget.Extraction;

/// <summary>Reads web pages: what is said on them, without navigation, banners and forms.</summary>
public sealed class HtmlExtractor : IExtractor
{
    private const string Boilerplate =
        "script, style, noscript, template, nav, form, button, iframe, object, svg, dialog, aside, [hidden], [aria-hidden=true], "
        + "[role=navigation], [role=banner], [role=contentinfo], [role=search], [role=complementary], "
        + "body > header, body > footer, body > div > header, body > div > footer";

    public bool Reads(string mediaType) => mediaType == MediaTypes.Html;

    public ExtractedDocument Extract(RawDocument document)
    {
        var bytes = document.Content.Span;
        var html = TextDecoding.Decode(bytes, document.Charset ?? TextDecoding.DeclaredInHtml(bytes));
        return Extract(html, document.Address);
    }

    public static ExtractedDocument Extract(string html, Uri? address)
    {
        HtmlComplexity.Check(html);
        using var page = new HtmlParser().ParseDocument(html);
        var links = Links(page, address);
        var title = Fold(page.Title);
        var language = page.DocumentElement.GetAttribute("lang")?.Split('-', '_')[0].Trim().ToLowerInvariant();

        foreach (var element in page.QuerySelectorAll(Boilerplate).ToArray()) element.Remove();
        var main = page.QuerySelector("main, [role=main]") ?? Only(page.QuerySelectorAll("article")) ?? page.Body;
        var blocks = new List<Block>();
        if (main is not null) new BlockWalker(blocks).Walk(main);

        var heading = Only(blocks.Where(block => block is { Kind: BlockKind.Heading, Level: 1 }));
        return new ExtractedDocument(heading?.Text ?? (title.Length > 0 ? title : null), language is { Length: 2 } ? language : null, blocks)
        {
            Links = links,
        };
    }

    internal static string Fold(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var folded = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (!char.IsWhiteSpace(character) && character != '\u200B') folded.Append(character);
            else if (folded.Length > 0 && folded[^1] != ' ') folded.Append(' ');
        }

        return folded.ToString().TrimEnd();
    }

    private static T? Only<T>(IEnumerable<T> elements)
        where T : class
    {
        var found = elements.Take(2).ToArray();
        return found.Length == 1 ? found[0] : null;
    }

    private static List<Uri> Links(IDocument page, Uri? address)
    {
        var links = new List<Uri>();
        if (address is null) return links;
        var root = Uri.TryCreate(address, page.QuerySelector("base[href]")?.GetAttribute("href") ?? "", out var declared) ? declared : address;
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
