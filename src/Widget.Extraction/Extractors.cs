namespace Widget.Extraction;

/// <summary>All extractors of this program.</summary>
public static class Extractors
{
    /// <summary>
    /// Maximum length of a document in characters, about 3,000 printed pages. A document is replaced in one transaction, so its size must
    /// be limited.
    /// </summary>
    public const int MaxTextLength = 10_000_000;

    /// <summary>Message for a document longer than <see cref="MaxTextLength"/>.</summary>
    public const string TooLong = "This document has too much text. Split it into smaller documents.";

    private static readonly IExtractor[] All =
    [
        new HtmlExtractor(),
        new MarkdownExtractor(),
        new TextExtractor(),
        new CsvExtractor(),
        new SubtitleExtractor(),
        new DocxExtractor(),
        new PptxExtractor(),
        new XlsxExtractor(),
    ];

    /// <summary>Whether an extractor supports this media type.</summary>
    public static bool Supports(string mediaType) => Array.Exists(All, extractor => extractor.Supports(mediaType));

    /// <exception cref="IngestionFailureException">The document cannot be read.</exception>
    public static ExtractedDocument Extract(RawDocument document)
    {
        var extractor = Array.Find(All, candidate => candidate.Supports(document.MediaType))
            ?? throw new IngestionFailureException(
                $"Documents of type {document.MediaType} are not supported. Add {MediaTypes.SupportedFormats}.");
        var extracted = extractor.Extract(document);
        if (extracted.Blocks.Sum(block => (long)block.Text.Length) > MaxTextLength) throw new IngestionFailureException(TooLong);
        return extracted;
    }
}
