using System.Text;
using System.Text.RegularExpressions;

namespace Widget.Rag.Ingestion.Extraction;

/// <summary>Reads PDF through poppler's pdftotext and pdfinfo (package poppler-utils), page by page. Pages without text are read as pictures.</summary>
public sealed partial class PdfReader : IReader
{
    private static readonly ChildLimits Limits = new(TimeSpan.FromSeconds(60), 1L << 30, 64 << 20);

    // A page takes a few seconds; whoever scans books has better programs for it.
    private const int MostScans = 200;

    // One bad page does not lose the others; more than a few are a bad document, and each may take its time limit.
    private const int MostFailures = 5;

    public bool Reads(string mediaType) => mediaType == MediaTypes.Pdf;

    public async Task<ExtractedDocument> ReadAsync(RawDocument document, CancellationToken ct)
    {
        if (document.Content.Span.IndexOf("%PDF-"u8) is < 0 or > 1024)
            throw new IngestionFailureException("This file is not a PDF, although it is named or sent as one.");

        var text = await ChildProcess.RunAsync("pdftotext", ["-enc", "UTF-8", "-eol", "unix", "-", "-"], document.Content, Limits, ct);
        if (text.ExitCode != 0) throw Explain(text);

        var blocks = new List<Block>();
        var pages = Encoding.UTF8.GetString(text.Output).Split('\f');
        // The program ends every page with a form feed.
        var count = Math.Max(1, pages.Length - 1);
        var (read, failed, recognises) = (0, 0, CharacterRecognition.IsInstalled);
        for (var page = 0; page < count; page++)
        {
            if (string.IsNullOrWhiteSpace(pages[page]) && read < MostScans)
            {
                if (!recognises || failed >= MostFailures) continue;
                read++;
                try
                {
                    blocks.AddRange((await ScanAsync(document.Content, page + 1, ct)).Select(paragraph => new Block(BlockKind.Paragraph, paragraph, Page: page + 1)));
                }
                catch (IngestionFailureException)
                {
                    failed++;
                }

                continue;
            }

            foreach (var paragraph in TextExtractor.Paragraphs(JoinHyphenated(pages[page])))
                blocks.Add(new Block(BlockKind.Paragraph, paragraph, Page: page + 1));
        }

        if (blocks.Count == 0)
        {
            throw new IngestionFailureException(!recognises
                ? "This PDF holds no text, and the server lacks the program tesseract, which reads scanned pages. Add a version with text in it."
                : "This PDF holds no text, and none could be read in the pictures of its pages.");
        }

        var info = await ChildProcess.RunAsync("pdfinfo", ["-enc", "UTF-8", "-"], document.Content, Limits, ct);
        var title = Title().Match(Encoding.UTF8.GetString(info.Output));
        return new ExtractedDocument(title.Success ? title.Groups["title"].Value.Trim() : null, null, blocks);
    }

    // A page without text is most often a scan: it is drawn and read as a picture.
    private static async Task<IReadOnlyList<string>> ScanAsync(ReadOnlyMemory<byte> pdf, int page, CancellationToken ct)
    {
        var picture = await ChildProcess.RunAsync("pdftoppm", ["-r", "200", "-gray", "-png", "-f", $"{page}", "-l", $"{page}", "-"], pdf, Limits, ct);
        return picture is { ExitCode: 0, Output.Length: > 0 } ? await CharacterRecognition.ReadAsync(picture.Output, ct) : [];
    }

    private static string JoinHyphenated(string page) => LineEndHyphen().Replace(page, "");

    private static IngestionFailureException Explain(ChildResult result) => new(
        result.Errors.Contains("Incorrect password", StringComparison.OrdinalIgnoreCase)
            ? "This PDF is protected with a password. Add a copy without one."
            : result.ExitCode == 3
                ? "This PDF forbids taking text out of it. Add a copy that allows it."
                : "This PDF is damaged and could not be read.");

    [GeneratedRegex(@"^Title: +(?<title>\S.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Title();

    // A word broken over two lines; a capital after the break starts a word of its own.
    [GeneratedRegex(@"(?<=\p{Ll})-\n(?=\p{Ll})", RegexOptions.None, 1000)]
    private static partial Regex LineEndHyphen();
}
