using DocumentFormat.OpenXml.Wordprocessing;

namespace Widget.Extraction;

/// <summary>Determines a paragraph's role from its properties, its style and that style's base styles.</summary>
internal sealed class WordStyles(Styles? styles)
{
    private const int MaxInheritance = 20;

    private readonly Dictionary<string, Style> _byId = (styles?.Elements<Style>() ?? [])
        .Where(style => style.StyleId?.Value is not null)
        .GroupBy(style => style.StyleId!.Value!, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    /// <summary>The role of a paragraph.</summary>
    /// <param name="Level">1 to 6 for a heading.</param>
    /// <param name="IsList">Whether it has a bullet or a number.</param>
    /// <param name="IsTitle">Whether it is the document's title.</param>
    /// <param name="IsTableOfContents">Whether it is a line of a table of contents.</param>
    public readonly record struct Role(int? Level, bool IsList, bool IsTitle, bool IsTableOfContents);

    public Role Of(Paragraph paragraph)
    {
        var own = paragraph.ParagraphProperties;
        int? level = own?.OutlineLevel?.Val?.Value is { } outline and < 9 ? Math.Min(outline + 1, 6) : null;
        var list = own?.NumberingProperties?.NumberingId?.Val?.Value is > 0;
        var (title, contents) = (false, false);
        var id = own?.ParagraphStyleId?.Val?.Value;
        for (var depth = 0; id is not null && depth < MaxInheritance && _byId.TryGetValue(id, out var style); depth++)
        {
            var name = (style.StyleName?.Val?.Value ?? id).ToLowerInvariant();
            if (name == "title") (title, level) = (true, level ?? 1);
            if (name.StartsWith("toc ", StringComparison.Ordinal) || name.StartsWith("contents ", StringComparison.Ordinal))
                contents = true;
            if (name.StartsWith("heading ", StringComparison.Ordinal) && int.TryParse(name.AsSpan(8), out var number))
                level ??= Math.Clamp(number, 1, 6);
            if (name.StartsWith("list", StringComparison.Ordinal)) list = true;
            if (style.StyleParagraphProperties?.OutlineLevel?.Val?.Value is { } inherited and < 9) level ??= Math.Min(inherited + 1, 6);
            if (style.StyleParagraphProperties?.NumberingProperties is not null) list = true;
            id = style.BasedOn?.Val?.Value;
        }

        return new Role(level, list, title, contents);
    }
}
