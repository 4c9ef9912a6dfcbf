using System.Text;
using Widget.Rag.Reading;
using Widget.Rag.Tests.Extraction;
using Widget.Testing;

namespace Widget.Rag.Tests.Reading;

public sealed class TitlesShould
{
    private const string Heading = "<w:p><w:pPr><w:pStyle w:val='H1'/></w:pPr><w:r><w:t>Terms of delivery</w:t></w:r></w:p>";
    private const string Text = "<w:p><w:r><w:t>We deliver within a week.</w:t></w:r></w:p>";

    [Theory]
    [InlineData("Document1")]
    [InlineData("Dokument 12")]
    [InlineData("Microsoft Word - Document1")]
    [InlineData("Microsoft Word - Lieferbedingungen final v3.docx")]
    [InlineData("untitled")]
    [InlineData("Untitled-1")]
    [InlineData("Unbenannt 1")]
    [InlineData("PowerPoint Presentation")]
    [InlineData("PowerPoint-Präsentation")]
    [InlineData("Slide 1")]
    [InlineData("terms_final_v3.pdf")]
    [InlineData("2024-05-01")]
    [InlineData("(anonymous)")]
    [InlineData(" ")]
    [InlineData(null)]
    public void Not_be_what_programs_enter(string? title) => DocumentTitles.Usable(title).ShouldBeNull();

    [Theory]
    [InlineData("Terms of delivery")]
    [InlineData("Document management at Harbor")]
    [InlineData("Test report 2026")]
    [InlineData("Untitled works of a painter, collected in five books")]
    [InlineData("Node.js for beginners")]
    [InlineData("Über uns")]
    public void Be_what_people_enter(string title) => DocumentTitles.Usable(title).ShouldBe(title);

    [Theory]
    [InlineData("Our terms", Heading + Text, "Our terms")]
    [InlineData("Microsoft Word - Document1", Heading + Text, "Terms of delivery")]
    [InlineData(null, Text + Heading + Text, "Terms of delivery")]
    [InlineData("Document1", Text, "terms.docx")]
    public async Task Come_from_the_properties_or_the_first_heading_of_a_word_document(string? stated, string body, string title) =>
        (await TitleAsync("terms.docx", OfficeFiles.Word(body, stated))).ShouldBe(title);

    [Theory]
    [InlineData("Our terms", "Our terms")]
    [InlineData("Microsoft Word - Document1", "Terms of delivery and payment")]
    [InlineData(null, "Terms of delivery and payment")]
    public async Task Come_from_the_properties_or_the_first_heading_of_a_pdf(string? stated, string title)
    {
        var pdf = Encoding.Latin1.GetString(MadePdf.Of(
            "BT /F 9 Tf 72 800 Td (Harbor GmbH) Tj ET BT /F 24 Tf 72 720 Td (Terms of delivery) Tj 0 -30 Td (and payment) Tj ET "
                + "BT /F 11 Tf 72 600 Td (We deliver within a week, to every address in Europe.) Tj 0 -14 Td (All are insured.) Tj ET"));
        if (stated is not null) pdf = pdf.Replace("trailer<<", $"trailer<</Info<</Title({stated})>>", StringComparison.Ordinal);

        (await TitleAsync("terms.pdf", new RawDocument(Encoding.Latin1.GetBytes(pdf), MediaTypes.Pdf))).ShouldBe(title);
    }

    [Fact]
    public async Task Be_the_name_of_a_pdf_without_a_heading()
    {
        var pdf = MadePdf.Of(MadePdf.Text("We deliver within a week.") + " BT /F 14 Tf 72 600 Td (Parcels are insured.) Tj ET");

        (await TitleAsync("terms.pdf", new RawDocument(pdf, MediaTypes.Pdf))).ShouldBe("terms.pdf");
    }

    [Theory]
    [InlineData("<title>Untitled Document</title><h2>Terms of delivery</h2><p>We deliver within a week.</p>", "Terms of delivery")]
    [InlineData("<title>Terms | Harbor</title><h2>Delivery</h2><p>We deliver within a week.</p>", "Terms | Harbor")]
    public async Task Come_from_a_page(string html, string title) =>
        (await TitleAsync("page", new RawDocument(Encoding.UTF8.GetBytes(html), MediaTypes.Html))).ShouldBe(title);

    private static async Task<string> TitleAsync(string name, RawDocument document)
    {
        var reader = new DocumentReader(Readers.Shared, new Chunker());
        var read = await reader.ReadAsync(name, document, new DocumentDescription(), TestContext.Current.CancellationToken);
        return read.Document.Title;
    }
}
