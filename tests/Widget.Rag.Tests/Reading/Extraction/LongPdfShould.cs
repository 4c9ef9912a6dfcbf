using System.Diagnostics;
using Widget.Rag.Reading;
using Widget.Rag.Reading.Extraction;
using Widget.Testing;

namespace Widget.Rag.Tests.Reading.Extraction;

/// <summary>Limits on the cost of a PDF: many pages, many scans.</summary>
public sealed class LongPdfShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Skip_recognition_of_empty_pages()
    {
        var watch = Stopwatch.StartNew();

        var document = await ReadAsync(
            new PdfReader(),
            [.. Enumerable.Repeat(MadePdf.Empty, 300), MadePdf.Text("The bridge opens at noon.")]);

        document.Blocks.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(block => block.Text.ShouldBe("The bridge opens at noon."), block => block.Page.ShouldBe(301));
        document.Notice.ShouldBeNull();
        // Recognising two hundred pages would take minutes.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Distinguish_empty_pages_from_nearly_empty_ones()
    {
        var pdf = MadePdf.Of([MadePdf.Empty, MadePdf.Drawn, MadePdf.Text("."), "1 1 1 rg 0 0 595 842 re f", "0.2 w 100 100 m 130 100 l S"]);

        (await BlankPages.FindAsync(pdf, 1, 5, Ct)).Order().ShouldBe([1, 4]);
    }

    [Fact]
    public async Task Be_read_up_to_the_limit_of_pages_and_say_so()
    {
        var document = await ReadAsync(
            new PdfReader(new IngestionOptions { MaxPages = 2 }),
            [MadePdf.Text("First words."), MadePdf.Text("Second words."), MadePdf.Text("Third words.")]);

        document.Blocks.Select(block => block.Text).ShouldBe(["First words.", "Second words."]);
        document.Notice.ShouldBe("Only the first 2 of its 3 pages were read. Split the file to index all pages.");
    }

    [Fact]
    public async Task Keep_what_was_read_within_the_time_limit()
    {
        var document = await ReadAsync(
            new PdfReader(new IngestionOptions { DocumentTime = TimeSpan.Zero }),
            [MadePdf.Text("First words."), MadePdf.Drawn, MadePdf.Empty, MadePdf.Text("Last words.")]);

        document.Blocks.Select(block => block.Text).ShouldBe(["First words.", "Last words."]);
        document.Notice.ShouldNotBeNull().ShouldStartWith("Scanned pages were read up to page 1,");
    }

    private static Task<ExtractedDocument> ReadAsync(PdfReader reader, IReadOnlyList<string> pages) =>
        reader.ReadAsync(new RawDocument(MadePdf.Of(pages), MediaTypes.Pdf), Ct);
}
