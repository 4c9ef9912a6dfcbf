using System.Text;
using static Widget.Rag.Tests.Extraction.OfficeFiles;

namespace Widget.Rag.Tests.Extraction;

/// <summary>Column names of tables and sheets that are not marked as names.</summary>
public sealed class ColumnNamesShould
{
    [Theory]
    [InlineData("<tr><td>Plan<td>1 month<td>12 months<tr><td>Silver<td>15<td>149", "Plan: Silver | 1 month: 15 | 12 months: 149")]
    [InlineData(
        "<tr><td>Product<td>2025<td>2026<tr><td>Lamp<td>29 €<td>31 €<tr><td>Vase<td>19 €<td>21 €",
        "Product: Lamp | 2025: 29 € | 2026: 31 €\nProduct: Vase | 2025: 19 € | 2026: 21 €")]
    [InlineData("<tr><td>Plan<td><td>Price<tr><td>Silver<td>yearly<td>149", "Plan: Silver | yearly | Price: 149")]
    [InlineData(
        "<tr><td><b>Plan</b><td colspan=2><b>Help</b><tr><td><td><b>Day</b><td><b>Night</b><tr><td>Silver<td>mail<td>phone",
        "Plan: Silver | Help – Day: mail | Help – Night: phone")]
    [InlineData(
        "<tr><td>Plan<td>Support<td>Price<tr><td>Silver<td>mail<td>from 149 €<tr><td>Gold<td>phone<td>on request",
        "Plan: Silver | Support: mail | Price: from 149 €\nPlan: Gold | Support: phone | Price: on request")]
    [InlineData(
        "<tr><td><strong>Plan</strong><td><strong>Price</strong><tr><td><strong>Silver</strong><td>from 149 €"
            + "<tr><td><strong>Gold</strong><td>on request",
        "Plan: Silver | Price: from 149 €\nPlan: Gold | Price: on request")]
    public void Be_found_in_the_first_row_of_a_table(string rows, string text) => Table(rows).ShouldBe(text);

    [Theory]
    [InlineData("<tr><td>Silver<td>149 €<tr><td>Gold<td>199 €", "Silver | 149 €\nGold | 199 €")]
    [InlineData("<tr><td>Silver<td>1 month<td>15 €<tr><td>Gold<td>12 months<td>149 €", "Silver | 1 month | 15 €\nGold | 12 months | 149 €")]
    [InlineData("<tr><td>Founded<td>1998<tr><td>Employees<td>2025", "Founded | 1998\nEmployees | 2025")]
    [InlineData(
        "<tr><td>Monday<td>9 am<td>5 pm<tr><td>Tuesday<td>9 am<td>6 pm<tr><td>Sunday<td>closed<td>closed",
        "Monday | 9 am | 5 pm\nTuesday | 9 am | 6 pm\nSunday | closed | closed")]
    public void Not_be_values(string rows, string text) => Table(rows).ShouldBe(text);

    [Theory]
    [InlineData("colspan='100%'")]
    [InlineData("colspan=99")]
    [InlineData("colspan='2 '")]
    public void Be_kept_below_a_title_that_is_wider_than_the_table(string span) =>
        Table($"<tr><th {span}>Prices of 2026<tr><th>Plan<th>Price<tr><td>Silver<td>149<tr><td>Gold<td>199")
            .ShouldBe("Prices of 2026 | Plan: Silver | Price: 149\nPrices of 2026 | Plan: Gold | Price: 199");

    [Theory]
    [InlineData("colspan='100%'")]
    [InlineData("colspan=99")]
    public void Be_kept_around_a_group_that_is_wider_than_the_table(string span) =>
        Table($"<tr><th>Plan<th>Price<tr><td {span}>Yearly<tr><td>Silver<td>149").ShouldBe("Yearly | Plan: Silver | Price: 149");

    [Fact]
    public void Be_found_in_word_tables()
    {
        static string Cell(string text) => $"<w:tc><w:tcPr/><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>";
        static string Row(params string[] cells) => $"<w:tr>{string.Concat(cells.Select(Cell))}</w:tr>";
        var table = $"<w:tbl><w:tblPr/><w:tblGrid/>{Row("Plan", "1 month", "12 months")}{Row("Silver", "from 15 €", "on request")}</w:tbl>";

        new DocxExtractor().Extract(Word(table)).Blocks.Single().Text
            .ShouldBe("Plan: Silver | 1 month: from 15 € | 12 months: on request");
    }

    [Theory]
    [InlineData("Plan;1 month;12 months\nSilver;15;149", "Plan: Silver | 1 month: 15 | 12 months: 149")]
    [InlineData("Product,2025,2026\nLamp,29,31\nVase,19,21", "Product: Lamp | 2025: 29 | 2026: 31\nProduct: Vase | 2025: 19 | 2026: 21")]
    [InlineData("Product;2026-01;2026-02\nLamp;29;31", "Product: Lamp | 2026-01: 29 | 2026-02: 31")]
    [InlineData("Plan,3D print,Support\nSilver,yes,mail", "Plan: Silver | 3D print: yes | Support: mail")]
    [InlineData("Founded,1998\nLamps,2025", "Founded | 1998\nLamps | 2025")]
    [InlineData("Silver,1 month\nGold,12 months", "Silver | 1 month\nGold | 12 months")]
    [InlineData("Lamp,29,31\nVase,19,21", "Lamp | 29 | 31\nVase | 19 | 21")]
    public void Be_found_in_the_first_row_of_values_with_separators(string csv, string text) =>
        Join(new CsvExtractor().Extract(new RawDocument(Encoding.UTF8.GetBytes(csv), MediaTypes.Csv))).ShouldBe(text);

    [Fact]
    public void Be_years_in_a_sheet() =>
        Sheet(Row(1, "", "Product", 2025, 2026), Row(2, "", "Lamp", 29, 31), Row(3, "", "Vase", 19, 21))
            .ShouldBe("Product: Lamp | 2025: 29 | 2026: 31\nProduct: Vase | 2025: 19 | 2026: 21");

    [Fact]
    public void Be_months_in_a_sheet()
    {
        // Style 2 shows the month and the year.
        const string Months = "<row r='1'><c r='A1' t='inlineStr'><is><t>Product</t></is></c>"
            + "<c r='B1' s='2'><v>46023</v></c><c r='C1' s='2'><v>46054</v></c></row>";

        Sheet(Months, Row(2, "", "Lamp", 29, 31)).ShouldBe("Product: Lamp | 2026-01-01: 29 | 2026-02-01: 31");
    }

    [Fact]
    public void Not_be_the_first_row_of_a_sheet_without_names() =>
        Sheet(Row(1, "", "Lamp", 2025, 2026), Row(2, "", "Vase", 2024, 2026)).ShouldBe("Lamp | 2025 | 2026\nVase | 2024 | 2026");

    [Fact]
    public void Be_found_below_a_preface_of_two_cells() =>
        Sheet(
            Row(1, "", "Price list", "Harbour bikes"),
            Row(2, "", "Valid from", "March"),
            Row(4, "", "Product", "Size", "Price"),
            Row(5, "", "Lamp", "large", 29),
            Row(6, "", "Vase", "small", 19))
            .ShouldBe(
                "Price list | Harbour bikes\nValid from | March\nProduct: Lamp | Size: large | Price: 29\n"
                    + "Product: Vase | Size: small | Price: 19");

    [Fact]
    public void Change_with_the_next_table_of_a_sheet() =>
        Sheet(
            Row(1, "", "Product", "Price"),
            Row(2, "", "Lamp", 29),
            Row(4, "", "City", "Dealer", "Phone"),
            Row(5, "", "Kiel", "Fördevelo", "0431 123"),
            Row(7, "", "Lübeck", "Travevelo", "0451 123"))
            .ShouldBe(
                "Product: Lamp | Price: 29\nCity: Kiel | Dealer: Fördevelo | Phone: 0431 123\n"
                    + "City: Lübeck | Dealer: Travevelo | Phone: 0451 123");

    [Fact]
    public void Change_with_the_next_table_below_a_title() =>
        Sheet(
            Row(1, "", "Product", "Price"),
            Row(2, "", "Lamp", 29),
            Row(4, "", "Sizes"),
            Row(5, "", "Boat", "Length"),
            Row(6, "", "Canoe", 5))
            .ShouldBe("Product: Lamp | Price: 29\nSizes\nBoat: Canoe | Length: 5");

    [Fact]
    public void Stay_for_a_product_without_a_number_after_an_empty_row() =>
        Sheet(Row(1, "", "Product", "Price"), Row(2, "", "Lamp", 29), Row(4, "", "Mirror", "sold out"), Row(5, "", "Vase", 19))
            .ShouldBe("Product: Lamp | Price: 29\nProduct: Mirror | Price: sold out\nProduct: Vase | Price: 19");

    [Fact]
    public void Stay_after_an_empty_row() =>
        Sheet(
            Row(1, "", "City", "Dealer"),
            Row(2, "", "Kiel", "Fördevelo"),
            Row(4, "", "Lübeck", "Travevelo"),
            Row(5, "", "Bonn", "Rheinrad"))
            .ShouldBe("City: Kiel | Dealer: Fördevelo\nCity: Lübeck | Dealer: Travevelo\nCity: Bonn | Dealer: Rheinrad");

    [Fact]
    public void Come_with_the_group_in_the_first_column() =>
        Sheet(
            Row(1, "", "Product", "Size", "Price"),
            Row(2, "", "Lamps"),
            Row(3, "", "Desk lamp", "small", 29),
            Row(4, "", "Vases"),
            Row(5, "", "Tall vase", "large", 19),
            Row(6, "", "All prices without tax."))
            .ShouldBe(
                "Lamps | Product: Desk lamp | Size: small | Price: 29\nVases | Product: Tall vase | Size: large | Price: 19\n"
                    + "All prices without tax.");

    [Fact]
    public void Not_make_a_group_of_products_without_values() =>
        Sheet(Row(1, "", "Product", "Price"), Row(2, "", "Lamp", 29), Row(3, "", "Mirror"), Row(4, "", "Vase"), Row(5, "", "Bowl", 9))
            .ShouldBe("Product: Lamp | Price: 29\nProduct: Mirror\nProduct: Vase\nProduct: Bowl | Price: 9");

    [Fact]
    public void Be_repeated_for_a_merged_value() =>
        Sheet(
            "<mergeCells><mergeCell ref='B2:C2'/></mergeCells>",
            Row(1, "", "Zone", "Monday", "Tuesday", "Wednesday"),
            Row(2, "", "North", "9–17", null, "9–12"))
            .ShouldBe("Zone: North | Monday: 9–17 | Tuesday: 9–17 | Wednesday: 9–12");

    [Fact]
    public void Have_a_notice_for_formulas_that_were_never_calculated()
    {
        var document = new XlsxExtractor().Extract(Workbook(
            "<calcPr fullCalcOnLoad='1'/>",
            ("Prices", "visible", "<sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>Lamp</t></is></c>"
                + "<c r='B1'><f>C1*1.19</f><v>0</v></c><c r='C1'><v>0</v></c></row></sheetData>")));

        Join(document).ShouldBe("Lamp | 0");
        document.Notice.ShouldBe(
            "1 formula without a saved value (Prices!B1). Open the workbook in a spreadsheet program, save it and add it again.");
    }

    [Fact]
    public void Be_zero_in_a_calculated_workbook()
    {
        var document = new XlsxExtractor().Extract(Workbook(
            ("Prices", "visible", "<sheetData><row r='1'><c r='A1'><f>B1*2</f><v>0</v></c></row></sheetData>")));

        (Join(document), document.Notice).ShouldBe(("0", null));
    }

    [Fact]
    public void Have_a_notice_for_merged_formulas_and_errors()
    {
        var document = new XlsxExtractor().Extract(Workbook(
            ("Prices", "visible", "<sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>Lamp</t></is></c><c r='B1'><f>D1*2</f></c></row>"
                + "<row r='2'><c r='A2' t='e'><f>1/0</f><v>#DIV/0!</v></c></row></sheetData>"
                + "<mergeCells><mergeCell ref='B1:C1'/><mergeCell ref='A2:B2'/></mergeCells>")));

        document.Notice.ShouldBe(
            "1 formula without a saved value (Prices!B1). Open the workbook in a spreadsheet program, save it and add it again. "
                + "1 cell with an error instead of a value.");
    }

    private static string Table(string rows) => Join(HtmlExtractor.Extract($"<body><table>{rows}</table>", null));

    private static string Sheet(params string[] parts)
    {
        var rows = string.Concat(parts.Where(part => !part.StartsWith("<merge", StringComparison.Ordinal)));
        var merged = string.Concat(parts.Where(part => part.StartsWith("<merge", StringComparison.Ordinal)));
        return Join(new XlsxExtractor().Extract(Workbook(("Prices", "visible", $"<sheetData>{rows}</sheetData>{merged}"))));
    }

    private static string Join(ExtractedDocument document) =>
        string.Join('\n', document.Blocks.Where(block => block.Kind != BlockKind.Heading).Select(block => block.Text));
}
