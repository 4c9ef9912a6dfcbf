using Widget.Rag.Own;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion.Crawling;

/// <summary>Stored pages that lead to another site, to a file, or to "not found" keep their texts until a second crawl agrees.</summary>
public sealed class PagesThatLeadAwayShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Away.Redirect, true, 9)]
    [InlineData(Away.Redirect, false, 9)]
    [InlineData(Away.Redirect, true, 3)]
    [InlineData(Away.Redirect, false, 3)]
    [InlineData(Away.Redirect, false, 40)]
    [InlineData(Away.Refresh, true, 9)]
    [InlineData(Away.File, true, 9)]
    [InlineData(Away.File, true, 3)]
    [InlineData(Away.NotFound, true, 9)]
    [InlineData(Away.NotFound, false, 9)]
    [InlineData(Away.NotFound, false, 3)]
    public async Task Keep_their_texts_on_a_bad_day_of_the_site(Away away, bool byLinks, int count)
    {
        await using var other = await ChangingSite.StartAsync();
        other.Fallback = "<p>Please sign in with your account, or wait in the queue.</p>";
        await using var site = await SiteAsync(count);
        using var crawl = await CrawlAsync(site, byLinks, other);
        (await crawl.RunAsync()).Failed.ShouldBeEmpty();
        var before = await crawl.TextsAsync();
        before.Count.ShouldBe(byLinks ? count + 1 : count);
        var good = site.Pages.ToDictionary();

        for (var i = 1; i <= count; i++) site[$"/{i}"] = PageOf(away, other);
        await crawl.RunAsync();

        (await crawl.TextsAsync()).ShouldBe(before, ignoreOrder: true);
        var source = await crawl.SourceAsync();
        source.LastError.ShouldNotBeNull();
        source.Failed.ShouldBe(count);
        if (away != Away.NotFound) source.LastError.ShouldContain("The earlier text is kept");
        if (byLinks && (count > 5 || away != Away.NotFound))
            source.Notices.ShouldContain(notice => notice.StartsWith("Not found, but kept: ") && notice.Contains("next complete crawl"));

        foreach (var (path, page) in good) site[path] = page;
        (await crawl.RunAsync()).Failed.ShouldBeEmpty();
        (await crawl.SourceAsync()).LastError.ShouldBeNull();
    }

    [Theory]
    [InlineData(Away.Redirect)]
    [InlineData(Away.File)]
    public async Task Be_removed_when_a_second_crawl_agrees(Away away)
    {
        await using var other = await ChangingSite.StartAsync();
        other.Fallback = "<p>This page is elsewhere now.</p>";
        await using var site = await SiteAsync(9);
        using var crawl = await CrawlAsync(site, byLinks: true, other);
        await crawl.RunAsync();

        site["/3"] = PageOf(away, other);
        await crawl.RunAsync();
        (await crawl.PagesAsync()).Count.ShouldBe(10);

        await crawl.RunAsync();
        (await crawl.PagesAsync()).ShouldNotContain("/3");
        (await crawl.PagesAsync()).Count.ShouldBe(9);
        (await crawl.SourceAsync()).Notices.ShouldNotContain(notice => notice.StartsWith("Not found, but kept"));
    }

    [Fact]
    public async Task Keep_the_pages_that_only_they_link_to()
    {
        await using var other = await ChangingSite.StartAsync();
        other.Fallback = "<p>Please wait in the queue.</p>";
        await using var site = await SiteAsync(9);
        site["/3"] = "<p>All the spare parts of our bikes.</p><a href='/bell'>b</a><a href='/lamp'>l</a>";
        (site["/bell"], site["/lamp"]) = ("<p>The bell costs nine euros.</p>", "<p>The lamp costs twenty euros.</p>");
        using var crawl = await CrawlAsync(site, byLinks: true, other);
        await crawl.RunAsync();

        site["/3"] = PageOf(Away.Redirect, other);
        await crawl.RunAsync();

        (await crawl.PagesAsync()).ShouldContain("/bell");
        (await crawl.PagesAsync()).ShouldContain("/lamp");
    }

    [Fact]
    public async Task Keep_the_texts_that_are_stored_under_the_address_they_forward_to()
    {
        await using var other = await ChangingSite.StartAsync();
        other.Fallback = "<p>Please wait in the queue.</p>";
        await using var site = await SiteAsync(4);
        for (var i = 1; i <= 4; i++)
        {
            site[$"/{i}/"] = site.Pages[$"/{i}"];
            site[$"/{i}"] = SitePage.To($"/{i}/");
        }

        using var crawl = await CrawlAsync(site, byLinks: false, other);
        await crawl.RunAsync();
        (await crawl.PagesAsync()).ShouldBe(["/1/", "/2/", "/3/", "/4/"]);

        for (var i = 1; i <= 4; i++) site[$"/{i}"] = PageOf(Away.Redirect, other);
        await crawl.RunAsync();

        (await crawl.PagesAsync()).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Be_removed_at_once_when_a_few_are_not_found()
    {
        await using var site = await SiteAsync(9);
        using var crawl = await CrawlAsync(site, byLinks: false);
        await crawl.RunAsync();

        // A server problem makes the crawl incomplete, but the server has said that the others do not exist.
        (site["/3"], site["/4"], site["/5"]) = (new SitePage("", 404), new SitePage("", 410), new SitePage("", 500));
        await crawl.RunAsync();

        (await crawl.PagesAsync()).ShouldBe(["/1", "/2", "/5", "/6", "/7", "/8", "/9"]);
    }

    [Fact]
    public async Task Be_removed_when_most_of_a_site_is_not_found_twice()
    {
        await using var site = await SiteAsync(9);
        using var crawl = await CrawlAsync(site, byLinks: false);
        await crawl.RunAsync();

        for (var i = 2; i <= 9; i++) site.Pages.TryRemove($"/{i}", out _);
        await crawl.RunAsync();
        (await crawl.PagesAsync()).Count.ShouldBe(9);
        (await crawl.SourceAsync()).Notices.ShouldContain(notice => notice.Contains("Not found, but kept: 8 documents."));

        await crawl.RunAsync();
        (await crawl.PagesAsync()).ShouldBe(["/1"]);
    }

    public enum Away
    {
        Redirect,
        Refresh,
        File,
        NotFound,
    }

    private static SitePage PageOf(Away away, ChangingSite other) => away switch
    {
        Away.Redirect => SitePage.To(other.Site["/login"].AbsoluteUri),
        Away.Refresh => $"<meta http-equiv=refresh content='0; url={other.Site["/queue"]}'>",
        Away.File => new SitePage("{}") { Gzip = true },
        _ => new SitePage("", 404),
    };

    private static async Task<ChangingSite> SiteAsync(int count)
    {
        var site = await ChangingSite.StartAsync();
        var numbers = Enumerable.Range(1, count).ToList();
        site["/sitemap.xml"] = $"<urlset>{string.Concat(numbers.Select(i => $"<url><loc>/{i}</loc></url>"))}</urlset>";
        site["/"] = $"<p>Welcome to the shop of all folding bikes.</p>{string.Concat(numbers.Select(i => $"<a href='/{i}'>{i}</a>"))}";
        foreach (var i in numbers) site[$"/{i}"] = $"<p>Model {Name(i)} costs {i * 10} euros and comes from {Name(i + 50)}.</p>";
        return site;
    }

    private async Task<Crawl> CrawlAsync(ChangingSite site, bool byLinks, ChangingSite? other = null)
    {
        var hosts = new HashSet<string> { site.Site.Address.Authority };
        if (other is not null) hosts.Add(other.Site.Address.Authority);
        return new Crawl(
            new Knowledge(_database, site.Site.Allowed with { AllowedPrivateHosts = hosts }),
            await _database.AddTenantAsync(),
            site,
            byLinks ? new CrawlRules() : new CrawlRules { Discovery = Discovery.SiteMap },
            byLinks ? "/" : "/sitemap.xml");
    }

    private static string Name(int number) => string.Concat($"{number}".Select(digit => "kbcdfghjlm"[digit - '0'] + "a"));
}
