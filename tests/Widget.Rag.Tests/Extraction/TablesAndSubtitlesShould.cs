using System.Text;
using Widget.Rag.Reading;

namespace Widget.Rag.Tests.Extraction;

public sealed class TablesAndSubtitlesShould
{
    [Theory]
    [InlineData("Name,Price\n\"Belt, long\",89\nPump,12\n")]
    [InlineData("Name;Price\r\n\"Belt, long\";89\r\nPump;12\r\n")]
    [InlineData("Name\tPrice\nBelt, long\t89\nPump\t12")]
    public void Name_each_value_by_its_column(string csv) => Csv(csv).ShouldBe(
    [
        new Block(BlockKind.Table, "Name: Belt, long | Price: 89") { Row = 2 },
        new Block(BlockKind.Table, "Name: Pump | Price: 12") { Row = 3 },
    ]);

    [Theory]
    [InlineData("sep=;\r\nName;Price\r\nBelt, long, black, wide;89\r\n")]
    [InlineData("\"sep=;\"\nName;Price\nBelt, long, black, wide;89\n")]
    [InlineData("SEP=\t\nName\tPrice\nBelt, long, black, wide\t89\n")]
    [InlineData("sep=,\nName,Price\n\"Belt, long, black, wide\",89\n")]
    public void Believe_the_separator_that_the_first_line_states(string csv) =>
        Csv(csv).ShouldBe([new Block(BlockKind.Table, "Name: Belt, long, black, wide | Price: 89") { Row = 2 }]);

    [Fact]
    public void Read_a_table_without_column_names() => Csv("1,one\n2,two").Select(block => block.Text).ShouldBe(["1 | one", "2 | two"]);

    [Fact]
    public void Read_a_value_of_several_lines_and_a_stray_quote() => Csv("Question,Answer\n\"Why?\nReally\",Because it is 5\" wide\n")
        .Single().Text.ShouldBe("Question: Why? Really | Answer: Because it is 5\" wide");

    [Fact]
    public void Read_tables_in_old_character_sets() =>
        new CsvExtractor()
            .Extract(new RawDocument(Encoding.Latin1.GetBytes("Stadt;Größe\nKöln;groß"), MediaTypes.Csv)).Blocks.Single().Text.ShouldBe(
                "Stadt: Köln | Größe: groß");

    [Fact]
    public void Keep_the_rows_a_passage_begins_at()
    {
        var csv = "Name,Price\n" + string.Join('\n', Enumerable.Range(2, 200).Select(row => $"Part number {row},{row}"));

        var passages = new Chunker().Cut(new ExtractedDocument(null, null, Csv(csv)));

        passages.Count.ShouldBeGreaterThan(3);
        foreach (var passage in passages)
            passage.Text.ShouldStartWith($"Name: Part number {passage.Locator.Row} | Price: {passage.Locator.Row}");
    }

    [Fact]
    public void Name_the_columns_in_every_part_of_a_long_table()
    {
        var html = "<table><tr><th>Model<th>Range</tr>"
            + string.Concat(Enumerable.Range(0, 200).Select(i => $"<tr><td>Tide {i}<td>{i} km</tr>"))
            + "</table>";

        var passages = new Chunker().Cut(HtmlExtractor.Extract(html, null));

        passages.Count.ShouldBeGreaterThan(2);
        passages.ShouldAllBe(passage => passage.Text.StartsWith("Model: Tide ") && passage.Text.Length <= 1_500);
        string
            .Join('\n', passages.Select(passage => passage.Text))
            .Split('\n')
            .Where(line => line.StartsWith("Model: Tide") && line.EndsWith(" km"))
            .Distinct()
            .Count()
            .ShouldBe(200);
    }

    [Fact]
    public void Join_what_subtitles_break_into_lines()
    {
        const string Vtt = """
            WEBVTT

            NOTE made by hand

            1
            00:01.000 --> 00:03.500 align:start
            <v Anna>Open the lid
            and lift

            00:03.500 --> 00:05.000
            the battery &amp; its cable out.

            01:00:05.250 --> 01:00:07.000
            Then close it.
            """;

        Subtitles(Vtt).ShouldBe(
        [
            new Block(BlockKind.Paragraph, "Open the lid and lift the battery & its cable out.") { Start = 1, End = 5 },
            new Block(BlockKind.Paragraph, "Then close it.") { Start = 3605.25, End = 3607 },
        ]);
    }

    [Fact]
    public void Give_what_is_said_its_time()
    {
        const string Srt = "1\r\n00:00:01,000 --> 00:00:04,000\r\n{\\an8}<i>Hello.</i>\r\n\r\n"
            + "2\r\n00:00:04,500 --> 00:00:06,000\r\nGoodbye.\r\n";

        var passage = new Chunker().Cut(new ExtractedDocument(null, null, Subtitles(Srt))).Single();

        passage.Text.ShouldBe("Hello.\nGoodbye.");
        (passage.Locator.Start, passage.Locator.End, passage.Locator.Fragment).ShouldBe((1.0, 6.0, "#t=1,6"));
    }

    [Fact]
    public void Say_that_a_subtitle_file_has_no_times() =>
        Should.Throw<IngestionFailureException>(() => Subtitles("WEBVTT\n\nnothing")).Message.ShouldContain("no lines with times");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_UTF_16_without_a_byte_order_mark(bool bigEndian) =>
        TextDecoding.Decode(new UnicodeEncoding(bigEndian, byteOrderMark: false).GetBytes("Größe für 5 € and more"), null)
            .ShouldBe("Größe für 5 € and more");

    [Fact]
    public void Read_text_with_two_character_sets() =>
        TextDecoding.Decode([.. Encoding.UTF8.GetBytes("Größe – "), .. Encoding.Latin1.GetBytes("Köln")], null).ShouldBe("Größe – Köln");

    private static IReadOnlyList<Block> Csv(string text) =>
        new CsvExtractor().Extract(new RawDocument(Encoding.UTF8.GetBytes(text), MediaTypes.Csv)).Blocks;

    private static IReadOnlyList<Block> Subtitles(string text) =>
        new SubtitleExtractor().Extract(new RawDocument(Encoding.UTF8.GetBytes(text), MediaTypes.WebVtt)).Blocks;
}
