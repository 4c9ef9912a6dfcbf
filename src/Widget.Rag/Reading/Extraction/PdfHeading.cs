using System.Globalization;
using System.Xml;

namespace Widget.Rag.Reading.Extraction;

/// <summary>
/// Finds the heading of a PDF's first page: its largest text, if that is larger than the running text. Used as the title of a PDF whose
/// properties have none.
/// </summary>
internal static class PdfHeading
{
    // The heading's size compared with the running text.
    private const double MinRatio = 1.15;

    // Sizes of the same font differ by rounding only.
    private const double Tolerance = 0.05;

    // Share of the page's height from the top.
    private const double MaxPosition = 0.6;

    private const int MaxLines = 3;
    private const int MaxLength = 200;

    /// <summary>Returns the heading; null when the first page has none.</summary>
    public static async Task<string?> FindAsync(ReadOnlyMemory<byte> pdf, ChildLimits limits, CancellationToken ct)
    {
        try
        {
            var page = await ChildProcess.RunAsync("pdftotext", ["-bbox-layout", "-enc", "UTF-8", "-l", "1", "-", "-"], pdf, limits, ct);
            return page.ExitCode == 0 ? Find(Lines(page.Output)) : null;
        }
        catch (Exception e) when (e is IngestionFailureException or XmlException)
        {
            // The document is read without a title.
            return null;
        }
    }

    private static string? Find(List<Line> lines)
    {
        lines.RemoveAll(line => !line.Text.Any(char.IsLetter));
        if (lines.Count < 2) return null;
        var running = Median(lines);
        var candidates = lines.Where(line => line.Position <= MaxPosition && line.Size >= MinRatio * running).ToList();
        if (candidates.Count == 0) return null;
        var largest = candidates.Max(line => line.Size);
        var first = lines.FindIndex(line => line.Position <= MaxPosition && IsSameSize(line.Size, largest));
        var parts = lines.Skip(first).TakeWhile(line => IsSameSize(line.Size, largest)).Take(MaxLines);
        var heading = string.Join(' ', parts.Select(line => line.Text));
        return heading.Length <= MaxLength ? DocumentTitles.Usable(heading) : null;
    }

    private static bool IsSameSize(double a, double b) => Math.Abs(a - b) <= Tolerance * b;

    // The size of the middle character.
    private static double Median(List<Line> lines)
    {
        var half = lines.Sum(line => line.Text.Length) / 2;
        foreach (var line in lines.OrderBy(line => line.Size))
        {
            half -= line.Text.Length;
            if (half < 0) return line.Size;
        }

        return lines[0].Size;
    }

    // XHTML with page, line and word elements and their boundaries.
    private static List<Line> Lines(byte[] xhtml)
    {
        using var stream = new MemoryStream(xhtml);
        using var xml = XmlReader.Create(
            stream,
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null, CheckCharacters = false });
        var lines = new List<Line>();
        var (height, words, sizes, top) = (0.0, new List<string>(), new List<double>(), 0.0);
        while (xml.Read())
        {
            switch (xml.NodeType, xml.LocalName)
            {
                case (XmlNodeType.Element, "page"):
                    height = Number(xml, "height");
                    break;
                case (XmlNodeType.Element, "line"):
                    top = Number(xml, "yMin");
                    break;
                case (XmlNodeType.Element, "word"):
                    sizes.Add(Number(xml, "yMax") - Number(xml, "yMin"));
                    break;
                case (XmlNodeType.Text, _) when sizes.Count > words.Count:
                    words.Add(xml.Value);
                    break;
                case (XmlNodeType.EndElement, "line"):
                    if (words.Count > 0 && height > 0)
                        lines.Add(new Line(HtmlExtractor.CollapseWhiteSpace(string.Join(' ', words)), sizes.Max(), top / height));
                    words.Clear();
                    sizes.Clear();
                    break;
            }
        }

        return lines;
    }

    private static double Number(XmlReader xml, string attribute) =>
        double.TryParse(xml.GetAttribute(attribute), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // A line of the page. The position is the share of the page above it.
    private sealed record Line(string Text, double Size, double Position);
}
