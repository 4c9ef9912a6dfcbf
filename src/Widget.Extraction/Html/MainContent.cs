using AngleSharp.Dom;

namespace Widget.Extraction;

/// <summary>
/// Separates a page's content from its boilerplate, in three steps. The first removes elements whose markup declares another purpose. The
/// second takes the element with most of the text. The third removes groups in it that consist of links or of few words, using link density
/// and word count as in Kohlschütter, Fankhauser and Nejdl, "Boilerplate detection using shallow text features" (WSDM 2010). The third step
/// removes nothing if the page would lose most of its words.
/// </summary>
internal static class MainContent
{
    // These elements never contain the page's own text.
    private const string NeverContent =
        "script, style, noscript, template, iframe, object, svg, canvas, dialog:not([open]), [role=dialog][aria-modal=true], [popover], "
        + "button, select, [hidden], [aria-hidden=true]";

    // Navigation and similar elements, recognised by their markup.
    private const string DeclaredBoilerplate =
        "nav, aside, [role=navigation], [role=banner], [role=contentinfo], [role=search], [role=complementary], [role=alertdialog], "
        + "body > header, body > footer, body > div > header, body > div > footer";

    private const int MinWords = 25;
    private const double MinShare = 0.4;
    private const int MinTextWords = 3;

    // A block with a larger share of its characters within links is a link list. The paper's decision trees split at a third.
    private const double MaxLinkDensity = 0.6;
    private const int MinLinkListLength = 3;

    private static readonly string[] ConsentNames = ["cookie", "consent", "gdpr", "onetrust", "cybot", "usercentrics", "didomi"];

    private static readonly string[] AsideNames =
    [
        "related", "recommended", "recommendations", "read-more", "readmore", "more-articles", "breadcrumb", "breadcrumbs", "pagination",
        "pager", "sharing", "social", "newsletter", "sidebar", "navbar", "offcanvas", "skip-link", "advertisement", "toolbar",
    ];

    // Content has these names, too: the items of a restaurant's menu, the footer of a card, a promotional price.
    private static readonly string[] AmbiguousNames = ["share", "menu", "drawer", "promo", "footer", "masthead"];

    private static readonly string[] FooterNames = ["footer", "site-footer", "page-footer", "main-footer", "global-footer"];

    /// <summary>Removes the boilerplate and returns the element to read; null for a page without a body.</summary>
    public static IElement? Find(IDocument page, bool isAllContent)
    {
        if (page.Body is not { } body) return null;
        Disclosures.Open(body);
        HiddenByStyle.Remove(body);
        Remove(body.QuerySelectorAll(NeverContent));
        RemoveDialogs(body);
        if (isAllContent) return body;
        RemoveSearchForms(body);
        var words = Words(body);
        var declared = body.QuerySelectorAll(DeclaredBoilerplate).Where(element => !IsText(element)).ToList();
        // A page with nothing but navigation is an index, so its navigation is its content.
        if (words - declared.Where(element => !declared.Exists(other => other != element && other.Contains(element))).Sum(Words) > 0)
            Remove(declared);
        RemoveBanners(body);

        var root = FindMainElement(body);
        var links = FindBoilerplate(root).ToList();
        var (all, removable) = (Words(root), links.Sum(Words));
        if (all - removable >= MinWords || all - removable >= MinShare * all) Remove(links);
        return root;
    }

    // The page's own content element counts only if it contains most of the text. Some pages put only a heading into it.
    private static IElement FindMainElement(IElement body)
    {
        var all = Words(body);
        foreach (var selector in (string[])["main", "[role=main]", "article"])
        {
            var found = body
                .QuerySelectorAll(selector)
                .Where(element => element.ParentElement?.Closest(selector) is null)
                .Take(2)
                .ToArray();
            if (found.Length == 1 && Words(found[0]) is var words && (words >= all / 2 || words >= 4 * MinWords)) return found[0];
        }

        return body;
    }

    private static void RemoveSearchForms(IElement body)
    {
        // Some frameworks wrap the whole page in a form, so a form with much text is not removed.
        var all = Words(body);
        Remove(body.QuerySelectorAll("form").Where(form => Words(form) is var words && words < 4 * MinWords && words < all / 2).ToList());
    }

    // Dialogs that a button opens.
    private static void RemoveDialogs(IElement body)
    {
        var all = Words(body);
        Remove(body.QuerySelectorAll("[role=dialog], .modal:not(.show):not(.in):not(.is-active)")
            .Where(element => element.GetAttribute("role") == "dialog"
                || element.QuerySelector(".modal-dialog, .modal-content, .modal-body") is not null)
            .Where(element => Words(element) <= all / 2 && element.QuerySelector("h1, main") is null)
            .ToList());
    }

    // Some page builders use nav elements for answers and other text.
    private static bool IsText(IElement element) =>
        element.LocalName == "nav"
        && element.GetAttribute("role") is null
        && Words(element) >= MinTextWords
        && element.QuerySelector("p, dl, table, blockquote, h2, h3, h4") is not null
        && ClosedAnswers.LinkDensity(element) < MaxLinkDensity / 2;

    private static void RemoveBanners(IElement body)
    {
        var all = Words(body);
        Remove(body.QuerySelectorAll("[id], [class]")
            .Where(element => element.LocalName
                is "div" or "section" or "aside" or "p" or "ul" or "span" or "footer" or "header" or "dialog")
            .Where(element => HasName(element, ConsentNames, wholeWords: false))
            .Where(element => Words(element) < all / 2 && element.QuerySelector("h1") is null)
            .ToList());
    }

    /// <summary>Link lists, and elements named as asides that are short or mostly links. Only the outermost ones.</summary>
    private static IEnumerable<IElement> FindBoilerplate(IElement root)
    {
        var waiting = new Stack<IElement>(root.Children.Reverse());
        while (waiting.TryPop(out var element))
        {
            if (element.LocalName is "table" or "pre" or "p" or "h1" or "h2" or "h3" or "dl") continue;
            if (IsBoilerplate(element)) yield return element;
            else foreach (var child in element.Children.Reverse()) waiting.Push(child);
        }
    }

    private static bool IsBoilerplate(IElement element)
    {
        if (element.LocalName is not ("div" or "section" or "ul" or "ol" or "footer" or "header")) return false;
        var text = HtmlExtractor.CollapseWhiteSpace(element.TextContent).Length;
        if (text == 0) return false;
        var anchors = element.QuerySelectorAll("a[href]");
        var density = anchors.Sum(anchor => HtmlExtractor.CollapseWhiteSpace(anchor.TextContent).Length) / (double)text;
        if (HasName(element, AsideNames, wholeWords: true) && element.QuerySelector("h1") is null)
            return density > MaxLinkDensity / 2 || Words(element) < MinWords;
        if (HasName(element, AmbiguousNames, wholeWords: true) && element.QuerySelector("h1") is null)
            return density > MaxLinkDensity / 2 || (IsFooter(element) && Words(element) < MinWords);
        if (element.LocalName == "footer") return density > MaxLinkDensity / 2;
        // Headings above links form a section index, which stays if it is in the middle of text.
        return density > MaxLinkDensity && anchors.Length >= MinLinkListLength;
    }

    private static bool IsFooter(IElement element) =>
        $"{element.Id} {element.ClassName}".ToLowerInvariant().Split(' ').Any(FooterNames.Contains)
        && element.ParentElement?.Closest("article, li, table, [class*=card], [class*=pricing]") is null;

    private static bool HasName(IElement element, string[] names, bool wholeWords)
    {
        var given = $"{element.Id} {element.ClassName}".ToLowerInvariant();
        if (!wholeWords) return Array.Exists(names, name => given.Contains(name, StringComparison.Ordinal));
        foreach (var word in given.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Array.Exists(names,
                name => word == name
                || word.StartsWith(name + "-", StringComparison.Ordinal)
                || word.EndsWith("-" + name, StringComparison.Ordinal)))
                return true;
        }

        return false;
    }

    internal static int Words(IElement element)
    {
        var (words, within) = (0, false);
        foreach (var character in element.TextContent)
        {
            var letter = !char.IsWhiteSpace(character);
            if (letter && !within) words++;
            within = letter;
        }

        return words;
    }

    private static void Remove(IEnumerable<IElement> elements)
    {
        foreach (var element in elements.ToArray()) element.Remove();
    }
}
