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

    private const int MaxLevel = 6;

    private readonly StringBuilder _inline = new();
    private BlockKind _kind = BlockKind.Paragraph;
    private string? _sectionAnchor;

    // The level of the last heading, and the level of the section that has ended after it.
    private int _level;
    private int? _endedLevel;

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
            InlineText.Append(text, _inline);
            return;
        }

        if (node is not IElement element || element.LocalName is "rt" or "rp") return;
        if (depth > MaxDepth)
        {
            _inline.Append(element.TextContent);
            return;
        }

        switch (element.LocalName)
        {
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                AddHeading(element, element.LocalName[1] - '0');
                break;
            // The default level of WAI-ARIA is 2.
            case not "details" when element.GetAttribute("role") == "heading":
                AddHeading(element, int.TryParse(element.GetAttribute("aria-level"), out var level) ? Math.Clamp(level, 1, MaxLevel) : 2);
                break;
            case "details":
                AddDetails(element, depth);
                break;
            case "pre":
                Flush();
                Add(BlockKind.Code, element.TextContent.Trim('\n', '\r').TrimEnd());
                break;
            case "table" when !HtmlTables.IsLayout(element):
                Flush();
                Add(BlockKind.Paragraph, HtmlTables.Caption(element) ?? "");
                Add(BlockKind.Table, HtmlTables.Write(element));
                break;
            case "li" or "dd":
                AddBlock(element, BlockKind.ListItem, depth);
                break;
            case "br":
                _inline.Append(' ');
                break;
            case var name when InlineText.IsBlock(name):
                var isNamed = element is { LocalName: "section" or "div" or "article", Id.Length: > 0 };
                if (isNamed) _sectionAnchor = element.Id;
                AddBlock(element, BlockKind.Paragraph, depth);
                // A heading after the element does not belong to it.
                if (isNamed) _sectionAnchor = null;
                break;
            case var _ when InlineSpacing.IsRaised(element):
                RaisedText.Begin(_inline);
                VisitChildren(element, depth + 1);
                RaisedText.Finish(_inline);
                break;
            default:
                if (InlineSpacing.IsMissingBefore(element, _inline)) _inline.Append(' ');
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

    // The summary becomes the heading of the other content, as a question with its answer. What follows the details element belongs to the
    // section around it.
    private void AddDetails(IElement details, int depth)
    {
        Flush();
        var (outerLevel, outerKind) = (_level, _kind);
        _kind = BlockKind.Paragraph;
        var summary = details.Children.FirstOrDefault(child => child.LocalName == "summary");
        var level = summary?.QuerySelector("h1, h2, h3, h4, h5, h6") is { } inner
            ? inner.LocalName[1] - '0'
            // A single heading of level 1 is the title of the page.
            : Math.Clamp(outerLevel + 1, 2, MaxLevel);
        if (summary is not null) AddHeading(summary, level);
        foreach (var child in details.ChildNodes)
            if (child != summary) Visit(child, depth + 1);
        Flush();
        if (summary is not null) _endedLevel = Math.Min(_endedLevel ?? level, level);
        (_level, _kind) = (outerLevel, outerKind);
    }

    private void AddHeading(IElement element, int level)
    {
        Flush();
        var anchor = element.GetAttribute("id")
            ?? element.QuerySelector("[id]")?.GetAttribute("id")
            ?? element.QuerySelector("a[name]")?.GetAttribute("name")
            ?? (element.ParentElement is { LocalName: "details", Id: { Length: > 0 } id } ? id : null)
            ?? _sectionAnchor;
        _sectionAnchor = null;
        if (anchor?.Length > MaxAnchorLength) anchor = null;
        var text = InlineText.Of(element).TrimEnd('#', '¶', ' ');
        if (text.Length > MaxHeadingLength)
        {
            Add(BlockKind.Paragraph, text);
        }
        else if (text.Length > 0)
        {
            if (_endedLevel < level) EndSection();
            _endedLevel = null;
            _level = level;
            blocks.Add(new Block(BlockKind.Heading, text, level, anchor));
        }
    }

    private void EndSection()
    {
        if (_endedLevel is { } level) blocks.Add(new Block(BlockKind.SectionEnd, "", level));
        _endedLevel = null;
    }

    private void Flush()
    {
        var text = HtmlExtractor.CollapseWhiteSpace(RaisedText.Resolve(_inline.ToString()));
        _inline.Clear();
        Add(_kind, text);
    }

    private void Add(BlockKind kind, string text)
    {
        if (text.Length == 0) return;
        // Only the first heading of an element is named by its id.
        _sectionAnchor = null;
        EndSection();
        blocks.Add(new Block(kind, text));
    }
}
