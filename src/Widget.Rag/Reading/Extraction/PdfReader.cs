using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Widget.Rag.Reading.Extraction;

/// <summary>
/// Reads PDF files page by page with poppler's pdftotext and pdfinfo (package poppler-utils). Pages without text are rendered and read with
/// text recognition.
/// </summary>
/// <param name="options">Limits for pages and time.</param>
/// <param name="clock">Clock for the time limit.</param>
public sealed partial class PdfReader(IngestionOptions? options = null, TimeProvider? clock = null) : IReader
{
    private static readonly ChildLimits Limits = new(TimeSpan.FromSeconds(60), 1L << 30, 64 << 20);

    // One bad page does not fail the document. Several mean a bad document, and each may take its full time limit.
    private const int MaxFailures = 5;

    private readonly IngestionOptions _options = options ?? new IngestionOptions();
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    public bool Reads(string mediaType) => mediaType == MediaTypes.Pdf;

    public async Task<ExtractedDocument> ReadAsync(RawDocument document, CancellationToken ct)
    {
        if (document.Content.Span.IndexOf("%PDF-"u8) is < 0 or > 1024)
            throw new IngestionFailureException("This file is not a PDF.");

        var start = _clock.GetTimestamp();
        var text = await ChildProcess.RunAsync(
            "pdftotext",
            ["-enc", "UTF-8", "-eol", "unix", "-l", $"{_options.MaxPages}", "-", "-"],
            document.Content,
            Limits,
            ct);
        if (text.ExitCode != 0) throw Explain(text);
        var info = Encoding.UTF8.GetString(
            (await ChildProcess.RunAsync("pdfinfo", ["-enc", "UTF-8", "-"], document.Content, Limits, ct)).Output);

        var blocks = new List<Block>();
        var pages = Encoding.UTF8.GetString(text.Output).Split('\f');
        // pdftotext ends every page with a form feed.
        var count = Math.Max(1, pages.Length - 1);
        var (failed, recognises) = (0, CharacterRecognition.IsInstalled);
        int? unread = null;
        var blank = new HashSet<int>();
        var looked = 0;
        for (var page = 1; page <= count; page++)
        {
            if (!string.IsNullOrWhiteSpace(pages[page - 1]))
            {
                foreach (var paragraph in TextExtractor.Paragraphs(JoinHyphenated(pages[page - 1])))
                    blocks.Add(new Block(BlockKind.Paragraph, paragraph, Page: page));
                continue;
            }

            if (!recognises || failed >= MaxFailures || unread is not null) continue;
            if (page > looked)
            {
                looked = Math.Min(count, page + BlankPages.Batch - 1);
                blank.UnionWith(await BlankPages.FindAsync(document.Content, page, looked, ct));
            }

            if (blank.Contains(page)) continue;
            if (_clock.GetElapsedTime(start) >= _options.DocumentTime)
            {
                unread = page;
                continue;
            }

            try
            {
                blocks.AddRange(
                    (await ScanAsync(document.Content, page, ct))
                        .Select(paragraph => new Block(BlockKind.Paragraph, paragraph, Page: page)));
            }
            catch (IngestionFailureException)
            {
                failed++;
            }
        }

        var notice = Notice(info, unread);
        if (blocks.Count == 0)
        {
            throw new IngestionFailureException((!recognises
                ? "This PDF has no text. Reading scanned pages needs the program tesseract, which is not installed on the server. "
                    + "Add a PDF with text."
                : "This PDF has no text, and none was recognised on its pages.") + (notice is null ? "" : " " + notice));
        }

        var title = DocumentTitles.Usable(Title().Match(info).Groups["title"].Value)
            ?? await PdfHeading.FindAsync(document.Content, Limits, ct);
        return new ExtractedDocument(title, null, blocks) { Notice = notice };
    }

    private string? Notice(string info, int? unread)
    {
        var notices = new List<string>();
        if (Pages().Match(info) is { Success: true } pages
            && long.Parse(pages.Groups["pages"].ValueSpan, CultureInfo.InvariantCulture) > _options.MaxPages)
            notices.Add(
                $"Only the first {_options.MaxPages} of its {pages.Groups["pages"].Value} pages were read. "
                    + "Split the file to index all pages.");
        if (unread is not null)
            notices.Add(
                $"Scanned pages were read up to page {unread - 1}, within {_options.DocumentTime.TotalSeconds:0} seconds. "
                    + "Split the file, or add a PDF with text.");
        return notices.Count == 0 ? null : string.Join(' ', notices);
    }

    // A page without text is usually a scan, so it is rendered and recognised.
    private static async Task<IReadOnlyList<string>> ScanAsync(ReadOnlyMemory<byte> pdf, int page, CancellationToken ct)
    {
        var picture = await ChildProcess.RunAsync(
            "pdftoppm",
            ["-r", "200", "-gray", "-png", "-f", $"{page}", "-l", $"{page}", "-"],
            pdf,
            Limits,
            ct);
        return picture is { ExitCode: 0, Output.Length: > 0 } ? await CharacterRecognition.ReadAsync(picture.Output, ct) : [];
    }

    private static string JoinHyphenated(string page) => LineEndHyphen().Replace(page, "");

    private static IngestionFailureException Explain(ChildResult result) => new(
        result.Errors.Contains("Incorrect password", StringComparison.OrdinalIgnoreCase)
            ? "This PDF is protected by a password. Add a copy without a password."
            : result.ExitCode == 3
                ? "This PDF does not allow text extraction. Add a copy that does."
                : "This PDF is damaged and could not be read.");

    [GeneratedRegex(@"^Title: +(?<title>\S.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Title();

    [GeneratedRegex(@"^Pages: +(?<pages>[0-9]{1,9})$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pages();

    // A word hyphenated over two lines. An upper-case letter after the break starts a new word.
    [GeneratedRegex(@"(?<=\p{Ll})-\n(?=\p{Ll})", RegexOptions.None, 1000)]
    private static partial Regex LineEndHyphen();
}
