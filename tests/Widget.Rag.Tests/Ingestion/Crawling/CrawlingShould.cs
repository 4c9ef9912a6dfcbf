using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion.Crawling;

/// <summary>A crawl finds the pages of a site.</summary>
public sealed class CrawlingShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_pages_in_the_site_maps_of_robots_txt()
    {
        await using var site = await ChangingSite.StartAsync(
            ("/robots.txt", "Sitemap: {site}/maps.xml\nSitemap: https://elsewhere.example/maps.xml"),
            ("/maps.xml", "<sitemapindex><sitemap><loc>{site}/inner.xml</loc></sitemap></sitemapindex>"),
            ("/inner.xml", "<sitemapindex><sitemap><loc>{site}/deep.gz</loc></sitemap></sitemapindex>"),
            ("/deep.gz", new SitePage("<urlset><url><loc>{site}/island?utm_campaign=x</loc></url></urlset>") { Gzip = true }),
            ("/", "<p>Start.</p>"),
            ("/island", "<p>Nobody links here.</p>"));
        using var crawl = await Crawl.OfAsync(_database, site);

        (await crawl.RunAsync()).Failed.ShouldBeEmpty();

        (await crawl.PagesAsync()).ShouldBe(["/", "/island"]);
    }

    [Fact]
    public async Task Respect_patterns_and_depth()
    {
        await using var site = await ChangingSite.StartAsync(
            ("/", "<p>Start.</p><a href='/docs/a'>a</a><a href='/blog/x'>b</a><a href='/docs/old/y'>c</a>"),
            ("/docs/a", "<p>A.</p><a href='/docs/b'>b</a>"),
            ("/docs/b", "<p>B.</p><a href='/docs/c'>c</a>"),
            ("/docs/c", "<p>C.</p>"),
            ("/blog/x", "<p>Blog.</p>"),
            ("/docs/old/y", "<p>Old.</p>"));
        using var crawl = await Crawl.OfAsync(
            _database,
            site,
            new CrawlRules { Include = ["/docs/**"], Exclude = ["/docs/old/"], MaxDepth = 2 });

        await crawl.RunAsync();

        (await crawl.PagesAsync()).ShouldBe(["/docs/a", "/docs/b"]);
        (site.Asked("/docs/old/y"), site.Asked("/docs/c")).ShouldBe((0, 0));
    }

    [Theory]
    [InlineData("<META HTTP-EQUIV=REFRESH CONTENT=0;URL=home>", "/de/home")]
    [InlineData("<base href='/en/'><meta http-equiv=refresh content='0; url=home'>", "/en/home")]
    public async Task Follow_a_start_page_that_sends_browsers_on(string head, string home)
    {
        await using var site = await ChangingSite.StartAsync(("/de/", $"{head}<title>x</title>"));
        site[home] = "<p>Welcome.</p><a href='/a'>a</a>";
        site["/a"] = "<p>Alpha.</p><a href='/de/'>start</a>";
        using var crawl = await Crawl.OfAsync(_database, site, start: "/de/");

        (await crawl.RunAsync()).Failed.ShouldBeEmpty();

        (await crawl.PagesAsync()).ShouldBe(["/a", home]);
    }

    [Fact]
    public async Task Stop_at_a_circle_of_pages_that_send_browsers_on()
    {
        await using var site = await ChangingSite.StartAsync(
            ("/", "<meta http-equiv=refresh content='0;url=/b'><p>One moment.</p>"),
            ("/b", "<meta http-equiv=refresh content='0;url=/'><p>The other moment.</p>"));
        using var crawl = await Crawl.OfAsync(_database, site);

        (await crawl.RunAsync()).Done.ShouldBe(1);

        (site.Asked("/"), site.Asked("/b")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Not_follow_a_start_page_to_another_site()
    {
        await using var site = await ChangingSite.StartAsync(("/", "<meta http-equiv=refresh content='0;url=https://other.example/x'>"));
        using var crawl = await Crawl.OfAsync(_database, site);

        (await crawl.RunAsync()).Error.ShouldNotBeNull().ShouldContain("redirects to another site, https://other.example/x.");
    }

    [Theory]
    [InlineData("http://www.")]
    [InlineData("https://")]
    [InlineData("https://www.")]
    public async Task Read_the_pages_of_a_site_map_that_names_the_host_otherwise(string named)
    {
        await using var site = await ChangingSite.StartAsync(("/a", "<p>Alpha.</p>"), ("/b", "<p>Beta.</p>"));
        var host = site.Site.Address.Authority;
        site["/sitemap.xml"] = $"<urlset><url><loc>{named}{host}/a</loc></url><url><loc>http://{host}/b</loc></url></urlset>";
        using var crawl = await Crawl.OfAsync(_database, site, new CrawlRules { Discovery = Discovery.SiteMap }, "/sitemap.xml");

        (await crawl.RunAsync()).Failed.ShouldBeEmpty();

        (await crawl.PagesAsync()).ShouldBe(["/a", "/b"]);
        (await crawl.SourceAsync()).Notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task Say_which_entries_of_a_site_map_belong_to_other_sites()
    {
        await using var site = await ChangingSite.StartAsync(("/a", "<p>Alpha.</p>"));
        site["/sitemap.xml"] = "<urlset><url><loc>{site}/a</loc></url><url><loc>https://shop.example/</loc></url></urlset>";
        using var crawl = await Crawl.OfAsync(_database, site, new CrawlRules { Discovery = Discovery.SiteMap }, "/sitemap.xml");
        await crawl.RunAsync();
        (await crawl.SourceAsync()).Notices.ShouldBe(
            ["Entries of the site map that belong to other sites were skipped: 1 on shop.example."]);

        site["/sitemap.xml"] = "<urlset><url><loc>https://shop.example/</loc></url><url><loc>https://shop.example/b</loc></url></urlset>";
        var error = (await crawl.RunAsync()).Error.ShouldNotBeNull();
        error.ShouldContain("doesn't list any pages of this site");
        error.ShouldContain("2 on shop.example");
        (await crawl.PagesAsync()).ShouldBe(["/a"]);
    }

    [Fact]
    public async Task Remove_nothing_for_missing_from_a_damaged_site_map()
    {
        await using var site = await ChangingSite.StartAsync(("/a", "<p>Alpha.</p>"), ("/b", "<p>Beta.</p>"));
        site["/sitemap.xml"] = "\n<?xml version='1.0'?><urlset><url><loc>/a</loc></url><url><loc>/b</loc></url></urlset>";
        using var crawl = await Crawl.OfAsync(_database, site, new CrawlRules { Discovery = Discovery.SiteMap }, "/sitemap.xml");
        await crawl.RunAsync();

        site["/sitemap.xml"] = "<urlset><url><loc>/a</loc></url><url><loc>/b</lo";
        for (var run = 0; run < 2; run++) (await crawl.RunAsync()).Status.ShouldBe(JobStatus.Ready);

        (await crawl.PagesAsync()).ShouldBe(["/a", "/b"]);
        (await crawl.SourceAsync()).Notices.ShouldContain(
            notice => notice.Contains("is damaged or cut off. Its 1 whole entries were read."));
    }

    [Fact]
    public async Task Say_why_pages_were_not_read()
    {
        await using var site = await ChangingSite.StartAsync(
            ("/", "<p>Start.</p><a href='/a'>a</a><a href='/b'>b</a><a href='/c'>c</a><a href='/d'>d</a>"),
            ("/a", "<div id=app></div><script src=app.js></script>"),
            ("/b", "<div id=app></div><script src=app.js></script>"),
            ("/d", "<meta name=robots content=noindex><p>Secret.</p>"));
        using var crawl = await Crawl.OfAsync(_database, site);

        await crawl.RunAsync();

        var notices = (await crawl.SourceAsync()).Notices;
        notices.Count.ShouldBe(3);
        notices.ShouldContain(
            notice => notice.StartsWith("Not stored: 1 page, such as ") && notice.Contains("/d. The page forbids indexing"));
        notices.ShouldContain(notice => notice.StartsWith("Not read: 2 pages, such as ") && notice.Contains("/a. "));
        notices.ShouldContain(notice => notice.Contains("There is no page at … (404)"));
    }
}
