namespace Widget.Rag.Tests.Extraction;

/// <summary>Content that looks like boilerplate or hidden text by its markup alone.</summary>
public sealed class WholePagesShould
{
    private const string Text = "<h1>Harbour bikes</h1>"
        + "<p>We rent bikes and boats to families and schools, every day of the year, in all weathers.</p>";

    [Theory]
    [InlineData("<main style='opacity:0'>{0}</main>")]
    [InlineData("<div id=page style='visibility:hidden'>{0}</div>")]
    [InlineData("<div style='opacity:0'><main>{0}</main></div>")]
    [InlineData("<div id=app style='display:none'><main>{0}</main></div>")]
    [InlineData("<h2>Loading</h2><div style='opacity:0'><p>We rent boats to families and schools, every day of the year.</p></div>{1}")]
    public void Be_read_although_a_script_shows_them_later(string markup) =>
        Read(markup.Replace("{0}", Text).Replace("{1}", "")).ShouldContain("every day of the year");

    [Theory]
    [InlineData("<div class=menu-item>Margherita 9 €</div><div class=menu-item>Funghi 11 €</div>")]
    [InlineData("<ul class=menu><li>Margherita 9 €<li>Funghi 11 €</ul>")]
    [InlineData("<div class=card><p>Pizza</p><div class=card-footer>Margherita 9 €</div></div>")]
    [InlineData("<div class=pricing-footer>Margherita 9 €</div>")]
    [InlineData("<div class=promo-price>Margherita 9 €</div>")]
    [InlineData("<div class=share-price>Margherita 9 €</div>")]
    public void Keep_parts_whose_names_boilerplate_has_too(string markup) => Read(Text + markup).ShouldContain("Margherita 9 €");

    [Theory]
    [InlineData("<div class=share><a href=/f>Facebook</a> <a href=/m>Mastodon</a></div>")]
    [InlineData("<div class=promo><a href=/sale>See the Mastodon sale</a></div>")]
    [InlineData("<div class='site footer'>Mastodon GmbH <a href=/imprint>Imprint and terms</a></div>")]
    [InlineData("<div class=newsletter>Mastodon news</div>")]
    public void Not_keep_links_and_asides(string markup) => Read(Text + markup).ShouldNotContain("Mastodon");

    private static string Read(string body) =>
        string.Join('\n', HtmlExtractor.Extract($"<html><body>{body}</body></html>", null).Blocks.Select(block => block.Text));
}
