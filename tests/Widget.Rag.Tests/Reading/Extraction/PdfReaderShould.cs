using System.Text;
using Widget.Rag.Reading.Extraction;
using Widget.Testing;

namespace Widget.Rag.Tests.Reading.Extraction;

public sealed class PdfReaderShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_a_pdf_page_by_page()
    {
        var document = await new PdfReader().ReadAsync(await FileAsync("demo/documents/lumen-security-whitepaper.pdf"), Ct);

        document.Title.ShouldBe("Lumen Desk security whitepaper");
        document.Blocks.Single(block => block.Text.Contains("nine engineers")).Page.ShouldBe(1);
        document.Blocks.Single(block => block.Text.Contains("47 minutes")).Page.ShouldBe(2);
        document.Blocks.Single(block => block.Text.Contains("rotated every 90 days")).Page.ShouldBe(3);
    }

    [Fact]
    public async Task Report_a_password_protected_pdf()
    {
        var failure = await FailureAsync(await FileAsync("tests/data/documents/protected.pdf"));
        failure.ShouldContain("protected by a password");
    }

    [Fact]
    public async Task Report_garbage_as_damaged()
    {
        var garbage = new byte[5_000];
        new Random(1).NextBytes(garbage);

        (await FailureAsync(new RawDocument(garbage, MediaTypes.Pdf))).ShouldContain("not a PDF");
        "%PDF-1.7\n"u8.CopyTo(garbage);
        (await FailureAsync(new RawDocument(garbage, MediaTypes.Pdf))).ShouldContain("damaged");
    }

    [Fact]
    public async Task Report_a_pdf_without_text()
    {
        const string Blank = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
            + "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
            + "trailer<</Root 1 0 R>>";

        (await FailureAsync(Raw(Blank, MediaTypes.Pdf))).ShouldContain("has no text");
    }

    private static async Task<string> FailureAsync(RawDocument document) =>
        (await Should.ThrowAsync<IngestionFailureException>(() => new PdfReader().ReadAsync(document, Ct))).Message;

    private static RawDocument Raw(string text, string mediaType) => new(Encoding.UTF8.GetBytes(text), mediaType);

    private static async Task<RawDocument> FileAsync(string path) =>
        new(await File.ReadAllBytesAsync(Path.Combine(Repository.Root, path), Ct), MediaTypes.Pdf);
}
