using AngleSharp.Dom;

namespace Widget.Extraction;

/// <summary>
/// Opens the accordions and tabs of a page. Their panels are hidden until a visitor chooses them, but they are content (WAI-ARIA Authoring
/// Practices, "Accordion", "Disclosure" and "Tabs"). Each becomes a details element whose summary is the text of its button or tab, so
/// that the question is the heading of its answer. Menus and dialogs stay as they are. <see cref="ClosedAnswers"/> has the forms that no
/// attribute declares.
/// </summary>
internal static class Disclosures
{
    private const string Controls =
        "button, summary, [role=button], [role=tab], [aria-expanded], [aria-controls], [data-toggle], [data-bs-toggle]";

    internal const string Headings = "h1, h2, h3, h4, h5, h6, [role=heading]";

    // Buttons in these elements open menus, dialogs and the like.
    internal const string ExcludedContainers =
        "nav, dialog, template, select, body > header, [role=navigation], [role=menubar], [role=menu], [role=banner], [role=search], "
        + "[role=dialog], [role=alertdialog], [role=listbox], [role=combobox], [role=toolbar]";

    private static readonly string[] ButtonNames = ["accordion", "collaps", "faq", "toggle", "disclosure", "expand"];

    private static readonly string[] MenuNames =
    [
        "menu", "nav", "navbar", "drawer", "offcanvas", "off-canvas", "sidebar", "modal", "popup", "popover", "dropdown", "lightbox",
        "tooltip", "cart", "search", "login", "cookie", "consent",
    ];

    private const double MaxLinkDensity = 0.6;
    private const int MinLinkListLength = 3;

    /// <summary>Opens all accordions and tabs of a page.</summary>
    public static void Open(IElement body)
    {
        ClosedAnswers.OpenDropdowns(body);
        var page = new PageElements(body);
        foreach (var control in body.QuerySelectorAll(Controls).ToList())
        {
            if (control.ParentElement is null || !IsDisclosure(control) || page.FindPanel(control) is not { } panel) continue;
            if (IsOnlyQuestion(control) && !ClosedAnswers.IsAnswer(panel)) continue;
            var label = InlineText.Of(control);
            if (page.TryOpen(panel, control))
            {
                page.SetLabel(panel, label);
                AddLabel(panel, control);
            }
            else if (page.IsRepeatedLabel(panel, label))
            {
                // Some pages have a title for phones and one for other screens.
                (control.Closest(Headings) ?? control).Remove();
            }
        }

        foreach (var panel in body.QuerySelectorAll("[role=tabpanel], [hidden=until-found]").ToList())
        {
            var label = page.LabelOf(panel);
            if (!page.TryOpen(panel, label)) continue;
            var name = label is null ? HtmlExtractor.CollapseWhiteSpace(panel.GetAttribute("aria-label")) : InlineText.Of(label);
            if (name.Length == 0) continue;
            Wrap(panel, name, label?.Id);
            label?.Remove();
        }

        // A script shows what a link within the page leads to, or what follows its heading.
        var targets = body.QuerySelectorAll("a[href^='#']")
            .Select(link => link.GetAttribute("href")![1..])
            .ToHashSet(StringComparer.Ordinal);
        foreach (var panel in body.QuerySelectorAll("[id][style]").Where(element => targets.Contains(element.Id!)).ToList())
            if (HiddenByStyle.IsNotDisplayed(panel)) page.TryOpen(panel);
        foreach (var panel in ClosedAnswers.Find(body)) page.TryOpen(panel);

        // Other buttons in headings have no known panel. Their texts are still titles.
        foreach (var button in body.QuerySelectorAll($":is({Headings}, dt, summary) :is(button, [role=button])").ToList()) Unwrap(button);
        ClosedAnswers.KeepQuestions(body);
    }

    private static bool IsDisclosure(IElement control)
    {
        if (control.LocalName == "summary" || control.Closest(ExcludedContainers) is not null) return false;
        if (control.GetAttribute("aria-haspopup") is not (null or "false")) return false;
        return control.HasAttribute("aria-expanded")
            || control.HasAttribute("aria-controls")
            || control.GetAttribute("role") == "tab"
            || (control.GetAttribute("data-bs-toggle") ?? control.GetAttribute("data-toggle")) is "collapse" or "tab" or "pill"
            || (control.LocalName == "button"
                && (control.Closest(Headings + ", dt") is not null
                    || HasName(control, ButtonNames, matchSubstring: true)
                    || ClosedAnswers.NamesNext(control)
                    || ClosedAnswers.IsQuestion(control)));
    }

    // A button that nothing but its text declares.
    private static bool IsOnlyQuestion(IElement control) =>
        control.LocalName == "button"
        && !control.HasAttribute("aria-expanded")
        && !control.HasAttribute("aria-controls")
        && !control.HasAttribute("data-bs-toggle")
        && !control.HasAttribute("data-toggle")
        && control.Closest(Headings + ", dt") is null
        && !HasName(control, ButtonNames, matchSubstring: true)
        && !ClosedAnswers.NamesNext(control);

    // Labels a panel with the text of its control. A control within a heading is replaced with its text, so that the heading stays.
    private static void AddLabel(IElement panel, IElement control)
    {
        if (control.Closest(Headings) is not null)
        {
            Unwrap(control);
            return;
        }

        if (control.QuerySelector(Headings) is not null)
        {
            if (control.LocalName == "button" || control.GetAttribute("role") == "button") ClosedAnswers.UnwrapHeading(control);
            return;
        }

        var label = InlineText.Of(control);
        if (label.Length == 0) label = HtmlExtractor.CollapseWhiteSpace(control.GetAttribute("aria-label"));
        if (label.Length == 0) return;
        Wrap(panel, label, control.Id);
        control.Remove();
    }

    // Puts a panel into a details element with this label as its summary.
    internal static void Wrap(IElement panel, string label, string? id)
    {
        var details = panel.Owner!.CreateElement("details");
        var summary = panel.Owner.CreateElement("summary");
        summary.TextContent = label;
        if (!string.IsNullOrEmpty(id)) summary.Id = id;
        panel.Parent!.InsertBefore(details, panel);
        details.AppendChild(summary);
        if (panel.LocalName is not ("dd" or "li"))
        {
            details.AppendChild(panel);
            return;
        }

        // Within details, the answer is no longer a list item.
        while (panel.FirstChild is { } child) details.AppendChild(child);
        panel.Remove();
    }

    // Replaces an element with its children.
    internal static void Unwrap(IElement element)
    {
        if (element.Parent is not { } parent) return;
        while (element.FirstChild is { } child) parent.InsertBefore(child, element);
        element.Remove();
    }

    internal static bool HasName(IElement element, string[] names, bool matchSubstring)
    {
        foreach (var word in $"{element.Id} {element.ClassName}".ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (matchSubstring ? Array.Exists(names, name => word.Contains(name, StringComparison.Ordinal))
                : word.Split('-', '_').Any(names.Contains) || names.Contains(word))
                return true;
        }

        return false;
    }

    // The elements of a page by id and by the control that names them, and the panels seen so far.
    private sealed class PageElements
    {
        private readonly Dictionary<string, IElement> _byId = new(StringComparer.Ordinal);
        private readonly Dictionary<string, IElement> _byLabel = new(StringComparer.Ordinal);
        private readonly HashSet<IElement> _seen = [];
        private readonly Dictionary<IElement, string> _labels = [];

        public PageElements(IElement body)
        {
            foreach (var element in body.QuerySelectorAll("[id]")) _byId.TryAdd(element.Id!, element);
            foreach (var element in body.QuerySelectorAll("[aria-labelledby]"))
                foreach (var id in Words(element.GetAttribute("aria-labelledby"))) _byLabel.TryAdd(id, element);
        }

        /// <summary>Returns the element that a button or tab opens; null when it is unknown.</summary>
        public IElement? FindPanel(IElement control)
        {
            var targets = Words(control.GetAttribute("aria-controls"))
                .Append(control.GetAttribute("data-bs-target") ?? control.GetAttribute("data-target") ?? control.GetAttribute("href"))
                .Select(target => target?.TrimStart('#') ?? "");
            foreach (var target in targets)
                if (_byId.TryGetValue(target, out var named) && !named.Contains(control)) return named;
            if (ClosedAnswers.NamesNext(control)) return control.NextElementSibling;
            if (control.Id is { Length: > 0 } id && _byLabel.TryGetValue(id, out var labelled) && !labelled.Contains(control))
                return labelled;
            return FindFollowingPanel(control);
        }

        /// <summary>Shows a panel, and what closes it. False when it is not content, or was opened before.</summary>
        public bool TryOpen(IElement panel, IElement? control = null)
        {
            if (!_seen.Add(panel) || panel.Parent is null || IsMenu(panel)) return false;
            Show(panel);
            // The closed element may be within the panel, or around it.
            for (var inner = panel; inner.ChildElementCount == 1 && ClosedAnswers.IsClosed(inner.FirstElementChild!);)
                Show(inner = inner.FirstElementChild!);
            var outer = panel.ParentElement;
            while (control is not null && outer is { LocalName: not "body" } && !outer.Contains(control))
            {
                if (ClosedAnswers.IsClosed(outer) && !HasName(outer, MenuNames, matchSubstring: false)) Show(outer);
                outer = outer.ParentElement;
            }

            return true;
        }

        /// <summary>Whether the panel has this label already.</summary>
        public bool IsRepeatedLabel(IElement panel, string label) =>
            label.Length > 0 && _labels.TryGetValue(panel, out var given) && given == label;

        /// <summary>Remembers the first label of a panel.</summary>
        public void SetLabel(IElement panel, string label) => _labels.TryAdd(panel, label);

        private static void Show(IElement panel)
        {
            panel.RemoveAttribute("hidden");
            panel.RemoveAttribute("aria-hidden");
            // A closed panel is not displayed, or has no height.
            panel.RemoveAttribute("style");
        }

        /// <summary>Returns the element that names a panel; null when it has none, or when a heading names it, which stays there.</summary>
        public IElement? LabelOf(IElement panel) =>
            Words(panel.GetAttribute("aria-labelledby")).Select(id => _byId.GetValueOrDefault(id)).FirstOrDefault() is { } label
                && label.Closest(Headings) is null && !panel.Contains(label) && !label.Contains(panel)
                ? label
                : null;

        // Without a reference, the panel follows its button, or the element that consists of the button.
        private static IElement? FindFollowingPanel(IElement control)
        {
            for (var element = control; element is not null && element.LocalName != "body"; element = element.ParentElement)
            {
                if (element.NextElementSibling is { } next)
                    return next.LocalName is "div" or "section" or "p" or "dd" or "ul" or "ol" or "article" && !next.Matches(Controls)
                        && next.QuerySelector(Controls) is null
                        ? next
                        : null;
                if (element.LocalName is "li" or "section" or "article" or "main") return null;
            }

            return null;
        }

        private static bool IsMenu(IElement panel)
        {
            if (panel.Closest(ExcludedContainers) is not null) return true;
            if (panel.QuerySelector("nav, [role=navigation], [role=menu]") is not null) return true;
            if (panel.LocalName is "form" or "select" or "option" or "input" or "html" or "body" or "main" or "svg") return true;
            if (panel.GetAttribute("role") is "tooltip" or "status" or "tree" or "grid") return true;
            if (panel.GetAttribute("role") is not ("tabpanel" or "region") && HasName(panel, MenuNames, matchSubstring: false)) return true;
            var length = HtmlExtractor.CollapseWhiteSpace(panel.TextContent).Length;
            var links = panel.QuerySelectorAll("a[href]");
            return length == 0
                || (links.Length >= MinLinkListLength
                    && links.Sum(link => HtmlExtractor.CollapseWhiteSpace(link.TextContent).Length) > MaxLinkDensity * length);
        }

        private static string[] Words(string? text) => text?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
    }
}
