using System.Text;
using Widget.Rag.Ingestion;
using Widget.Rag.Ingestion.Extraction;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion;

public sealed class ExtractorsShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Read_what_a_page_says_and_not_what_surrounds_it()
    {
        var page = HtmlExtractor.Extract(
            """
            <html lang="en-GB"><head><title>Warranty | Harbor</title><style>p{}</style></head><body>
            <header>Logo</header><nav><a href="/a">Menu</a></nav>
            <main><h1 id="top">Warranty</h1><p>Five   years
            on the <b>frame</b>.</p><script>evil()</script><aside>Buy now!</aside>
            <h2><a id="claim"></a>How to claim</h2><ul><li>Write to us<li>Send a <em>photo</em></ul>
            <table><tr><th>Part</th><th>Years</th></tr><tr><td>Fork</td><td>3</td></tr></table><pre>  keep
              this</pre></main>
            <footer>Imprint</footer></body></html>
            """,
            new Uri("https://harbor.example/warranty"));

        page.Title.ShouldBe("Warranty");
        page.Language.ShouldBe("en");
        page.Blocks.ShouldBe(
        [
            new Block(BlockKind.Heading, "Warranty", 1, "top"),
            new Block(BlockKind.Paragraph, "Five years on the frame."),
            new Block(BlockKind.Heading, "How to claim", 2, "claim"),
            new Block(BlockKind.ListItem, "Write to us"),
            new Block(BlockKind.ListItem, "Send a photo"),
            new Block(BlockKind.Table, "Part | Years\nFork | 3"),
            new Block(BlockKind.Code, "  keep\n  this"),
        ]);
        page.Links.ShouldBe([new Uri("https://harbor.example/a")]);
    }

    [Theory]
    [InlineData("nested", "too tangled")]
    [InlineData("formatting", "too tangled")]
    [InlineData("elements", "too tangled")]
    [InlineData("length", "longer than 5 million characters")]
    public void Refuse_a_page_whose_tree_would_be_far_larger_than_its_text(string bomb, string words)
    {
        string Many(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
        var html = bomb switch
        {
            "nested" => Many("<div>", 20_000) + "core",
            "formatting" => "<p>" + string.Concat(Enumerable.Range(0, 3_000).Select(i => $"<b a={i}>")) + Many("<p>x</p>", 3_000),
            "elements" => Many("<hr/><i></i>", 310_000),
            _ => new string('x', 5_000_001),
        };

        Should.Throw<IngestionFailureException>(() => HtmlExtractor.Extract(html, null)).Message.ShouldContain(words);
    }

    [Fact]
    public void Read_pages_that_are_merely_careless()
    {
        // Never closed: list items, rows, paragraphs, anchors, some bold; closed in the wrong order; markup within scripts and comments.
        var html = "<title>a<b></title><script>'<div><div>'.repeat(9)</script><!-- <div> -->"
            + string.Concat(Enumerable.Repeat("<ul><li>one<li><b>two</ul><table><tr><td>x<td>y<tr><td>z</table><a name=q><div><span><i></div></i><p>text<p>more", 200));

        HtmlExtractor.Extract(html, null).Blocks.Count(block => block.Text == "more").ShouldBeGreaterThan(190);
    }

    [Fact]
    public void Take_an_endless_heading_for_a_paragraph()
    {
        var page = HtmlExtractor.Extract($"<h1>{new string('h', 2_000)}</h1><p>text</p>", null);

        page.Blocks.ShouldAllBe(block => block.Kind == BlockKind.Paragraph);
        new Chunker().Cut(page).ShouldAllBe(passage => passage.Locator.Headings.Count == 0);
    }

    [Fact]
    public async Task Read_markdown_with_its_headings_lists_and_tables()
    {
        var document = await new MarkdownExtractor().ExtractAsync(
            Raw("---\ntitle: hidden\n---\n# Release notes\n\n## Version 2\n\n- faster\n- *smaller*\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", MediaTypes.Markdown),
            Ct);

        document.Title.ShouldBe("Release notes");
        document.Blocks.Select(block => (block.Kind, block.Text, block.Anchor)).ShouldBe(
        [
            (BlockKind.Heading, "Release notes", "release-notes"),
            (BlockKind.Heading, "Version 2", "version-2"),
            (BlockKind.ListItem, "faster", null),
            (BlockKind.ListItem, "smaller", null),
            (BlockKind.Table, "a | b\n1 | 2", null),
        ]);
    }

    [Theory]
    [InlineData("windows-1252", "Größe für 5 €")]
    [InlineData("iso-8859-1", "Größe für 5")]
    [InlineData("utf-8", "Größe für 5 € – 日本")]
    [InlineData("utf-16", "Größe für 5 € – 日本")]
    public async Task Read_text_in_the_character_set_it_came_in(string charset, string text)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
        var bytes = encoding.GetPreamble().Concat(encoding.GetBytes(text)).ToArray();

        // Not declared: found out from the bytes.
        var document = await new TextExtractor().ExtractAsync(new RawDocument(bytes, MediaTypes.Text), Ct);

        document.Blocks.Single().Text.ShouldBe(text);
    }

    [Fact]
    public async Task Believe_the_character_set_a_page_declares()
    {
        var html = Encoding.Latin1.GetBytes("<meta charset=\"iso-8859-2\"><p>").Concat(CodePagesEncodingProvider.Instance.GetEncoding("iso-8859-2")!.GetBytes("Łódź")).ToArray();

        (await new HtmlExtractor().ExtractAsync(new RawDocument(html, MediaTypes.Html), Ct)).Blocks.Single().Text.ShouldBe("Łódź");
    }

    [Theory]
    [InlineData("iso-8859-1", new byte[] { 0x92, 0x80 }, "’€")]
    [InlineData("utf-7", new byte[] { 0xC3, 0xB6 }, "ö")]
    [InlineData("utf-16", new byte[] { 0x6F, 0x6B }, "ok")]
    [InlineData("no-such-thing", new byte[] { 0xC3, 0xB6 }, "ö")]
    public async Task Read_declared_character_sets_as_browsers_do(string charset, byte[] bytes, string text) =>
        (await new TextExtractor().ExtractAsync(new RawDocument(bytes, MediaTypes.Text, charset), Ct)).Blocks.Single().Text.ShouldBe(text);

    [Fact]
    public async Task Refuse_binary_data_as_text()
    {
        var failure = await Should.ThrowAsync<IngestionFailureException>(() =>
            new TextExtractor().ExtractAsync(new RawDocument(new byte[] { 0x7f, 0x45, 0x4c, 0x46, 0, 0, 1 }, MediaTypes.Text), Ct));
        failure.Message.ShouldContain("not a text file");
    }

    [Fact]
    public async Task Read_a_pdf_page_by_page()
    {
        var document = await new PdfExtractor().ExtractAsync(await FileAsync("demo/documents/lumen-security-whitepaper.pdf"), Ct);

        document.Title.ShouldBe("Lumen Desk security whitepaper");
        document.Blocks.Single(block => block.Text.Contains("nine engineers")).Page.ShouldBe(1);
        document.Blocks.Single(block => block.Text.Contains("47 minutes")).Page.ShouldBe(2);
        document.Blocks.Single(block => block.Text.Contains("rotated every 90 days")).Page.ShouldBe(3);
    }

    [Fact]
    public async Task Say_that_a_pdf_wants_a_password()
    {
        var failure = await FailureAsync(await FileAsync("tests/Widget.Rag.Tests/Ingestion/protected.pdf"));
        failure.ShouldContain("protected with a password");
    }

    [Fact]
    public async Task Say_that_garbage_is_no_pdf()
    {
        var garbage = new byte[5_000];
        new Random(1).NextBytes(garbage);

        (await FailureAsync(new RawDocument(garbage, MediaTypes.Pdf))).ShouldContain("not a PDF");
        "%PDF-1.7\n"u8.CopyTo(garbage);
        (await FailureAsync(new RawDocument(garbage, MediaTypes.Pdf))).ShouldContain("damaged");
    }

    [Fact]
    public async Task Say_that_a_pdf_holds_no_text()
    {
        const string Blank = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>";

        (await FailureAsync(Raw(Blank, MediaTypes.Pdf))).ShouldContain("holds no text");
    }

    [Fact]
    public async Task Kill_a_program_that_takes_too_long()
    {
        var failure = await Should.ThrowAsync<IngestionFailureException>(() =>
            ChildProcess.RunAsync("sleep", ["30"], default, new ChildLimits(TimeSpan.FromMilliseconds(300), 1 << 30, 1000), Ct));
        failure.Message.ShouldContain("took longer");
    }

    [Fact]
    public async Task Stop_a_program_that_says_too_much()
    {
        var failure = await Should.ThrowAsync<IngestionFailureException>(() =>
            ChildProcess.RunAsync("yes", [], default, new ChildLimits(TimeSpan.FromSeconds(20), 1 << 30, 100_000), Ct));
        failure.Message.ShouldContain("more text than");
    }

    [Fact]
    public async Task Keep_a_program_within_its_memory()
    {
        // tail holds its whole last line.
        var result = await ChildProcess.RunAsync("sh", ["-c", "head -c 400000000 /dev/zero | tail"], default, new ChildLimits(TimeSpan.FromSeconds(20), 100 << 20, 1000), Ct);

        result.Errors.ShouldContain("memory");
    }

    [Fact]
    public async Task Let_a_program_complain_as_much_as_it_likes()
    {
        var result = await ChildProcess.RunAsync("sh", ["-c", "head -c 1000000 /dev/zero >&2; echo read"], default, new ChildLimits(TimeSpan.FromSeconds(20), 1 << 30, 1000), Ct);

        Encoding.UTF8.GetString(result.Output).ShouldBe("read\n");
        result.Errors.Length.ShouldBe(64 * 1024);
    }

    [Fact]
    public async Task Give_a_program_none_of_the_servers_settings()
    {
        Environment.SetEnvironmentVariable("WIDGET_TEST_SECRET", "secret");

        var result = await ChildProcess.RunAsync("env", [], default, new ChildLimits(TimeSpan.FromSeconds(20), 1 << 30, 10_000), Ct);

        Encoding.UTF8.GetString(result.Output).ShouldNotContain("secret");
    }

    [Fact]
    public async Task Name_a_program_that_is_missing()
    {
        var failure = await Should.ThrowAsync<IngestionFailureException>(() =>
            ChildProcess.RunAsync("no-such-program", [], default, new ChildLimits(TimeSpan.FromSeconds(1), 1 << 30, 1000), Ct));
        failure.Message.ShouldContain("no-such-program");
    }

    private static async Task<string> FailureAsync(RawDocument document) =>
        (await Should.ThrowAsync<IngestionFailureException>(() => new PdfExtractor().ExtractAsync(document, Ct))).Message;

    private static RawDocument Raw(string text, string mediaType) => new(Encoding.UTF8.GetBytes(text), mediaType);

    private static async Task<RawDocument> FileAsync(string path) =>
        new(await File.ReadAllBytesAsync(Path.Combine(Repository.Root, path), Ct), MediaTypes.Pdf);
}
