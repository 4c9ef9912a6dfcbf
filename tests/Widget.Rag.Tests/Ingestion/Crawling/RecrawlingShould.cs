using Microsoft.EntityFrameworkCore;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion.Crawling;

/// <summary>A site is read again at little cost, and what is gone is removed.</summary>
public sealed class RecrawlingShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fetch_only_changed_pages_again()
    {
        await using var site = await ChangingSite.StartAsync(
            ("/", "<p>Start.</p><a href='/a'>a</a>"), ("/a", "<p>Alpha.</p><a href='/b'>b</a>"), ("/b", "<p>Beta.</p>"));
        using var crawl = await Crawl.OfAsync(_database, site);
        await crawl.RunAsync();
        var before = await crawl.IdsAsync();
        site.Forget();
        site["/b"] = "<p>Beta, changed.</p>";

        var report = await crawl.RunAsync();

        (report.Status, report.Done, report.Total).ShouldBe((JobStatus.Ready, 3, 3));
        (site.NotModified("/"), site.NotModified("/a"), site.NotModified("/b")).ShouldBe((1, 1, 0));
        var after = await crawl.IdsAsync();
        (after["/"], after["/a"]).ShouldBe((before["/"], before["/a"]));
        after["/b"].ShouldNotBe(before["/b"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_a_changed_page_although_its_date_in_the_site_map_never_changes(bool hasETags)
    {
        await using var site = await ChangingSite.StartAsync(
            ("/sitemap.xml", "<urlset><url><loc>{site}/a</loc><lastmod>2020-01-01</lastmod></url><url><loc>{site}/b</loc></url></urlset>"),
            ("/a", "<p>The bike costs 490 euros.</p>"), ("/b", "<p>Beta.</p>"));
        site.HasETags = hasETags;
        using var crawl = await Crawl.OfAsync(_database, site, new CrawlRules { Discovery = Discovery.SiteMap }, "/sitemap.xml");
        await crawl.RunAsync();

        // Unchanged pages cost a request without a body, if the server supports it.
        (await crawl.RunAsync()).Done.ShouldBe(2);
        (site.Asked("/a"), site.NotModified("/a")).ShouldBe((2, hasETags ? 1 : 0));

        site["/a"] = "<p>The bike costs 520 euros.</p>";
        await crawl.RunAsync();
        (await crawl.TextsAsync())["/a"].ShouldBe("The bike costs 520 euros.");
    }

    [Theory]
    [InlineData("a new date")]
    [InlineData("a month")]
    public async Task Read_a_page_in_full_when_the_server_is_wrong_about_it(string reason)
    {
        const string Map = "<urlset><url><loc>{site}/a</loc><lastmod>2020-01-01</lastmod></url></urlset>";
        await using var site = await ChangingSite.StartAsync(("/sitemap.xml", Map), ("/a", "<p>Alpha.</p>"));
        using var crawl = await Crawl.OfAsync(_database, site, new CrawlRules { Discovery = Discovery.SiteMap }, "/sitemap.xml");
        await crawl.RunAsync();
        if (reason == "a new date") site["/sitemap.xml"] = Map.Replace("2020", "2021", StringComparison.Ordinal);
        if (reason == "a month")
        {
            await using var db = await crawl.Knowledge.Database.BeginAsync(crawl.Tenant, Ct);
            await using var age = db.Command("update crawled_pages set fetched_at = fetched_at - interval '31 days'");
            await age.ExecuteNonQueryAsync(Ct);
            await db.CommitAsync(Ct);
        }

        await crawl.RunAsync();

        (site.Asked("/a"), site.NotModified("/a")).ShouldBe((2, 0));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Remove_a_page_that_is_gone(int status)
    {
        await using var site = await ChangingSite.StartAsync(("/", "<p>Start.</p><a href='/a'>a</a>"), ("/a", "<p>Alpha.</p>"));
        using var crawl = await Crawl.OfAsync(_database, site);
        await crawl.RunAsync();
        site["/a"] = new SitePage("", status);

        await crawl.RunAsync();

        (await crawl.PagesAsync()).ShouldBe(["/"]);
    }

    [Fact]
    public async Task Remove_pages_without_links()
    {
        await using var site = await ChangingSite.StartAsync(
            ("/", "<p>Start.</p><a href='/a'>a</a><a href='/b'>b</a>"), (
                "/a",
                "<p>Alpha.</p><a href='/a2'>x</a>"), ("/a2", "<p>Alpha two.</p>"), ("/b", "<p>Beta.</p>"));
        using var crawl = await Crawl.OfAsync(_database, site);
        await crawl.RunAsync();
        (await crawl.PagesAsync()).Count.ShouldBe(4);
        site["/"] = "<p>Start.</p><a href='/b'>b</a>";

        await crawl.RunAsync();

        (await crawl.PagesAsync()).ShouldBe(["/", "/b"]);
        await using var db = await crawl.Knowledge.Database.BeginAsync(crawl.Tenant, Ct);
        (await db.Chunks.CountAsync(Ct), await db.CrawledPages.CountAsync(Ct)).ShouldBe((2, 2));
    }

    [Theory]
    [InlineData("trouble")]
    [InlineData("limit")]
    [InlineData("start")]
    public async Task Remove_nothing_when_the_crawl_was_not_complete(string reason)
    {
        await using var site = await ChangingSite.StartAsync(
            ("/", "<p>Start.</p><a href='/a'>a</a><a href='/b'>b</a>"), (
                "/a",
                "<p>Alpha.</p><a href='/a2'>x</a>"), ("/a2", "<p>Alpha two.</p>"), ("/b", "<p>Beta.</p>"));
        using var crawl = await Crawl.OfAsync(_database, site);
        await crawl.RunAsync();
        var rules = new CrawlRules();
        if (reason == "trouble") site["/a"] = new SitePage("", 500); // and so /a2 is not to be seen
        if (reason == "start") site["/"] = new SitePage("", 404);
        if (reason == "limit") rules = new CrawlRules { PageLimit = 2 };

        var report = await crawl.RunAsync(rules);

        if (reason == "trouble") report.Failed.ShouldHaveSingleItem().Error.ShouldContain("error of its own (500)");
        (await crawl.PagesAsync()).ShouldBe(reason == "start" ? ["/a", "/a2", "/b"] : ["/", "/a", "/a2", "/b"]);
    }

    [Theory]
    [InlineData(403, "<p>x</p>")]
    [InlineData(200, " ")]
    public async Task Keep_pages_linked_only_by_an_unreadable_page(int status, string body)
    {
        await using var site = await ChangingSite.StartAsync(
            ("/", "<p>Start.</p><a href='/hub'>h</a><a href='/old'>o</a><a href='/login'>l</a>"),
            ("/hub", "<p>Hub.</p><a href='/leaf'>l</a>"),
            ("/leaf", "<p>Leaf.</p>"),
            ("/old", "<p>Old.</p>"),
            ("/login", new SitePage("", 403)));
        using var crawl = await Crawl.OfAsync(_database, site);
        await crawl.RunAsync();
        site["/hub"] = new SitePage(body, status);

        (await crawl.RunAsync()).Failed.Count.ShouldBe(2);
        (await crawl.PagesAsync()).ShouldBe(["/", "/hub", "/leaf", "/old"]);

        // A page that has never been readable has no links, so it does not keep old pages of the site.
        site["/hub"] = "<p>Hub.</p><a href='/leaf'>l</a>";
        site["/"] = "<p>Start.</p><a href='/hub'>h</a><a href='/login'>l</a>";
        (await crawl.RunAsync()).Failed.ShouldHaveSingleItem();
        (await crawl.PagesAsync()).ShouldBe(["/", "/hub", "/leaf"]);
    }

    [Fact]
    public async Task Remove_most_of_a_site_only_after_two_crawls()
    {
        const string Links = "<a href='/1'>1</a><a href='/2'>2</a><a href='/3'>3</a><a href='/4'>4</a><a href='/5'>5</a><a href='/6'>6</a>";
        await using var site = await ChangingSite.StartAsync(
            [("/", $"<p>Start.</p>{Links}"), .. Enumerable.Range(1, 6).Select(i => ($"/{i}", (SitePage)$"<p>Page {i}.</p>"))]);
        using var crawl = await Crawl.OfAsync(_database, site);
        await crawl.RunAsync();

        // When the site is back after a day of maintenance, nothing is lost and that day no longer counts.
        for (var day = 0; day < 2; day++)
        {
            site["/"] = "<p>We are tidying up.</p>";
            (await crawl.RunAsync()).Done.ShouldBe(1);
            (await crawl.PagesAsync()).Count.ShouldBe(7);
            site["/"] = $"<p>Start.</p>{Links}";
            await crawl.RunAsync();
        }

        site["/"] = "<p>One page is enough.</p>";
        await crawl.RunAsync();
        (await crawl.PagesAsync()).Count.ShouldBe(7);
        await crawl.RunAsync();
        (await crawl.PagesAsync()).ShouldBe(["/"]);
    }
}
