namespace Widget.Rag.Tests.Extraction;

/// <summary>Tables of pages and Markdown. OfficeDocumentsShould and WordDocumentsShould have those of office files.</summary>
public sealed class TablesShould
{
    [Theory]
    [InlineData("<tr><th>Plan<th>Price<tr><td>Silver<td>149 euros<tr><td>Gold<td>", "Plan: Silver | Price: 149 euros\nPlan: Gold")]
    [InlineData(
        "<tr><td><th>Silver<th>Gold<tr><th>Price<td>149<td>199<tr><th>Users<td><td>5",
        "Price | Silver: 149 | Gold: 199\nUsers | Gold: 5")]
    [InlineData("<tr><td><td>Silver<td>Gold<tr><td>Price<td>149<td>199", "Price | Silver: 149 | Gold: 199")]
    [InlineData("<tr><td><b>Plan</b><td><strong>Support</strong><tr><td>Silver<td>Mail", "Plan: Silver | Support: Mail")]
    [InlineData("<tr><th>Weight<td>3 kg<tr><th>Colour<td>red", "Weight: 3 kg\nColour: red")]
    [InlineData(
        "<tr><td>Material<td>steel<tr><td>Weight<td>3 kg<tr><td>Height<td>30 cm",
        "Material | steel\nWeight | 3 kg\nHeight | 30 cm")]
    [InlineData("<thead><tr><td>Plan<td>Price</thead><tbody><tr><td>Silver<td>149", "Plan: Silver | Price: 149")]
    [InlineData("<tr><th>Only<th>names", "Only | names")]
    [InlineData("<tr><td> <td><tr><td><td>", "")]
    public void Name_the_columns_of_each_value(string rows, string text) => Table(rows).ShouldBe(text);

    [Theory]
    [InlineData(
        "<tr><th>Category<th>Product<th>Price<tr><td rowspan=2>Lamps<td>Desk lamp<td>29<tr><td>Floor lamp<td>59<tr><td>Vases<td>Vase<td>9",
        "Category: Lamps | Product: Desk lamp | Price: 29\nCategory: Lamps | Product: Floor lamp | Price: 59\n"
            + "Category: Vases | Product: Vase | Price: 9")]
    [InlineData(
        "<tr><th>Zone<th>Mon<th>Tue<th>Wed<tr><td>North<td colspan=2>9–17<td>9–12",
        "Zone: North | Mon: 9–17 | Tue: 9–17 | Wed: 9–12")]
    [InlineData(
        "<tr><th rowspan=2>Plan<th colspan=2>2025<th colspan=2>2026<tr><th>Net<th>Gross<th>Net<th>Gross<tr><td>Silver<td>1<td>2<td>3<td>4",
        "Plan: Silver | 2025 – Net: 1 | 2025 – Gross: 2 | 2026 – Net: 3 | 2026 – Gross: 4")]
    [InlineData(
        "<tr><th>Plan<th>Price<tr><th colspan=2>Yearly<tr><td>Silver<td>149<tr><td>Gold<td>199"
            + "<tr><th colspan=2>Monthly<tr><td>Silver<td>15",
        "Yearly | Plan: Silver | Price: 149\nYearly | Plan: Gold | Price: 199\nMonthly | Plan: Silver | Price: 15")]
    [InlineData(
        "<tr><th>Plan<th>Price<tr><td>Silver<td>149<tr><td colspan=2>All prices without tax.<tr><td>Gold<td>199",
        "Plan: Silver | Price: 149\nPlan: All prices without tax. | Price: All prices without tax.\nPlan: Gold | Price: 199")]
    [InlineData(
        "<tr><th>Plan<th>Price<tr><th>Silver<td>149<tr><th>Gold<td><tr><th>Iron<td>99",
        "Plan: Silver | Price: 149\nPlan: Gold\nPlan: Iron | Price: 99")]
    [InlineData(
        "<tr><th colspan=2>Prices of 2026<tr><th>Plan<th>Price<tr><td>Silver<td>149",
        "Prices of 2026 | Plan: Silver | Price: 149")]
    [InlineData(
        "<tr><th>Plan<th>Price<tr><td>Silver<td>149<tr><th>Extra<th>Cost<tr><td>Bag<td>9",
        "Plan: Silver | Price: 149\nExtra: Bag | Cost: 9")]
    [InlineData("<tr><th>Plan<th>Price<tr><td rowspan=0>Silver<td>149<tr><td>15", "Plan: Silver | Price: 149\nPlan: Silver | Price: 15")]
    public void Count_a_cell_in_all_rows_and_columns_that_it_covers(string rows, string text) => Table(rows).ShouldBe(text);

    [Theory]
    [InlineData("<td>Silver plan<br>149 euros", "Silver plan 149 euros")]
    [InlineData("<td><p>Silver plan</p><p>149 euros</p>", "Silver plan 149 euros")]
    [InlineData("<td><div>Silver plan</div><div>149 euros</div>", "Silver plan 149 euros")]
    [InlineData("<td>Includes<ul><li>a bag</li> <li>a <b>lock</b></li></ul>", "Includes a bag; a lock")]
    [InlineData("<td>Donau<wbr>dampf&shy;schiff", "Donaudampfschiff")]
    [InlineData("<td>Sil<b>ver</b>", "Silver")]
    [InlineData("<td><img src=x alt=included>", "included")]
    public void Separate_the_lines_of_a_cell(string cell, string text) =>
        Table($"<tr><th>Plan<th>Users<tr>{cell}</td><td>5").ShouldBe($"Plan: {text} | Users: 5");

    [Theory]
    [InlineData("h2")]
    [InlineData("summary")]
    public void Separate_the_lines_of_a_heading(string name)
    {
        var html = $"<details><{name}>Silver plan<br>149 euros<div>a year</div></{name}><p>Text.</p></details>";

        var blocks = HtmlExtractor.Extract(html, null).Blocks;

        blocks.First(block => block.Kind == BlockKind.Heading).Text.ShouldBe("Silver plan 149 euros a year");
    }

    [Fact]
    public void Read_a_nested_table_once() =>
        Table("<tr><th>Plan<th>Prices<tr><td>Silver<td><table><tr><th>Term<th>Price<tr><td>Year<td>149<tr><td>Month<td>15</table>")
            .ShouldBe("Plan: Silver | Prices: Term: Year | Price: 149; Term: Month | Price: 15");

    [Fact]
    public void Read_a_table_that_arranges_the_page_as_blocks()
    {
        var blocks = HtmlExtractor.Extract(
            "<table><tr><td><h2>Plans</h2><p>Choose one.</p><table><tr><th>Plan<th>Price<tr><td>Silver<td>149</table></td>"
                + "<td>Call us.</td></table>",
            null).Blocks;

        blocks.Select(block => (block.Kind, block.Text)).ShouldBe(
        [
            (BlockKind.Heading, "Plans"),
            (BlockKind.Paragraph, "Choose one."),
            (BlockKind.Table, "Plan: Silver | Price: 149"),
            (BlockKind.Paragraph, "Call us."),
        ]);
    }

    [Fact]
    public void Keep_their_caption() =>
        HtmlExtractor.Extract("<table><caption>Our <b>plans</b></caption><tr><th>Plan<th>Price<tr><td>Silver<td>149</table>", null)
            .Blocks.Select(block => block.Text).ShouldBe(["Our plans", "Plan: Silver | Price: 149"]);

    [Theory]
    [InlineData("|  | Silver | Gold |\n|--|--|--|\n| Price | 149 | 199 |\n", "Price | Silver: 149 | Gold: 199")]
    [InlineData("| Plan | Price |\n|--|--|\n| **Silver** | 149<br>euros |\n| Gold | |\n", "Plan: Silver | Price: 149 euros\nPlan: Gold")]
    [InlineData("|  |  |\n|--|--|\n| Weight | 3 kg |\n| Colour | red |\n", "Weight | 3 kg\nColour | red")]
    public void Be_read_from_markdown(string markdown, string text) =>
        new MarkdownExtractor().Extract(new RawDocument(System.Text.Encoding.UTF8.GetBytes(markdown), MediaTypes.Markdown))
            .Blocks.Single().Text.ShouldBe(text);

    [Fact]
    public void Survive_absurd_spans()
    {
        var rows = string.Concat(Enumerable.Range(0, 300).Select(i => $"<tr><td rowspan=65534 colspan=1000>x{i}"));

        Table(rows).Length.ShouldBeLessThan(2_000_000);
    }

    private static string Table(string rows) =>
        string.Join('\n', HtmlExtractor.Extract($"<body><table>{rows}</table>", null).Blocks.Select(block => block.Text));
}
