using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Widget.Extraction;

/// <summary>Reads Word documents: headings by style and outline level, lists, tables and notes.</summary>
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
                        break;
                    case Table table:
                        if (Rows(table) is { } rows) blocks.Add(rows);
                        break;
                    case SdtBlock { SdtContentBlock: { } content }:
                        Walk(content);
                        break;
                }
            }
        }

        void Add(Paragraph paragraph)
        {
            var text = HtmlExtractor.CollapseWhiteSpace(TextOf(paragraph));
            var style = styles.Of(paragraph);
            if (text.Length == 0 || style.IsContents) return;
            if (style.IsTitle) title ??= text;
            blocks.Add(style.Level is { } level && text.Length <= BlockWalker.MaxHeadingLength ? new Block(BlockKind.Heading, text, level)
                : new Block(style.IsList ? BlockKind.ListItem : BlockKind.Paragraph, text));
        }

        if (main.Document.Body is { } body) Walk(body);
        foreach (var note in main.FootnotesPart?.Footnotes?.Elements<Footnote>() ?? []) Walk(note);
        foreach (var note in main.EndnotesPart?.Endnotes?.Elements<Endnote>() ?? []) Walk(note);
        var declaredTitle = file.PackageProperties.Title?.Trim();
        return new ExtractedDocument(string.IsNullOrEmpty(declaredTitle) ? title : declaredTitle, null, blocks);
    });

    private static Block? Rows(Table table)
    {
        var rows = table.Descendants<TableRow>().Where(row => row.Ancestors<Table>().First() == table).ToList();
        var lines = rows.ConvertAll(row => string.Join(" | ", row.Descendants<TableCell>()
            .Where(cell => cell.Ancestors<TableRow>().First() == row)
            .Select(cell => HtmlExtractor.CollapseWhiteSpace(string.Join(' ', cell.Descendants<Paragraph>().Select(TextOf))))));
        lines.RemoveAll(line => !line.AsSpan().ContainsAnyExcept(" |"));
        if (lines.Count == 0) return null;
        // Rows that Word repeats on every page are headers. If there are none, the first row is treated as one.
        var declared = rows.TakeWhile(row => row.TableRowProperties?.GetFirstChild<TableHeader>() is not null).Count();
        return new Block(BlockKind.Table, string.Join('\n', lines)) { HeaderLines = Math.Max(1, declared) };
    }

    private static string TextOf(OpenXmlElement element)
    {
        var text = new StringBuilder();
        Append(element, text);
        return text.ToString();
    }

    private static void Append(OpenXmlElement element, StringBuilder text)
    {
        foreach (var child in element.ChildElements)
        {
            switch (child)
            {
                case Text words:
                    text.Append(words.Text);
                    break;
                case TabChar or Break or CarriageReturn:
                    text.Append(' ');
                    break;
                case NoBreakHyphen:
                    text.Append('-');
                    break;
                // Drawings occur twice, for newer and for older programs.
                case AlternateContentFallback or DeletedRun or ParagraphProperties or RunProperties:
                    break;
                default:
                    if (child.HasChildren) Append(child, text);
                    if (child is Paragraph) text.Append(' ');
                    break;
            }
        }
    }
}
