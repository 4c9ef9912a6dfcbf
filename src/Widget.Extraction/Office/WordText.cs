using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Widget.Extraction;

/// <summary>
/// Returns the text of a Word document's elements as if all tracked changes were accepted: deleted text and the old place of moved text
/// are left out (ECMA-376 part 1, 17.13.5). Hidden text is left out, too.
/// </summary>
internal static class WordText
{
    /// <summary>Returns a paragraph's own text in one line. Its text boxes are not part of it.</summary>
    public static string Of(Paragraph paragraph)
    {
        var text = new StringBuilder();
        Append(paragraph, text);
        return HtmlExtractor.CollapseWhiteSpace(RaisedText.Resolve(text.ToString()));
    }

    /// <summary>Returns the contents of the text boxes that are anchored in a paragraph, each once.</summary>
    public static IEnumerable<TextBoxContent> Boxes(OpenXmlElement parent)
    {
        foreach (var child in parent.ChildElements)
        {
            if (child is TextBoxContent box)
            {
                yield return box;
            }
            else if (!IsExcluded(child))
            {
                foreach (var inner in Boxes(child)) yield return inner;
            }
        }
    }

    /// <summary>Whether a row was deleted by a tracked change.</summary>
    public static bool IsDeleted(TableRow row) => row.TableRowProperties?.GetFirstChild<Deleted>() is not null;

    /// <summary>Whether a cell was deleted by a tracked change.</summary>
    public static bool IsDeleted(TableCell cell) => cell.TableCellProperties?.GetFirstChild<CellDeletion>() is not null;

    /// <summary>Whether all text of a paragraph is bold.</summary>
    public static bool IsBold(Paragraph paragraph)
    {
        var runs = paragraph.Descendants<Run>().Where(run => run.GetFirstChild<Text>() is not null).ToList();
        return runs.Count > 0 && runs.TrueForAll(run => run.RunProperties?.Bold is { } bold && (bold.Val is null || bold.Val.Value));
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
                case TextBoxContent:
                    break;
                case Run run when !IsExcluded(run) && IsRaised(run):
                    RaisedText.Begin(text);
                    Append(run, text);
                    RaisedText.Finish(text);
                    break;
                default:
                    if (!IsExcluded(child) && child.HasChildren) Append(child, text);
                    break;
            }
        }
    }

    private static bool IsRaised(Run run) =>
        run.RunProperties?.VerticalTextAlignment?.Val?.InnerText is "superscript" or "subscript";

    // A drawing is stored twice, for newer and for older programs. Only the first form is read.
    private static bool IsExcluded(OpenXmlElement element) => element
        is AlternateContentFallback or DeletedRun or MoveFromRun or ParagraphProperties or RunProperties
        || (element is Run { RunProperties.Vanish: { } hidden } && (hidden.Val is null || hidden.Val.Value));
}
