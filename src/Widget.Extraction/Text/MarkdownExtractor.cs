using Markdig;
using Markdig.Extensions.AutoIdentifiers;

namespace Widget.Extraction;

/// <summary>Reads Markdown with tables, front matter and the heading ids that most renderers generate.</summary>
public sealed class MarkdownExtractor : IExtractor
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseGridTables()
        .UseDefinitionLists()
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub)
        .Build();

    public bool Supports(string mediaType) => mediaType == MediaTypes.Markdown;

    public ExtractedDocument Extract(RawDocument document)
    {
        var (title, markdown) = FrontMatter.Split(TextDecoding.Decode(document.Content.Span, document.Charset));
        var extracted = HtmlExtractor.Extract(ToHtml(markdown), document.Address, isAllContent: true);
        return title is null ? extracted : extracted with { Title = title };
    }

    private static string ToHtml(string markdown)
    {
        try
        {
            return Markdown.ToHtml(markdown, Pipeline);
        }
        catch (ArgumentException e)
        {
            // The parser throws this only when the nesting exceeds its limit.
            throw new IngestionFailureException("The Markdown of this document is nested too deeply.", e);
        }
    }
}
