using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace Widget.Extraction;

/// <summary>
/// Finds questions and their closed answers in pages that don't declare an accordion: hidden text below a heading or a term, drop-downs
/// of Webflow, and plain buttons that ask a question.
/// </summary>
internal static partial class ClosedAnswers
{
    // A longer text after a button is the rest of the page.
    private const int MaxAnswerLength = 3_000;
    private const int MinQuestionWords = 3;
    private const double MaxLinkDensity = 0.3;

    /// <summary>
    /// Turns Webflow's drop-downs with text into details elements. Their lists are nav elements even if they have no links.
    /// </summary>
    public static void OpenDropdowns(IElement body)
    {
        foreach (var list in body.QuerySelectorAll(".w-dropdown-toggle + .w-dropdown-list").ToList())
        {
            if (list.ParentElement?.Closest(Disclosures.ExcludedContainers + ", .w-nav, .w-nav-menu") is not null) continue;
            if (HtmlExtractor.CollapseWhiteSpace(list.TextContent).Length == 0 || LinkDensity(list) > MaxLinkDensity) continue;
            var toggle = list.PreviousElementSibling!;
            var panel = body.Owner!.CreateElement("div");
            if (list.Id is { Length: > 0 } id) panel.Id = id;
            while (list.FirstChild is { } child) panel.AppendChild(child);
            list.Parent!.ReplaceChild(panel, list);
            if (toggle.QuerySelector(Disclosures.Headings) is not null) continue;
            if (InlineText.Of(toggle) is not { Length: > 0 } label) continue;
            Disclosures.Wrap(panel, label, toggle.Id);
            toggle.Remove();
        }
    }

    /// <summary>Returns the closed elements that follow a heading, a term or a question.</summary>
    public static IEnumerable<IElement> Find(IElement body)
    {
        foreach (var title in body.QuerySelectorAll($"{Disclosures.Headings}, dt, .question, .faq-question, .accordion-title").ToList())
        {
            // The title may be alone in an element.
            var last = title;
            for (var i = 0; i < 2 && last.NextElementSibling is null && last.ParentElement is { } parent; i++)
            {
                if (parent.LocalName is not ("div" or "header") || HtmlExtractor.CollapseWhiteSpace(parent.TextContent).Length
                    > HtmlExtractor.CollapseWhiteSpace(title.TextContent).Length)
                    break;
                last = parent;
            }

            for (var next = last.NextElementSibling; next is not null && IsClosed(next); next = next.NextElementSibling)
            {
                // Forms hide messages, and pages hide variants below their title.
                if (HiddenByStyle.IsNotDisplayed(next) || (title.LocalName != "h1" && next.Closest("form") is null)) yield return next;
            }
        }
    }

    /// <summary>Whether an element is closed: hidden, not displayed, or without height.</summary>
    public static bool IsClosed(IElement element) =>
        element.HasAttribute("hidden")
        || element.GetAttribute("aria-hidden") == "true"
        || HiddenByStyle.IsNotDisplayed(element)
        || HiddenByStyle.IsCollapsed(element);

    /// <summary>Whether a button has a heading, or a text that ends as a question.</summary>
    public static bool IsQuestion(IElement button) =>
        button.QuerySelector(Disclosures.Headings) is not null || InlineText.Of(button) is [.., '?' or '؟' or '？'];

    /// <summary>Whether the script of a button names the element after it.</summary>
    public static bool NamesNext(IElement control) =>
        control.GetAttribute("onclick") is { Length: > 0 } script
        && control.NextElementSibling is { Id: { Length: > 0 } id }
        && Quoted().Matches(script).Any(match => match.Groups["id"].Value == id);

    /// <summary>Whether an element after a question may be its answer, not the rest of the page.</summary>
    public static bool IsAnswer(IElement panel) =>
        panel.QuerySelector("h1, h2, main, article") is null
        && HtmlExtractor.CollapseWhiteSpace(panel.TextContent).Length <= MaxAnswerLength;

    /// <summary>Keeps the texts of buttons that are headings or questions, although nothing is known to belong to them.</summary>
    public static void KeepQuestions(IElement body)
    {
        foreach (var button in body.QuerySelectorAll("button").ToList())
        {
            if (!IsQuestion(button) || button.Closest(Disclosures.ExcludedContainers) is not null) continue;
            if (button.QuerySelector(Disclosures.Headings) is not null)
            {
                UnwrapHeading(button);
                continue;
            }

            var text = InlineText.Of(button);
            if (text[^1] != '？' && text.Split(' ').Length < MinQuestionWords) continue;
            var paragraph = body.Owner!.CreateElement("p");
            paragraph.TextContent = text;
            button.Parent!.ReplaceChild(paragraph, button);
        }
    }

    /// <summary>Replaces a button that contains a heading with its content, without signs such as + and ›.</summary>
    public static void UnwrapHeading(IElement button)
    {
        foreach (var child in button.Children.Where(child => !child.TextContent.Any(char.IsLetterOrDigit)).ToList()) child.Remove();
        Disclosures.Unwrap(button);
    }

    /// <summary>The share of an element's text that is in links, with or without an address.</summary>
    public static double LinkDensity(IElement element)
    {
        var length = HtmlExtractor.CollapseWhiteSpace(element.TextContent).Length;
        return length == 0
            ? 0
            : element.QuerySelectorAll("a").Sum(link => HtmlExtractor.CollapseWhiteSpace(link.TextContent).Length) / (double)length;
    }

    [GeneratedRegex("""['"]#?(?<id>[\w-]+)['"]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();
}
