using static Widget.Rag.Tests.Extraction.OfficeFiles;

namespace Widget.Rag.Tests.Extraction;

public sealed class WordDocumentsShould
{
    private const string Change = "w:id='1' w:author='a' w:date='2026-01-01T00:00:00Z'";

    [Fact]
    public void Be_read_with_tracked_changes_accepted()
    {
        var document = Read(
            $"<w:p><w:moveFrom {Change}><w:r><w:t>Moved text.</w:t></w:r></w:moveFrom></w:p>"
                + "<w:p><w:r><w:t xml:space='preserve'>We deliver </w:t></w:r>"
                + $"<w:del {Change}><w:r><w:delText>slowly</w:delText></w:r></w:del>"
                + $"<w:ins {Change}><w:r><w:t>quickly</w:t></w:r></w:ins><w:r><w:t>.</w:t></w:r></w:p>"
                + $"<w:p><w:moveTo {Change}><w:r><w:t>Moved text.</w:t></w:r></w:moveTo></w:p>"
                + "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden text.</w:t></w:r></w:p>");

        Texts(document).ShouldBe(["We deliver quickly.", "Moved text."]);
    }

    [Fact]
    public void Be_read_without_deleted_rows()
    {
        var table = Table(
            Row(Cell("Plan"), Cell("Price")),
            $"<w:tr><w:trPr><w:del {Change}/></w:trPr>{Cell("Bronze")}{Cell("99")}</w:tr>",
            $"<w:tr><w:trPr><w:ins {Change}/></w:trPr>{Cell("Silver")}{Cell("149")}</w:tr>");

        Texts(Read(table)).ShouldBe(["Plan: Silver | Price: 149"]);
    }

    [Fact]
    public void Read_a_text_box_once()
    {
        const string Content = "<w:txbxContent><w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent>";
        var paragraph = "<w:p><w:r><w:t>Around the box</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'>"
            + "<w:drawing><wp:inline>"
            + "<a:graphic><a:graphicData uri='http://schemas.microsoft.com/office/word/2010/wordprocessingShape'><wps:wsp><wps:txbx>"
            + $"{Content}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict>"
            + $"<v:shape><v:textbox>{Content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>";
        var old = $"<w:p><w:r><w:pict><v:shape><v:textbox>{Content}</v:textbox></v:shape></w:pict></w:r></w:p>";

        Texts(Read(paragraph)).ShouldBe(["Around the box", "In the box"]);
        Texts(Read(old)).ShouldBe(["In the box"]);
        Texts(Read(Table(Row(Cell("Plan"), Cell("Note")), Row(Cell("Silver"), $"<w:tc>{paragraph}</w:tc>"))))
            .ShouldBe(["Plan | Note\nSilver | Around the box In the box"]);
    }

    [Fact]
    public void Name_rows_and_columns_of_merged_cells()
    {
        var table = Table(
            Row(Cell("Category", "<w:vMerge w:val='restart'/>"), Cell("Price", "<w:gridSpan w:val='2'/>")),
            Row(Cell("", "<w:vMerge/>"), Cell("Net"), Cell("Gross")),
            Row(Cell("Lamps", "<w:vMerge w:val='restart'/>"), Cell("10"), Cell("12")),
            Row(Cell("", "<w:vMerge/>"), Cell("20"), Cell("24")),
            Row(Cell("Vases"), Cell("on request", "<w:gridSpan w:val='2'/>")));

        Texts(Read(table)).ShouldBe(
        [
            "Category: Lamps | Price – Net: 10 | Price – Gross: 12\nCategory: Lamps | Price – Net: 20 | Price – Gross: 24\n"
                + "Category: Vases | Price – Net: on request | Price – Gross: on request",
        ]);
    }

    [Fact]
    public void Name_the_columns_by_the_rows_that_word_repeats()
    {
        var table = Table(
            $"<w:tr><w:trPr><w:tblHeader/></w:trPr>{Cell("Term")}{Cell("Meaning")}</w:tr>",
            Row(Cell("Belt"), Cell("drives the wheel")));

        Texts(Read(table)).ShouldBe(["Term: Belt | Meaning: drives the wheel"]);
    }

    [Fact]
    public void Not_take_the_first_value_for_a_name() =>
        Texts(Read(Table(Row(Cell("Material"), Cell("Steel")), Row(Cell("Weight"), Cell("3 kg")), Row(Cell("Height"), Cell("30 cm")))))
            .ShouldBe(["Material | Steel\nWeight | 3 kg\nHeight | 30 cm"]);

    [Fact]
    public void Read_a_nested_table_once() =>
        Texts(Read(Table(
            Row(Cell("Plan"), Cell("Prices")),
            Row(Cell("Silver"), $"<w:tc>{Table(Row(Cell("Year"), Cell("149")))}<w:p/></w:tc>"))))
            .ShouldBe(["Plan | Prices\nSilver | Year | 149"]);

    private static ExtractedDocument Read(string body) => new DocxExtractor().Extract(Word(body));

    private static IEnumerable<string> Texts(ExtractedDocument document) => document.Blocks.Select(block => block.Text);

    private static string Table(params string[] rows) => $"<w:tbl><w:tblPr/><w:tblGrid/>{string.Concat(rows)}</w:tbl>";

    private static string Row(params string[] cells) => $"<w:tr>{string.Concat(cells)}</w:tr>";

    private static string Cell(string text, string properties = "") =>
        $"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>";
}
