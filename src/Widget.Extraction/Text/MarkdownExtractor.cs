using Markdig;
using Markdig.Extensions.AutoIdentifiers;

namespace Widget.Extraction;

/// <summary>Reads Markdown, with tables, front matter and the heading ids that most renderers give.</summary>
public sealed class MarkdownExtractor : IExtractor
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UseYamlFrontMatter()
        .UsePipeTables()
        .UseGridTables()
        .UseDefinitionLists()
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub)
        .Build();

    public bool Reads(string mediaType) => mediaType == MediaTypes.Markdown;

    public ExtractedDocument Extract(RawDocument document)
    {
        var markdown = TextDecoding.Decode(document.Content.Span, document.Charset);
        return HtmlExtractor.Extract(Markdown.ToHtml(markdown, Pipeline), document.Address, whole: true);
    }
}
