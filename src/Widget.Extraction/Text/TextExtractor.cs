namespace Widget.Extraction;

/// <summary>Reads plain text. Blank lines separate paragraphs.</summary>
public sealed class TextExtractor : IExtractor
{
    public bool Supports(string mediaType) => mediaType == MediaTypes.Text;

    public ExtractedDocument Extract(RawDocument document)
    {
        var text = TextDecoding.Decode(document.Content.Span, document.Charset);
        return new ExtractedDocument(null, null, [.. Paragraphs(text).Select(paragraph => new Block(BlockKind.Paragraph, paragraph))]);
    }

    internal static IEnumerable<string> Paragraphs(string text) =>
        text.ReplaceLineEndings("\n")
            .Split("\n\n", StringSplitOptions.TrimEntries)
            .Select(HtmlExtractor.CollapseWhiteSpace)
            .Where(paragraph => paragraph.Length > 0);
}
