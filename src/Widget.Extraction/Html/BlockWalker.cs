using System.Text;
using AngleSharp.Dom;

namespace Widget.Extraction;

/// <summary>Converts a tree of elements into blocks, in reading order.</summary>
internal sealed class BlockWalker(List<Block> blocks)
{
    // Normal pages nest a few dozen levels. Deeper elements only contribute their text, so that no page can exhaust the stack.
    private const int MaxDepth = 200;

    // Every passage repeats the headings above it, so a longer text is not treated as a heading.
    public const int MaxHeadingLength = 300;

    // Anchors are repeated in passages, too.
    public const int MaxAnchorLength = 200;

    private readonly StringBuilder _inline = new();
    private BlockKind _kind = BlockKind.Paragraph;
    private string? _sectionAnchor;

    public void Walk(IElement root)
    {
        VisitChildren(root, depth: 0);
        Flush();
    }

    private void VisitChildren(INode parent, int depth)
    {
        foreach (var child in parent.ChildNodes) Visit(child, depth);
    }

    private void Visit(INode node, int depth)
    {
        if (node is IText text)
        {
            _inline.Append(text.Data);
            return;
        }

        if (node is not IElement element) return;
        if (depth > MaxDepth)
        {
            _inline.Append(element.TextContent);
            return;
        }

        switch (element.LocalName)
        {
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                AddHeading(element);
                break;
            case "pre":
                Flush();
                Add(BlockKind.Code, element.TextContent.Trim('\n', '\r').TrimEnd());
                break;
            case "table":
                Flush();
                AddTable(element);
                break;
            case "li" or "dd":
                AddBlock(element, BlockKind.ListItem, depth);
                break;
            case "br":
                _inline.Append(' ');
                break;
            case "p" or "div" or "section" or "article" or "main" or "ul" or "ol" or "dl" or "dt" or "blockquote" or "figure"
                or "figcaption" or "header" or "footer" or "address" or "details" or "summary" or "fieldset" or "hr" or "center" or "td":
                if (element is { LocalName: "section" or "div" or "article", Id.Length: > 0 }) _sectionAnchor = element.Id;
                AddBlock(element, BlockKind.Paragraph, depth);
                break;
            default:
                VisitChildren(element, depth + 1);
                break;
        }
    }

    private void AddBlock(IElement element, BlockKind kind, int depth)
    {
        Flush();
        var outer = _kind;
        // A paragraph within a list item belongs to the item.
        if (!(outer == BlockKind.ListItem && kind == BlockKind.Paragraph)) _kind = kind;
        VisitChildren(element, depth + 1);
        Flush();
        _kind = outer;
    }

    private void AddHeading(IElement element)
    {
        Flush();
        var anchor = element.GetAttribute("id")
            ?? element.QuerySelector("[id]")?.GetAttribute("id")
            ?? element.QuerySelector("a[name]")?.GetAttribute("name")
            ?? _sectionAnchor;
        _sectionAnchor = null;
        if (anchor?.Length > MaxAnchorLength) anchor = null;
        var text = HtmlExtractor.CollapseWhiteSpace(element.TextContent).TrimEnd('#', '¶', ' ');
        if (text.Length > MaxHeadingLength) Add(BlockKind.Paragraph, text);
        else if (text.Length > 0) blocks.Add(new Block(BlockKind.Heading, text, element.LocalName[1] - '0', anchor));
    }

    private void Flush()
    {
        var text = HtmlExtractor.CollapseWhiteSpace(_inline.ToString());
        _inline.Clear();
        Add(_kind, text);
    }

    private void Add(BlockKind kind, string text)
    {
        if (text.Length > 0) blocks.Add(new Block(kind, text));
    }

    private void AddTable(IElement table)
    {
        var rows = table.QuerySelectorAll("tr")
            .Select(row => (Row: row, Text: string.Join(" | ", row.Children
                .Where(cell => cell.LocalName is "td" or "th")
                .Select(cell => HtmlExtractor.CollapseWhiteSpace(cell.TextContent)))))
            .Where(row => row.Text.AsSpan().ContainsAnyExcept(" |"))
            .ToList();
        if (rows.Count == 0) return;
        var header = rows.TakeWhile(
            row => row.Row.ParentElement?.LocalName == "thead" || row.Row.Children.All(cell => cell.LocalName == "th"))
            .Count();
        blocks.Add(
            new Block(BlockKind.Table, string.Join('\n', rows.Select(row => row.Text))) { HeaderLines = header < rows.Count ? header : 0 });
    }
}
