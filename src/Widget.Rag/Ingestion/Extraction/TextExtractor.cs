namespace Widget.Rag.Ingestion.Extraction;

/// <summary>Reads plain text: blank lines divide paragraphs.</summary>
public sealed class TextExtractor : IExtractor
{
    public bool Reads(string mediaType) => mediaType == MediaTypes.Text;

    public Task<ExtractedDocument> ExtractAsync(RawDocument document, CancellationToken ct)
    {
        var text = TextDecoding.Decode(document.Content.Span, document.Charset);
        return Task.FromResult(new ExtractedDocument(null, null, [.. Paragraphs(text).Select(paragraph => new Block(BlockKind.Paragraph, paragraph))]));
    }

    internal static IEnumerable<string> Paragraphs(string text) =>
        text.ReplaceLineEndings("\n")
            .Split("\n\n", StringSplitOptions.TrimEntries)
            .Select(HtmlExtractor.Fold)
            .Where(paragraph => paragraph.Length > 0);
}
