using System.Text;
using AngleSharp.Dom;

namespace Widget.Extraction;

/// <summary>
/// Returns the text of an element in one line, for headings and table cells. Line breaks and blocks separate words, and semicolons
/// separate the items of a list.
/// </summary>
internal static class InlineText
{
    // Deeper elements only contribute their text, so that no page can exhaust the stack.
    private const int MaxDepth = 200;

    /// <summary>Returns the text in one line; empty when there is none.</summary>
    public static string Of(IElement element)
    {
        var text = new StringBuilder();
        Append(element, text, depth: 0);
        return HtmlExtractor.CollapseWhiteSpace(RaisedText.Resolve(text.ToString()));
    }

    /// <summary>Whether the element begins on a new line.</summary>
    public static bool IsBlock(string name) => name is "p" or "div" or "section" or "article" or "main" or "aside" or "nav" or "header"
        or "footer" or "ul" or "ol" or "dl" or "dt" or "dd" or "li" or "menu" or "blockquote" or "figure" or "figcaption" or "address"
        or "details" or "summary" or "fieldset" or "legend" or "form" or "search" or "hgroup" or "hr" or "center" or "pre" or "table"
        or "caption" or "tr" or "td" or "th" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6";

    /// <summary>Whether an element's text is not shown: scripts, drawings, what is hidden, and the reading aids of ruby.</summary>
    public static bool IsSkipped(IElement element) =>
        element.LocalName is "script" or "style" or "template" or "noscript" or "svg" or "rt" or "rp"
        || element.HasAttribute("hidden")
        || element.GetAttribute("aria-hidden") == "true";

    /// <summary>Appends a text, with a space where the page shows a gap before it.</summary>
    public static void Append(IText words, StringBuilder text)
    {
        if (InlineSpacing.IsMissingBefore(words, text)) text.Append(' ');
        text.Append(words.Data);
    }

    private static void Append(IElement parent, StringBuilder text, int depth)
    {
        foreach (var node in parent.ChildNodes)
        {
            if (node is IText words) Append(words, text);
            else if (node is IElement element) Append(element, element.LocalName, text, depth);
        }
    }

    private static void Append(IElement element, string name, StringBuilder text, int depth)
    {
        if (depth > MaxDepth)
        {
            text.Append(element.TextContent);
            return;
        }

        if (IsSkipped(element)) return;
        switch (name)
        {
            case "br":
                text.Append(' ');
                break;
            case "table":
                text.Append(' ').Append(HtmlTables.Write(element).Replace("\n", "; ", StringComparison.Ordinal)).Append(' ');
                break;
            case "li" when element.PreviousElementSibling is { LocalName: "li" }:
                while (text.Length > 0 && char.IsWhiteSpace(text[^1])) text.Length--;
                text.Append("; ");
                Append(element, text, depth + 1);
                break;
            case var _ when IsBlock(name):
                text.Append(' ');
                Append(element, text, depth + 1);
                text.Append(' ');
                break;
            case var _ when InlineSpacing.IsRaised(element):
                RaisedText.Begin(text);
                Append(element, text, depth + 1);
                RaisedText.Finish(text);
                break;
            default:
                if (InlineSpacing.IsMissingBefore(element, text)) text.Append(' ');
                Append(element, text, depth + 1);
                break;
        }
    }
}
