using System.Text;
using System.Text.RegularExpressions;

namespace Widget.Rag.Ingestion.Extraction;

/// <summary>Reads PDF through poppler's pdftotext and pdfinfo (package poppler-utils), page by page.</summary>
public sealed partial class PdfReader : IReader
{
    private static readonly ChildLimits Limits = new(TimeSpan.FromSeconds(60), 1L << 30, 64 << 20);

    public bool Reads(string mediaType) => mediaType == MediaTypes.Pdf;

    public async Task<ExtractedDocument> ReadAsync(RawDocument document, CancellationToken ct)
    {
        if (document.Content.Span.IndexOf("%PDF-"u8) is < 0 or > 1024)
            throw new IngestionFailureException("This file is not a PDF, although it is named or sent as one.");

        var text = await ChildProcess.RunAsync("pdftotext", ["-enc", "UTF-8", "-eol", "unix", "-", "-"], document.Content, Limits, ct);
        if (text.ExitCode != 0) throw Explain(text);

        var blocks = new List<Block>();
        var pages = Encoding.UTF8.GetString(text.Output).Split('\f');
        for (var page = 0; page < pages.Length; page++)
        {
            foreach (var paragraph in TextExtractor.Paragraphs(JoinHyphenated(pages[page])))
                blocks.Add(new Block(BlockKind.Paragraph, paragraph, Page: page + 1));
        }

        if (blocks.Count == 0)
            throw new IngestionFailureException("This PDF holds no text. If its pages are scans, add a version with text in it.");

        var info = await ChildProcess.RunAsync("pdfinfo", ["-enc", "UTF-8", "-"], document.Content, Limits, ct);
        var title = Title().Match(Encoding.UTF8.GetString(info.Output));
        return new ExtractedDocument(title.Success ? title.Groups["title"].Value.Trim() : null, null, blocks);
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
