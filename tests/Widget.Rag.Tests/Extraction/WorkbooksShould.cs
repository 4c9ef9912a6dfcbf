using Widget.Rag.Reading;
using Widget.Testing;
using static Widget.Rag.Tests.Extraction.OfficeFiles;

namespace Widget.Rag.Tests.Extraction;

public sealed class WorkbooksShould
{
    private const string Header = "Product,Purchase price,Price";

    [Theory]
    [InlineData("hidden", "<cols><col min='2' max='2' hidden='1'/></cols>")]
    [InlineData("without width", "<cols><col min='2' max='2' width='0' customWidth='1'/></cols>")]
    [InlineData("folded", "<cols><col min='2' max='2' outlineLevel='1'/><col min='3' max='3' collapsed='1'/></cols>")]
    [InlineData(
        "folded before its summary",
        "<sheetPr><outlinePr summaryRight='0'/></sheetPr>"
            + "<cols><col min='1' max='1' collapsed='1'/><col min='2' max='2' outlineLevel='1'/></cols>")]
    public void Leave_out_hidden_columns(string _, string columns)
    {
        var document = Read(Sheet(columns, Row(1, "", Header.Split(',')), Row(2, "", "Lamp", 11, 29), Row(3, "", "Vase", 7, 19)));

        Rows(document).ShouldBe(["Product: Lamp | Price: 29", "Product: Vase | Price: 19"]);
        document.Notice.ShouldBe("Left out: 1 hidden column.");
    }

    [Theory]
    [InlineData("hidden='1'", "")]
    [InlineData("hidden='true' outlineLevel='1'", "collapsed='1'")]
    [InlineData("outlineLevel='1'", "collapsed='1'")]
    [InlineData("ht='0' customHeight='1'", "")]
    public void Leave_out_hidden_rows(string hidden, string summary)
    {
        var document = Read(
            Sheet(
                "<autoFilter ref='A1:C4'/>",
                Row(1, "", Header.Split(',')),
                Row(2, hidden, "Margin", 1, 2),
                Row(3, hidden, "Rebate", 1, 2),
                Row(4, summary, "Lamp", 11, 29)));

        Rows(document).ShouldBe(["Product: Lamp | Purchase price: 11 | Price: 29"]);
        document.Notice.ShouldBe("Left out: 2 rows that are hidden, folded or filtered out.");
    }

    [Fact]
    public void Keep_unfolded_groups()
    {
        var document = Read(
            Sheet("", Row(1, "", "Product", "Price"), Row(2, "outlineLevel='1'", "Lamp", 29), Row(3, "", "Vase", 19)));

        Rows(document).ShouldBe(["Product: Lamp | Price: 29", "Product: Vase | Price: 19"]);
        document.Notice.ShouldBeNull();
    }

    [Fact]
    public void Leave_out_hidden_sheets_and_name_them()
    {
        var document = Extract(
            ("Prices", "visible", Sheet("", Row(1, "", "Lamp", 29))),
            ("Margins", "hidden", Sheet("", Row(1, "", "Lamp", 11))),
            ("Suppliers", "veryHidden", Sheet("", Row(1, "", "Lamp", 12))));

        Rows(document).ShouldBe(["Lamp | 29"]);
        document.Notice.ShouldBe("Left out: 2 hidden sheets (Margins, Suppliers).");
    }

    [Fact]
    public void Leave_out_cells_whose_format_shows_nothing()
    {
        var document = Read(Sheet("", "<row r='1'><c r='A1' s='1'><v>11</v></c><c r='B1'><v>29</v></c></row>"));

        Rows(document).ShouldBe(["29"]);
        document.Notice.ShouldBe("Left out: 1 cell with a format that shows nothing.");
    }

    [Fact]
    public async Task Say_that_everything_is_hidden()
    {
        var reader = new DocumentReader(Readers.Shared, new Chunker());
        var workbook = Workbook(("Margins", "hidden", Sheet("", Row(1, "", "Lamp", 11))));

        var failure = await Should.ThrowAsync<IngestionFailureException>(
            () => reader.ReadAsync("margins.xlsx", workbook, new DocumentDescription(), TestContext.Current.CancellationToken));

        failure.Message.ShouldBe("Everything in this workbook is hidden. Left out: 1 hidden sheet (Margins).");
    }

    [Fact]
    public void Name_a_merged_category_in_every_row_it_covers()
    {
        var document = Read(
            Sheet("", Row(1, "", "Category", "Product", "Price"), Row(2, "", "Lamps", "Desk lamp", 29), Row(3, "", null, "Floor lamp", 59),
                Row(4, "", "Vases", "Tall vase", 19))
            + "<mergeCells count='1'><mergeCell ref='A2:A3'/></mergeCells>");

        Rows(document).ShouldBe(
        [
            "Category: Lamps | Product: Desk lamp | Price: 29",
            "Category: Lamps | Product: Floor lamp | Price: 59",
            "Category: Vases | Product: Tall vase | Price: 19",
        ]);
    }

    [Fact]
    public void Show_a_merged_cell_that_begins_in_a_hidden_row_or_column()
    {
        var document = Read(
            Sheet(
                "<cols><col min='1' max='1' hidden='1'/></cols>",
                Row(1, "", "Code", "Category", "Price"),
                Row(2, "hidden='1'", "Lamps", null, 29),
                Row(3, "", null, null, 59))
            + "<mergeCells count='1'><mergeCell ref='A2:B3'/></mergeCells>");

        Rows(document).ShouldBe(["Category: Lamps | Price: 59"]);
    }

    [Fact]
    public void Name_a_row_by_the_merged_group_above_it()
    {
        var document = Read(
            Sheet("", Row(1, "", "Product", "Price"), Row(2, "", "Lamps"), Row(3, "", "Desk lamp", 29), Row(4, "", "Vases"),
                Row(5, "", "Tall vase", 19), Row(6, "", "Prices without tax"))
            + "<mergeCells><mergeCell ref='A2:B2'/><mergeCell ref='A4:B4'/><mergeCell ref='A6:B6'/></mergeCells>");

        Rows(document).ShouldBe(
            ["Lamps | Product: Desk lamp | Price: 29", "Vases | Product: Tall vase | Price: 19", "Prices without tax"]);
    }

    [Fact]
    public void Combine_two_rows_of_column_names()
    {
        var document = Read(
            Sheet("", Row(1, "", "Product", "2025", null, "2026"), Row(2, "", null, "Net", "Gross", "Net", "Gross"),
                Row(3, "", "Lamp", 10, 12, 11, 13))
            + "<mergeCells><mergeCell ref='A1:A2'/><mergeCell ref='B1:C1'/><mergeCell ref='D1:E1'/></mergeCells>");

        Rows(document).ShouldBe(["Product: Lamp | 2025 – Net: 10 | 2025 – Gross: 12 | 2026 – Net: 11 | 2026 – Gross: 13"]);
    }

    [Fact]
    public void Name_formulas_without_a_saved_value()
    {
        var document = Read(
            Sheet("", Row(1, "", "Product", "Price", "Note"),
                "<row r='2'><c r='A2' t='inlineStr'><is><t>Lamp</t></is></c><c r='B2'><f>A1*2</f></c>"
                    + "<c r='C2' t='str'><f>A1</f><v></v></c></row>",
                "<row r='3'><c r='A3' t='inlineStr'><is><t>Vase</t></is></c><c r='B3' t='e'><f>1/0</f><v>#DIV/0!</v></c></row>"));

        Rows(document).ShouldBe(["Product: Lamp", "Product: Vase"]);
        document.Notice.ShouldBe(
            "1 formula without a saved value (Prices!B2). Open the workbook in a spreadsheet program, save it and add it again. "
                + "1 cell with an error instead of a value.");
    }

    private static string Sheet(string before, params string[] rows) => $"{before}<sheetData>{string.Concat(rows)}</sheetData>";

    private static ExtractedDocument Read(string sheet) => Extract(("Prices", "visible", sheet));

    private static ExtractedDocument Extract(params (string Name, string State, string Xml)[] sheets) =>
        new XlsxExtractor().Extract(Workbook(sheets));

    private static IEnumerable<string> Rows(ExtractedDocument document) =>
        document.Blocks.Where(block => block.Kind == BlockKind.Table).Select(block => block.Text);
}
