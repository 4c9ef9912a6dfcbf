namespace Widget.Rag.Tests.Extraction;

public sealed class MainContentShould
{
    private const string Article =
        "<h1>How to look after a battery</h1><p>Charge the battery at room temperature, and never leave it on the charger for weeks. "
        + "A battery that is stored half charged keeps its capacity for years, as our tests with four hundred cells have shown.</p>"
        + "<p>Read <a href=/manual>the manual</a> before you open the housing, and wear gloves.</p>"
        + "<ul><li>Store it dry.</li><li>See <a href=/winter>winter tips</a> for the cold months.</li></ul>";

    private const string Links = "<ul><li><a href=/1>Our five best touring bikes</a><li><a href=/2>Ten lights compared</a>"
        + "<li><a href=/3>Tyres for every road</a></ul>";

    [Theory]
    [InlineData(
        "semantic",
        "<nav>"
            + Links
            + "</nav><main>"
            + Article
            + "<section class=related-articles><h2>Related articles</h2>"
            + Links
            + "</section></main><footer>Imprint Harbor GmbH</footer>")]
    [InlineData(
        "by class",
        "<div class=navbar>"
            + Links
            + "</div><div id=content>"
            + Article
            + "</div><div class=related><h3>You may also like</h3>"
            + Links
            + "</div><div class='site footer'><a href=/i>Imprint</a> Harbor GmbH</div>")]
    [InlineData("unnamed", "<div>" + Links + "</div><div>" + Article + "</div><div>" + Links + "</div>")]
    [InlineData(
        "cookie banner",
        "<div id=cookie-banner><p>We value your privacy and use cookies to make this site better for everybody who visits "
            + "it.</p><button>Accept all</button></div><div>"
            + Article
            + "</div>")]
    [InlineData("all in a form", "<form id=aspnetForm><div class=menu>" + Links + "</div><div>" + Article + "</div></form>")]
    [InlineData("heading only in main", "<main><h1>Blog</h1></main><div>" + Article + "</div>")]
    public void Be_found_between_boilerplate(string _, string body)
    {
        var text = Read(body);

        text.ShouldContain("How to look after a battery");
        text.ShouldContain("stored half charged");
        text.ShouldContain("Store it dry.");
        text.ShouldContain("See winter tips for the cold months.");
        text.ShouldNotContain("Ten lights compared");
        text.ShouldNotContain("Harbor GmbH");
        text.ShouldNotContain("We value your privacy");
        text.ShouldNotContain("Accept all");
    }

    [Theory]
    [InlineData("<h1>All guides</h1>" + Links)]
    [InlineData("<div>" + Links + "</div>")]
    [InlineData("<nav>" + Links + "</nav>")]
    public void Be_the_links_of_a_page_that_has_nothing_else(string body) => Read(body).ShouldContain("Ten lights compared");

    [Fact]
    public void Keep_a_short_page_whole() => Read("<div><p>Closed on Mondays.</p></div>").ShouldBe("Closed on Mondays.");

    [Fact]
    public void Keep_tables_whose_cells_are_links() =>
        Read("<div>" + Article + "<table><tr><th>Model<th>Data sheet<tr><td><a href=/a>Tide Step</a><td><a href=/b>PDF</a></table></div>")
            .ShouldContain("Model: Tide Step | Data sheet: PDF");

    [Fact]
    public void Come_with_the_pages_directives()
    {
        var page = HtmlExtractor.Extract(
            "<html><head><link rel=canonical href=/guide><meta name=Robots content='NoIndex, "
                + "nofollow'><meta name=description content='All about  it'></head><body><p>x</html>",
            new Uri("https://harbor.example/guide?session=1"));

        (page.Canonical, page.NoIndex, page.NoFollow, page.Description)
            .ShouldBe((new Uri("https://harbor.example/guide"), true, true, "All about it"));
    }

    [Fact]
    public void Have_no_directives_by_default()
    {
        var page = HtmlExtractor.Extract(
            "<meta name=robots content='index, max-snippet:50'><link rel=canonical href='javascript:x'><p>x",
            new Uri("https://harbor.example/"));

        (page.Canonical, page.NoIndex, page.NoFollow, page.Description).ShouldBe((null, false, false, null));
    }

    private static string Read(string body) =>
        string.Join('\n', HtmlExtractor.Extract($"<html><body>{body}</body></html>", null).Blocks.Select(block => block.Text));
}
