using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Presentation;
using Drawing = DocumentFormat.OpenXml.Drawing;

namespace Widget.Extraction;

/// <summary>Reads presentations slide by slide: titles, bullets, tables and speaker notes. A block's page is its slide.</summary>
public sealed class PptxExtractor : IExtractor
{
    public bool Supports(string mediaType) => mediaType == MediaTypes.Pptx;

    public ExtractedDocument Extract(RawDocument document) => OfficePackage.Read(document.Content, "a PowerPoint presentation", stream =>
    {
        using var file = PresentationDocument.Open(stream, isEditable: false);
        var main = file.PresentationPart ?? throw new InvalidDataException("No presentation part.");
        var blocks = new List<Block>();
        string? first = null;
        var (number, hidden) = (0, 0);
        foreach (var id in main.Presentation.SlideIdList?.Elements<SlideId>() ?? [])
        {
            number++;
            if (id.RelationshipId?.Value is not { } relation || main.GetPartById(relation) is not SlidePart part) continue;
            if (part.Slide.Show?.Value == false)
            {
                hidden++;
                continue;
            }

            var slide = Slide(part, number);
            first ??= slide.Find(block => block.Kind == BlockKind.Heading)?.Text;
            blocks.AddRange(slide);
        }

        return new ExtractedDocument(DocumentTitles.Usable(file.PackageProperties.Title) ?? first, null, blocks)
        {
            Notice = hidden switch
            {
                0 => null,
                1 => "1 hidden slide was left out.",
                _ => string.Create(CultureInfo.InvariantCulture, $"{hidden} hidden slides were left out."),
            },
            NoTextReason = hidden > 0 && blocks.Count == 0 ? "All slides with text are hidden." : null,
        };
    });

    private static List<Block> Slide(SlidePart part, int number)
    {
        var (titles, body) = (new List<string>(), new List<Block>());
        foreach (var element in part.Slide.CommonSlideData?.ShapeTree?.Descendants() ?? [])
        {
            if (IsHidden(element)) continue;
            switch (element)
            {
                case Shape shape when Placeholder(shape) is "title" or "ctrTitle":
                    titles.Add(string.Join(' ', Paragraphs(shape)));
                    break;
                case Shape shape when Placeholder(shape) is not ("dt" or "ftr" or "sldNum"):
                    var kind = Placeholder(shape) is null or "subTitle" ? BlockKind.Paragraph : BlockKind.ListItem;
                    body.AddRange(Paragraphs(shape).Select(text => new Block(kind, text, Page: number)));
                    break;
                case Drawing.Table table:
                    if (Rows(table) is { Length: > 0 } rows) body.Add(new Block(BlockKind.Table, rows, Page: number));
                    break;
            }
        }

        var notes = part.NotesSlidePart?.NotesSlide.CommonSlideData?.ShapeTree?.Descendants<Shape>()
            .Where(shape => Placeholder(shape) == "body")
            .SelectMany(Paragraphs) ?? [];
        body.AddRange(notes.Select(text => new Block(BlockKind.Paragraph, text, Page: number)));

        var title = string.Join(" – ", titles.Where(text => text.Length > 0));
        if (title.Length == 0) return body.Count == 0 ? [] : [new Block(BlockKind.Heading, $"{number}", 1, Page: number), .. body];
        // A slide with only a title is still indexed.
        if (body.Count == 0 || title.Length > BlockWalker.MaxHeadingLength)
            body.Insert(0, new Block(BlockKind.Paragraph, title, Page: number));
        return title.Length > BlockWalker.MaxHeadingLength ? body : [new Block(BlockKind.Heading, title, 1, Page: number), .. body];
    }

    // Shapes and groups that the selection pane hides.
    private static bool IsHidden(OpenXmlElement element) => element is Shape or Drawing.Table
        && element.Ancestors().Prepend(element).Any(
            ancestor => ancestor is Shape or GroupShape or GraphicFrame
                && ancestor.FirstChild?.GetFirstChild<NonVisualDrawingProperties>()?.Hidden?.Value is true);

    // A placeholder without a type is a "body".
    private static string? Placeholder(Shape shape) =>
        shape.NonVisualShapeProperties?.ApplicationNonVisualDrawingProperties?.GetFirstChild<PlaceholderShape>() is { } placeholder
            ? placeholder.Type?.InnerText ?? "body"
            : null;

    private static IEnumerable<string> Paragraphs(OpenXmlElement shape) => shape
        .Descendants<Drawing.Paragraph>()
        .Select(paragraph => string.Concat(paragraph.Descendants().Select(element => element switch
        {
            Drawing.Text { Parent: Drawing.Run { RunProperties.Baseline.Value: not 0 } } raised => RaisedText.Mark(raised.Text),
            Drawing.Text text => text.Text,
            Drawing.Break => " ",
            _ => "",
        })))
        .Select(text => HtmlExtractor.CollapseWhiteSpace(RaisedText.Resolve(text)))
        .Where(text => text.Length > 0);

    private static string Rows(Drawing.Table table) => TableText.Write(
        [.. table.Elements<Drawing.TableRow>().Select(row => (IReadOnlyList<TextCell>)[.. Cells(row)])],
        table.TableProperties?.FirstRow?.Value == false ? ColumnNames.Unknown : ColumnNames.Likely);

    // The cells that a merged cell covers are also in the file, marked as merged.
    private static IEnumerable<TextCell> Cells(Drawing.TableRow row) => row.Elements<Drawing.TableCell>()
        .Where(cell => cell.HorizontalMerge?.Value is not true && cell.VerticalMerge?.Value is not true)
        .Select(cell => new TextCell(
            string.Join(' ', Paragraphs(cell)),
            Columns: cell.GridSpan?.Value ?? 1,
            Rows: cell.RowSpan?.Value ?? 1));
}
