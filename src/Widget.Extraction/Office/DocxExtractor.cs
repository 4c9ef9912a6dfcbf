using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Widget.Extraction;

/// <summary>Reads Word documents: headings by style and outline level, lists, tables, text boxes and notes.</summary>
public sealed class DocxExtractor : IExtractor
{
    public bool Supports(string mediaType) => mediaType == MediaTypes.Docx;

    public ExtractedDocument Extract(RawDocument document) => OfficePackage.Read(document.Content, "a Word document", stream =>
    {
        using var file = WordprocessingDocument.Open(stream, isEditable: false);
        var main = file.MainDocumentPart ?? throw new InvalidDataException("No main part.");
        var styles = new WordStyles(main.StyleDefinitionsPart?.Styles);
        var blocks = new List<Block>();
        string? title = null;

        void Walk(OpenXmlElement parent)
        {
            foreach (var element in parent.ChildElements)
            {
                switch (element)
                {
                    case Paragraph paragraph:
                        Add(paragraph);
                        foreach (var box in WordText.Boxes(paragraph)) Walk(box);
                        break;
                    case Table table:
                        if (WordTables.Write(table) is { Length: > 0 } rows) blocks.Add(new Block(BlockKind.Table, rows));
                        break;
                    case SdtBlock { SdtContentBlock: { } content }:
                        Walk(content);
                        break;
                    case CustomXmlBlock or AlternateContent or AlternateContentChoice:
                        Walk(element);
                        break;
                }
            }
        }

        void Add(Paragraph paragraph)
        {
            var text = WordText.Of(paragraph);
            var style = styles.Of(paragraph);
            if (text.Length == 0 || style.IsTableOfContents) return;
            if (style.IsTitle) title ??= text;
            blocks.Add(style.Level is { } level && text.Length <= BlockWalker.MaxHeadingLength ? new Block(BlockKind.Heading, text, level)
                : new Block(style.IsList ? BlockKind.ListItem : BlockKind.Paragraph, text));
        }

        if (main.Document.Body is { } body) Walk(body);
        foreach (var note in main.FootnotesPart?.Footnotes?.Elements<Footnote>() ?? []) Walk(note);
        foreach (var note in main.EndnotesPart?.Endnotes?.Elements<Endnote>() ?? []) Walk(note);
        return new ExtractedDocument(DocumentTitles.Usable(file.PackageProperties.Title) ?? title, null, blocks)
        {
            NoTextReason = main.ImageParts.Any() ? "This document has pictures but no text." : null,
        };
    });
}
