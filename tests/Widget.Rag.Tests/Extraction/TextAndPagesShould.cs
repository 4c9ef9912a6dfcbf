using System.Text;
using Widget.Rag.Reading;

namespace Widget.Rag.Tests.Extraction;

public sealed class TextAndPagesShould
{
    [Fact]
    public void Read_a_pages_content_without_boilerplate()
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
            new Block(BlockKind.Table, "Part: Fork | Years: 3"),
            new Block(BlockKind.Code, "  keep\n  this"),
        ]);
        page.Links.ShouldBe([new Uri("https://harbor.example/a")]);
    }

    [Theory]
    [InlineData("nested", "too complex")]
    [InlineData("formatting", "too complex")]
    [InlineData("elements", "too complex")]
    [InlineData("comment", "too complex")]
    [InlineData("drawing", "too complex")]
    [InlineData("unended", "too complex")]
    [InlineData("length", "longer than 5 million characters")]
    public void Refuse_a_page_whose_tree_would_be_far_larger_than_its_text(string bomb, string words)
    {
        string Many(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
        var html = bomb switch
        {
            "nested" => Many("<div>", 20_000) + "core",
            "formatting" => "<p>" + string.Concat(Enumerable.Range(0, 3_000).Select(i => $"<b a={i}>")) + Many("<p>x</p>", 3_000),
            "comment" => "<!-->" + Many("<div>", 20_000) + "<!-- -->",
            "drawing" => "<svg><style>" + Many("<g>", 20_000) + "</style></svg>",
            "unended" => Many("<!-- <script>", 100_000) + Many("<div>", 20_000),
            "elements" => Many("<hr/><i></i>", 310_000),
            _ => new string('x', 5_000_001),
        };

        Should.Throw<IngestionFailureException>(() => HtmlExtractor.Extract(html, null)).Message.ShouldContain(words);
    }

    [Fact]
    public void Read_pages_with_careless_markup()
    {
        // Unclosed list items, rows, paragraphs, anchors and bold text; tags closed in the wrong order; markup within scripts and comments.
        var html = "<title>a<b></title><script>'<div><div>'.repeat(9)</script><!-- <div> -->"
            + string.Concat(
                Enumerable.Repeat(
                    "<ul><li>one<li><b>two</ul><table><tr><td>x<td>y<tr><td>z</table><a name=q><div><span><i></div></i><p>text<p>more",
                    200));

        HtmlExtractor.Extract(html, null).Blocks.Count(block => block.Text == "more").ShouldBeGreaterThan(190);
    }

    [Fact]
    public void Ignore_an_invalid_anchor()
    {
        var page = HtmlExtractor.Extract(
            $"<h1 id={new string('a', 201)}>One</h1><p>text</p><h1 id={new string('a', 200)}>Two</h1><p>text</p>",
            null);

        page.Blocks.Where(block => block.Kind == BlockKind.Heading).Select(block => block.Anchor?.Length).ShouldBe([null, 200]);
    }

    [Fact]
    public void Treat_an_endless_heading_as_a_paragraph()
    {
        var page = HtmlExtractor.Extract($"<h1>{new string('h', 2_000)}</h1><p>text</p>", null);

        page.Blocks.ShouldAllBe(block => block.Kind == BlockKind.Paragraph);
        new Chunker().Cut(page).ShouldAllBe(passage => passage.Locator.Headings.Count == 0);
    }

    [Fact]
    public void Read_markdown_with_its_headings_lists_and_tables()
    {
        var document = new MarkdownExtractor().Extract(
            Raw(
                "---\nlayout: page\n---\n# Release notes\n\n## Version 2\n\n- faster\n- *smaller*\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
                MediaTypes.Markdown));

        document.Title.ShouldBe("Release notes");
        document.Blocks.Select(block => (block.Kind, block.Text, block.Anchor)).ShouldBe(
        [
            (BlockKind.Heading, "Release notes", "release-notes"),
            (BlockKind.Heading, "Version 2", "version-2"),
            (BlockKind.ListItem, "faster", null),
            (BlockKind.ListItem, "smaller", null),
            (BlockKind.Table, "a: 1 | b: 2", null),
        ]);
    }

    [Theory]
    [InlineData("windows-1252", "Größe für 5 €")]
    [InlineData("iso-8859-1", "Größe für 5")]
    [InlineData("utf-8", "Größe für 5 € – 日本")]
    [InlineData("utf-16", "Größe für 5 € – 日本")]
    public void Read_text_in_the_character_set_it_came_in(string charset, string text)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
        var bytes = encoding.GetPreamble().Concat(encoding.GetBytes(text)).ToArray();

        // No declaration: detected from the bytes.
        var document = new TextExtractor().Extract(new RawDocument(bytes, MediaTypes.Text));

        document.Blocks.Single().Text.ShouldBe(text);
    }

    [Fact]
    public void Believe_the_character_set_a_page_declares()
    {
        var html = Encoding.Latin1
            .GetBytes("<meta charset=\"iso-8859-2\"><p>")
            .Concat(CodePagesEncodingProvider.Instance.GetEncoding("iso-8859-2")!.GetBytes("Łódź"))
            .ToArray();

        new HtmlExtractor().Extract(new RawDocument(html, MediaTypes.Html)).Blocks.Single().Text.ShouldBe("Łódź");
    }

    [Theory]
    [InlineData("iso-8859-1", new byte[] { 0x92, 0x80 }, "’€")]
    [InlineData("utf-7", new byte[] { 0xC3, 0xB6 }, "ö")]
    [InlineData("utf-16", new byte[] { 0x6F, 0x6B }, "ok")]
    [InlineData("no-such-thing", new byte[] { 0xC3, 0xB6 }, "ö")]
    public void Read_declared_character_sets_as_browsers_do(string charset, byte[] bytes, string text) =>
        new TextExtractor().Extract(new RawDocument(bytes, MediaTypes.Text, charset)).Blocks.Single().Text.ShouldBe(text);

    [Fact]
    public void Refuse_binary_data_as_text()
    {
        var failure = Should.Throw<IngestionFailureException>(() =>
            new TextExtractor().Extract(new RawDocument(new byte[] { 0x7f, 0x45, 0x4c, 0x46, 0, 0, 1 }, MediaTypes.Text)));
        failure.Message.ShouldContain("binary data");
    }

    private static RawDocument Raw(string text, string mediaType) => new(Encoding.UTF8.GetBytes(text), mediaType);
}
