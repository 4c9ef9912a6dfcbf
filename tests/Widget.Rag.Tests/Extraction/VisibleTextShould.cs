using Widget.Rag.Reading;
using Widget.Testing;

namespace Widget.Rag.Tests.Extraction;

public sealed class VisibleTextShould
{
    [Theory]
    [InlineData("Plain title", "Plain title")]
    [InlineData("", "")]
    [InlineData("Invoice \u202Efdp.exe", "Invoice fdp.exe")]
    [InlineData("a\u202Ab\u202Bc\u202Cd\u202De", "abcde")]
    [InlineData("a\u2066b\u2067c\u2068d\u2069e", "abcde")]
    [InlineData("a\u200Eb\u200Fc\u061Cd", "abcd")]
    [InlineData("a\u200Bb\u2060c\uFEFFd\u00ADe\u180Ef", "abcdef")]
    [InlineData("a\u0000b\u0007c\u001Bd\u007Fe\u009Bf", "abcdef")]
    [InlineData("one\r\ntwo\tthree\u2028four\u0085five", "one  two three four five")]
    [InlineData("\u200F \u202E\u200D", "")]
    [InlineData("flag \uDB40\uDC67end", "flag end")]
    [InlineData("می\u200Cخواهم", "می\u200Cخواهم")]
    [InlineData("family \U0001F468\u200D\U0001F469", "family \U0001F468\u200D\U0001F469")]
    [InlineData("שלום עולם", "שלום עולם")]
    [InlineData("\u0601 12", "\u0601 12")]
    public void Contain_only_visible_characters(string text, string shown) => VisibleText.Line(text).ShouldBe(shown);

    [Fact]
    public void Contain_no_half_surrogate_pairs() => VisibleText.Line("a" + '\uD800' + "b").ShouldBe("a\uFFFDb");

    [Theory]
    [InlineData("text/html", "<title>Price \u202Etsil</title><h1>Price &#x202E;tsil</h1><p>The lamp costs ten euros.</p>", "Price tsil")]
    [InlineData("text/markdown", "# Price \u2067tsil\n\nThe lamp costs ten euros.", "Price tsil")]
    [InlineData("text/html", "<title>\u202E\u200B</title><p>The lamp costs ten euros.</p>", "name.html")]
    public async Task Be_used_for_titles_and_headings(string mediaType, string content, string title)
    {
        var reader = new DocumentReader(Readers.Shared, new Chunker());

        var read = await reader.ReadAsync(
            "name.html",
            new RawDocument(System.Text.Encoding.UTF8.GetBytes(content), mediaType),
            new DocumentDescription(),
            TestContext.Current.CancellationToken);

        read.Document.Title.ShouldBe(title);
        read.Document.Passages.SelectMany(passage => passage.Locator.Headings).ShouldAllBe(heading => heading == title);
    }

    [Fact]
    public async Task Be_used_for_PDF_titles()
    {
        var reader = new DocumentReader(Readers.Shared, new Chunker());
        var pdf = System.Text.Encoding.Latin1.GetString(MadePdf.Of(1, MadePdf.Text("The lamp costs ten euros.")));
        // In UTF-16, as in PDF.
        pdf = pdf.Replace("trailer<<", "trailer<</Info<</Title<FEFF0050202E0051>>>", StringComparison.Ordinal);

        var read = await reader.ReadAsync(
            "a.pdf",
            new RawDocument(System.Text.Encoding.Latin1.GetBytes(pdf), MediaTypes.Pdf),
            new DocumentDescription(),
            TestContext.Current.CancellationToken);

        read.Document.Title.ShouldBe("PQ");
    }
}
