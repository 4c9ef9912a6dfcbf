using System.Text;
using Widget.Rag.Reading;
using Widget.Testing;

namespace Widget.Rag.Tests.Extraction;

/// <summary>What a page or a presentation does not show is not read.</summary>
public sealed class HiddenTextShould
{
    private const string Text = "<h1>Harbour bikes</h1>"
        + "<p>We rent bikes and boats to families and schools, every day of the year, in all weathers.</p>";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("display:none")]
    [InlineData("DISPLAY : NONE !important")]
    [InlineData("visibility: hidden")]
    [InlineData("opacity:0")]
    [InlineData("opacity: 0.0")]
    [InlineData("font-size:0")]
    [InlineData("font-size: 0px; color: red")]
    [InlineData("height:0;overflow:hidden")]
    [InlineData("position:absolute;left:-9999px")]
    [InlineData("color:#fff;background:#FFFFFF")]
    [InlineData("color:white;background-color:rgb(255, 255, 255)")]
    [InlineData("color:transparent")]
    public async Task Be_left_out_of_a_page(string style) =>
        (await ReadAsync($"{Text}<p style='{style}'>The secret word is parsnip.</p>")).ShouldNotContain("parsnip");

    [Fact]
    public async Task Be_left_out_in_the_colour_of_an_outer_background() =>
        (await ReadAsync($"{Text}<div style='background:black'><p><span style='color:#000'>parsnip</span> shown</p></div>")).ShouldBe(
            "We rent bikes and boats to families and schools, every day of the year, in all weathers.\nshown");

    [Theory]
    [InlineData("color:white")]
    [InlineData("color:#fff;background:#000")]
    [InlineData("color:#fff;background:url(a.png)")]
    [InlineData("color:transparent;-webkit-background-clip:text")]
    [InlineData("opacity:0;transform:translateY(20px)")]
    [InlineData("opacity:0.5")]
    [InlineData("display:block")]
    [InlineData("height:0")]
    [InlineData("position:absolute;left:-9px")]
    public async Task Not_be_confused_with_what_is_shown(string style) =>
        (await ReadAsync($"{Text}<p style='{style}'>Turnips are in season.</p>")).ShouldContain("Turnips");

    [Theory]
    [InlineData("<h3>Do you rent helmets?</h3><div style='display:none'>Turnips</div>")]
    [InlineData("<ul><li><a href='#helmets'>Helmets</a></li></ul><div id=helmets style='display:none'>Turnips</div>")]
    [InlineData("<button aria-expanded=false aria-controls=p>Helmets?</button><div id=p style='height:0;overflow:hidden'>Turnips</div>")]
    public async Task Not_be_confused_with_an_answer_that_a_script_opens(string markup) =>
        (await ReadAsync($"{Text}{markup}")).ShouldContain("Turnips");

    [Fact]
    public async Task Be_left_out_and_counted_in_a_presentation()
    {
        var read = await new DocumentReader(Readers.Shared, new Chunker()).ReadAsync(
            "deck.pptx",
            OfficeFiles.Presentation(
                ("", OfficeFiles.Shape("We rent bikes.") + OfficeFiles.Shape("parsnip", "hidden=\"1\"")),
                ("show=\"0\"", OfficeFiles.Shape("Our margin is 40 percent, parsnip.")),
                ("show=\"1\"", OfficeFiles.Shape("Come to the harbour."))),
            new DocumentDescription(),
            Ct);

        read.Document.Passages.Select(passage => (passage.Locator.Page, passage.Text))
            .ShouldBe([(1, "We rent bikes."), (3, "Come to the harbour.")]);
        read.Document.Notice.ShouldBe("1 hidden slide was left out.");
    }

    private static async Task<string> ReadAsync(string body)
    {
        var read = await new DocumentReader(Readers.Shared, new Chunker()).ReadAsync(
            "page",
            new RawDocument(Encoding.UTF8.GetBytes($"<html><body><main>{body}</main></body></html>"), MediaTypes.Html),
            new DocumentDescription(),
            Ct);
        return string.Join('\n', read.Document.Passages.Select(passage => passage.Text));
    }
}
