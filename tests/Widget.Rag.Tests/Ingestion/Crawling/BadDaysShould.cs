using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion.Crawling;

/// <summary>On a bad day a site answers 200 with something else. The stored texts stay, and the status says why.</summary>
public sealed class BadDaysShould(DatabaseFixture fixture)
{
    private const string Maintenance = "<title>Sorry</title><p>We are working on our shop and will be with you again in a few hours.</p>";

    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, 9)]
    [InlineData(false, 9)]
    [InlineData(true, 40)]
    [InlineData(false, 40)]
    [InlineData(false, 2)]
    public async Task Keep_the_texts_when_a_site_shows_one_page_everywhere(bool byLinks, int count)
    {
        await using var site = await SiteAsync(count);
        using var crawl = await CrawlAsync(site, byLinks);
        await crawl.RunAsync();
        var before = await crawl.TextsAsync();
        before.Count.ShouldBe(byLinks ? count + 1 : count);

        site.Everywhere = Maintenance;
        for (var day = 0; day < 3; day++)
        {
            (await crawl.RunAsync()).Status.ShouldBe(JobStatus.Failed);

            (await crawl.TextsAsync()).ShouldBe(before, ignoreOrder: true);
            var source = await crawl.SourceAsync();
            source.LastError.ShouldNotBeNull().ShouldContain("shows the same text at different addresses");
            source.LastError.ShouldContain("The earlier text is kept.");
            source.Notices.ShouldContain(notice => notice.StartsWith("Not read: "));
        }

        site.Everywhere = null;
        site["/1"] = "<p>Model one costs 99 euros now, because it is the last of its kind.</p>";
        (await crawl.RunAsync()).Failed.ShouldBeEmpty();
        (await crawl.TextsAsync())["/1"].ShouldContain("99 euros");
        (await crawl.SourceAsync()).LastError.ShouldBeNull();
    }

    [Theory]
    [InlineData("<meta name=robots content=noindex>")]
    [InlineData("<link rel=canonical href='/'>")]
    public async Task Not_obey_the_head_of_a_page_that_is_shown_everywhere(string head)
    {
        await using var site = await SiteAsync(6);
        using var crawl = await CrawlAsync(site, byLinks: false);
        await crawl.RunAsync();

        site.Everywhere = head + Maintenance;
        await crawl.RunAsync();

        (await crawl.TextsAsync()).Count.ShouldBe(6);
    }

    [Fact]
    public async Task Keep_the_texts_when_every_address_redirects_to_one_page()
    {
        await using var site = await SiteAsync(9);
        using var crawl = await CrawlAsync(site, byLinks: false);
        await crawl.RunAsync();
        var before = await crawl.TextsAsync();

        foreach (var path in before.Keys) site[path] = SitePage.To("/maintenance");
        site["/maintenance"] = Maintenance;
        site.Fallback = SitePage.To("/maintenance");
        await crawl.RunAsync();

        (await crawl.TextsAsync()).ShouldBe(before, ignoreOrder: true);
        (await crawl.SourceAsync()).LastError.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(40)]
    [InlineData(22)]
    public async Task Keep_the_texts_when_a_check_for_bots_starts_during_the_crawl(int count)
    {
        await using var site = await SiteAsync(count);
        using var crawl = await CrawlAsync(site, byLinks: false);
        await crawl.RunAsync();
        var before = await crawl.TextsAsync();

        site.HasETags = false;
        site["/20"] = new SitePage("<p>Model twenty is a wonderful new bike with seven gears.</p>")
        {
            Meanwhile = () => site.Everywhere = "<title>Just a moment...</title><p>Checking your browser. Request 7f{path}3a9</p>",
        };
        await crawl.RunAsync();

        var after = await crawl.TextsAsync();
        after.Count.ShouldBe(before.Count);
        after.Values.ShouldNotContain(text => text.Contains("Checking", StringComparison.Ordinal));
        (await crawl.SourceAsync()).LastError.ShouldNotBeNull().ShouldContain("a check for bots");
    }

    [Fact]
    public async Task Believe_a_text_that_several_pages_show_for_days_while_the_site_is_well()
    {
        await using var site = await SiteAsync(9);
        using var crawl = await CrawlAsync(site, byLinks: false);
        await crawl.RunAsync();
        var before = await crawl.TextsAsync();

        const string Discontinued = "<p>This bike is no longer made. Our dealers still have spare parts for it.</p>";
        (site["/3"], site["/4"]) = (Discontinued, Discontinued);
        for (var visit = 0; visit < 2; visit++)
        {
            (await crawl.RunAsync()).Failed.Count.ShouldBe(2);
            (await crawl.TextsAsync()).ShouldBe(before, ignoreOrder: true);
        }

        (await crawl.SourceAsync()).Notices.ShouldContain(notice => notice.Contains("the next one stores it"));
        (await crawl.RunAsync()).Failed.ShouldBeEmpty();

        var after = await crawl.TextsAsync();
        after.Where(page => page.Value.StartsWith("This bike is no longer made", StringComparison.Ordinal)).Select(page => page.Key)
            .Order().ShouldBe(["/3", "/4"]);
        after.Count.ShouldBe(9);
    }

    [Fact]
    public async Task Keep_the_texts_of_a_site_whose_start_page_forwards()
    {
        await using var site = await SiteAsync(9);
        site["/start"] = site.Pages["/"];
        site["/"] = "<meta http-equiv=refresh content='0; url=/start'>";
        using var crawl = await CrawlAsync(site, byLinks: true);
        await crawl.RunAsync();
        var before = await crawl.TextsAsync();
        before.Count.ShouldBe(10);

        site.Everywhere = "<p>Our shop takes a little break today. Please visit us again soon, dear customers.</p>";
        for (var day = 0; day < 3; day++)
        {
            (await crawl.RunAsync()).Status.ShouldBe(JobStatus.Failed);
            (await crawl.TextsAsync()).ShouldBe(before, ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Begin_to_count_again_when_the_text_has_changed()
    {
        await using var site = await SiteAsync(9);
        using var crawl = await CrawlAsync(site, byLinks: false);
        await crawl.RunAsync();

        string[] texts = ["Service Unavailable. Error at node seven of the cluster.", "All is quiet at the harbour, come back."];
        foreach (var text in texts)
        {
            (site["/3"], site["/4"]) = ($"<p>{text}</p>", $"<p>{text}</p>");
            for (var visit = 0; visit < 2; visit++) (await crawl.RunAsync()).Failed.Count.ShouldBe(2);
        }
    }

    [Fact]
    public async Task Accept_a_site_that_has_been_rewritten()
    {
        await using var site = await SiteAsync(9);
        using var crawl = await CrawlAsync(site, byLinks: false);
        await crawl.RunAsync();

        foreach (var i in Enumerable.Range(1, 9))
            site[$"/{i}"] = $"<p>Nothing here reminds of before, says author {Name(i)} about {Name(i * 3)}.</p>";
        (await crawl.RunAsync()).Failed.ShouldBeEmpty();

        (await crawl.TextsAsync()).Values.ShouldAllBe(text => text.StartsWith("Nothing here"));
    }

    [Theory]
    [InlineData("<title>Oops</title><p>Sorry, the page {path} was not found. Perhaps you find it in our shop.</p>")]
    [InlineData("<p>Nothing here.</p>")]
    public async Task Not_store_the_page_that_a_site_shows_for_unknown_addresses(string missing)
    {
        await using var site = await SiteAsync(10);
        var links = string.Concat(Enumerable.Range(1, 100).Select(i => $"<url><loc>/{i}</loc></url>"));
        site["/sitemap.xml"] = $"<urlset>{links}</urlset>";
        site.Fallback = missing;
        using var crawl = await CrawlAsync(site, byLinks: false);

        var report = await crawl.RunAsync();

        (report.Status, report.Done, report.Failed.Count).ShouldBe((JobStatus.Ready, 10, 90));
        (await crawl.PagesAsync()).Count.ShouldBe(10);
        var source = await crawl.SourceAsync();
        source.Failed.ShouldBe(90);
        source.Notices.ShouldContain(
            notice => notice.StartsWith("Not read: 90 pages, such as ") && notice.Contains("addresses that do not exist"));
    }

    [Fact]
    public async Task Remove_a_page_that_now_shows_what_unknown_addresses_show()
    {
        await using var site = await SiteAsync(10);
        site.Fallback = "<p>Sorry, this page was not found. Perhaps you find it in our shop.</p>";
        using var crawl = await CrawlAsync(site, byLinks: false);
        await crawl.RunAsync();

        site.Pages.TryRemove("/3", out _);
        await crawl.RunAsync();

        (await crawl.PagesAsync()).ShouldNotContain("/3");
        (await crawl.PagesAsync()).Count.ShouldBe(9);
    }

    [Fact]
    public async Task Read_a_site_that_shows_its_home_page_at_unknown_addresses()
    {
        await using var site = await SiteAsync(3);
        site.Fallback = site.Pages["/"];
        using var crawl = await CrawlAsync(site, byLinks: true);
        await crawl.RunAsync();
        (await crawl.PagesAsync()).ShouldBe(["/", "/1", "/2", "/3"]);

        const string Links = "<a href='/1'>1</a><a href='/2'>2</a><a href='/3'>3</a>";
        site["/"] = site.Fallback = $"<p>All bikes are in our autumn sale until Friday.</p>{Links}";
        (await crawl.RunAsync()).Failed.ShouldBeEmpty();

        (await crawl.TextsAsync())["/"].ShouldContain("autumn sale");
    }

    [Fact]
    public async Task Say_that_the_start_page_is_shown_everywhere()
    {
        await using var site = await SiteAsync(3);
        site.Fallback = site.Pages["/"];
        site.Pages.TryRemove("/2", out _);
        using var crawl = await CrawlAsync(site, byLinks: true);

        (await crawl.RunAsync()).Failed.ShouldHaveSingleItem().Error.ShouldContain("what it shows at addresses that do not exist");

        (await crawl.PagesAsync()).ShouldBe(["/", "/1", "/3"]);
        (await crawl.SourceAsync()).Notices.ShouldContain(notice => notice.StartsWith("Start page shown everywhere: 1 page, such as "));
    }

    [Fact]
    public async Task Not_begin_with_a_page_that_says_the_site_is_away()
    {
        await using var site = await SiteAsync(3);
        site.Everywhere = "<h1>We are down for maintenance</h1><p>Please come again tomorrow, when all is done.</p>";
        using var crawl = await CrawlAsync(site, byLinks: true);

        var report = await crawl.RunAsync();

        (report.Status, (await crawl.PagesAsync()).Count).ShouldBe((JobStatus.Failed, 0));
        report.Error.ShouldNotBeNull().ShouldContain("It looks like maintenance");
    }

    [Fact]
    public async Task Keep_the_text_of_a_single_page()
    {
        await using var site = await SiteAsync(3);
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Site.Allowed);
        async Task<JobReport> RunAsync() => await knowledge.RunAsync(
            tenant,
            await knowledge.Queue.AddPageAsync(tenant, site.Site["/1"], new DocumentDescription(), Ct),
            Ct);
        await RunAsync();

        site.Everywhere = Maintenance;
        (await RunAsync()).Error.ShouldNotBeNull().ShouldContain("The earlier text is kept.");

        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        db.Chunks.Single().Text.ShouldStartWith("Model");
    }

    private static async Task<ChangingSite> SiteAsync(int count)
    {
        var site = await ChangingSite.StartAsync();
        var numbers = Enumerable.Range(1, count).ToList();
        site["/sitemap.xml"] = $"<urlset>{string.Concat(numbers.Select(i => $"<url><loc>/{i}</loc></url>"))}</urlset>";
        site["/"] = $"<p>Welcome to the shop of all folding bikes.</p>{string.Concat(numbers.Select(i => $"<a href='/{i}'>{i}</a>"))}";
        foreach (var i in numbers) site[$"/{i}"] = $"<p>Model {Name(i)} costs {i * 10} euros and comes from {Name(i + 50)}.</p>";
        return site;
    }

    private Task<Crawl> CrawlAsync(ChangingSite site, bool byLinks) => byLinks
        ? Crawl.OfAsync(_database, site)
        : Crawl.OfAsync(_database, site, new CrawlRules { Discovery = Discovery.SiteMap }, "/sitemap.xml");

    private static string Name(int number) => string.Concat($"{number}".Select(digit => "kbcdfghjlm"[digit - '0'] + "a"));
}
