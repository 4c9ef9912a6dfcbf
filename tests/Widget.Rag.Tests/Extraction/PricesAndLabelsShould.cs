using static Widget.Rag.Tests.Extraction.OfficeFiles;

namespace Widget.Rag.Tests.Extraction;

/// <summary>Numbers and words that only a page's markup separates, such as raised digits and labels beside their values.</summary>
public sealed class PricesAndLabelsShould
{
    [Theory]
    [InlineData("49<sup>99</sup> €", "49,99 €")]
    [InlineData("1.299<sup>99</sup> €*", "1.299,99 €*")]
    [InlineData("49\n <sup>99 €</sup>", "49,99 €")]
    [InlineData("$49<sup>99</sup> a month", "$49.99 a month")]
    [InlineData("CHF 49<sup>90</sup>", "CHF 49.90")]
    [InlineData("€ 49<sup>99</sup>", "€ 49,99")]
    [InlineData("<b>49</b><span class=price__cents>99</span> €", "49,99 €")]
    [InlineData("149<sup>1</sup> euros", "149 1 euros")]
    [InlineData("29,99<sup>1)</sup> €", "29,99 1) €")]
    [InlineData("29,99<sup>12</sup> €", "29,99 12 €")]
    [InlineData("in 2025<sup>12</sup> and later", "in 2025 12 and later")]
    [InlineData("<sup>1</sup>2025 only", "1 2025 only")]
    [InlineData("1<sup>1</sup>/<sub>2</sub> cups", "1 1/2 cups")]
    [InlineData("80 m<sup>2</sup>, CO<sub>2</sub>, H<sub>2</sub>O and the 1<sup>st</sup>", "80 m2, CO2, H2O and the 1st")]
    [InlineData("see note<sup>[1]</sup>", "see note[1]")]
    [InlineData("<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>", "東京")]
    public void Keep_raised_digits_apart(string markup, string text)
    {
        Read($"<p>{markup}</p>").ShouldBe(text);
        Read($"<h2>{markup}</h2>").ShouldBe(text);
        Read($"<table><tr><th>Price<th>Note<tr><td>{markup}<td>x</table>").ShouldBe($"Price: {text} | Note: x");
    }

    [Fact]
    public void Keep_raised_digits_apart_in_office_files()
    {
        const string WordRuns = "<w:p><w:r><w:t>149</w:t></w:r>"
            + "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>1</w:t></w:r>"
            + "<w:r><w:t xml:space='preserve'> euros or 49</w:t></w:r>"
            + "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>99</w:t></w:r><w:r><w:t> €</w:t></w:r></w:p>";
        const string SlideRuns = "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"s\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody>"
            + "<a:bodyPr/><a:p><a:r><a:t>149</a:t></a:r><a:r><a:rPr baseline=\"30000\"/><a:t>1</a:t></a:r>"
            + "<a:r><a:t> euros</a:t></a:r></a:p></p:txBody></p:sp>";
        const string Cell = "<sheetData><row r='1'><c r='A1' t='inlineStr'><is><r><t>149</t></r>"
            + "<r><rPr><vertAlign val='superscript'/></rPr><t>1</t></r></is></c></row></sheetData>";

        new DocxExtractor().Extract(Word(WordRuns)).Blocks.Single().Text.ShouldBe("149 1 euros or 49,99 €");
        new PptxExtractor().Extract(Presentation(("", SlideRuns))).Blocks[^1].Text.ShouldBe("149 1 euros");
        new XlsxExtractor().Extract(Workbook(("Prices", "visible", Cell))).Blocks[^1].Text.ShouldBe("149 1");
    }

    [Theory]
    [InlineData("<span>Silver plan</span><span>149 euros</span>", "Silver plan 149 euros")]
    [InlineData("<span>Silver plan</span><span>from 149 euros</span>", "Silver plan from 149 euros")]
    [InlineData("<span>Silver</span><!-- --><span></span><strong>€149</strong>", "Silver €149")]
    [InlineData("<span>Price:</span><span>149</span>", "Price: 149")]
    [InlineData("<span class=label>Price</span>149", "Price 149")]
    [InlineData("Price<span class=value>149</span>", "Price 149")]
    [InlineData("<label>Users</label><span>5</span><span>GB</span>", "Users 5 GB")]
    [InlineData("<a href=/a>Bikes</a><a href=/b>Boats</a>", "Bikes Boats")]
    [InlineData("<x-label>silver plan</x-label><x-price>per month</x-price>", "silver plan per month")]
    [InlineData("<time>9:00</time><time>17:30</time>", "9:00 17:30")]
    [InlineData("<span><b>Silver</b></span><span><b>Gold</b></span>", "Silver Gold")]
    public void Separate_a_label_from_its_value(string markup, string text)
    {
        Read($"<div class='flex justify-between'>{markup}</div>").ShouldBe(text);
        Read($"<table><tr><th>Plan<th>Note<tr><td>{markup}<td>x</table>").ShouldBe($"Plan: {text} | Note: x");
    }

    [Theory]
    [InlineData("un<b>believ</b>able", "unbelievable")]
    [InlineData("<b>foot</b><i>note</i>", "footnote")]
    [InlineData("<a href=/a>har</a><a href=/a>bour</a>", "harbour")]
    [InlineData("<span lang=en>Wel</span><span lang=en>come</span>", "Welcome")]
    [InlineData("<span class=dropcap>T</span>he <span>N</span><span>e</span><span>w</span>", "The New")]
    [InlineData("<span>149</span><span>,99</span><span>€</span>", "149,99€")]
    [InlineData("<span>149,</span><span>99</span> €", "149,99 €")]
    [InlineData("<span>$</span><span>149</span>", "$149")]
    [InlineData("<span>(</span><span>Silver</span><span>)</span>", "(Silver)")]
    [InlineData("the <span>1</span><span>st</span> and H<span class=x>2</span>O", "the 1st and H2O")]
    [InlineData("<code><span>get</span><span>Value</span></code>", "getValue")]
    [InlineData("<a href=/a>bikes</a>, <b>boats</b>. <span>Kajak</span>s", "bikes, boats. Kajaks")]
    public void Keep_a_word_whole_that_only_markup_splits(string markup, string text) => Read($"<p>{markup}</p>").ShouldBe(text);

    private static string Read(string body) =>
        string.Join('\n', HtmlExtractor.Extract($"<body>{body}</body>", null).Blocks.Select(block => block.Text));
}
