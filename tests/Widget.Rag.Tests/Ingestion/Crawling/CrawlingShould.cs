using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Search;
using Widget.Rag.Tests.Fetching;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion.Crawling;

public sealed class CrawlingShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Respect_robots_txt()
    {
        await using var site = await ChangingSite.StartAsync(
            ("/robots.txt", "User-agent: WidgetBot\nDisallow: /private"),
            ("/", "<p>Start.</p><a href='/open'>o</a><a href='/private/x'>p</a><a href='/door'>d</a>"),
            ("/open", "<p>Open.</p>"),
            ("/private/x", "<p>Secret.</p>"),
            ("/private/y", "<p>Secret, too.</p>"),
            ("/door", new SitePage("<p>x</p>", 302)));
        using var crawl = await Crawl.OfAsync(_database, site);

        var report = await crawl.RunAsync();

        report.Status.ShouldBe(JobStatus.Ready);
        report.Failed.ShouldContain(
            failed => failed.ExternalId.EndsWith("/private/x")
                && failed.Error.Contains("robots.txt does not allow WidgetBot to read /private/x"));
        (site.Asked("/private/x"), site.Asked("/open")).ShouldBe((0, 1));
        (await crawl.PagesAsync()).ShouldBe(["/", "/open"]);
    }

    [Fact]
    public async Task Respect_robots_txt_after_a_redirect()
    {
        var secret = 0;
        await using var site = await TestSite.StartAsync(context =>
        {
            if (context.Request.Path == "/robots.txt")
                return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                    context.Response,
                    "User-agent: *\nDisallow: /private");
            if (context.Request.Path == "/private") Interlocked.Increment(ref secret);
            context.Response.Redirect("/private");
            return Task.CompletedTask;
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed);

        var report = await knowledge.RunAsync(
            tenant,
            await knowledge.Queue.AddSiteAsync(tenant, site.Address, Discovery.Links, 10, Ct),
            Ct);

        report.Error.ShouldNotBeNull().ShouldContain("robots.txt does not allow");
        secret.ShouldBe(0);
    }

    [Fact]
    public async Task Read_nothing_while_robots_txt_is_unavailable()
    {
        await using var site = await ChangingSite.StartAsync(("/robots.txt", new SitePage("", 503)), ("/", "<p>Start.</p>"));
        using var crawl = await Crawl.OfAsync(_database, site);

        var report = await crawl.RunAsync();

        report.Status.ShouldBe(JobStatus.Failed);
        report.Error.ShouldNotBeNull().ShouldContain("/robots.txt could not be read");
        site.Asked("/").ShouldBe(0);
    }

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
    public async Task Store_a_page_once_under_its_canonical_address()
    {
        await using var site = await ChangingSite.StartAsync(
            (
                "/",
                "<p>Start.</p><a href='/shoes?sort=price'>1</a><a href='/shoes'>2</a><a href='/print'>3</a><a href='/a'>4</a><a "
                    + "href='/b'>5</a><a href='/away'>6</a>"),
            ("/shoes", "<link rel=canonical href='/shoes'><p>Shoes.</p>"),
            ("/shoes?sort=price", "<link rel=canonical href='/shoes'><p>Shoes.</p>"),
            ("/print", "<link rel=canonical href='/article'><p>Article.</p>"),
            ("/article", "<p>Article.</p>"),
            // Of two pages that name each other as canonical, one stays. A canonical address on another host has no effect.
            ("/a", "<link rel=canonical href='/b'><p>Apples.</p>"),
            ("/b", "<link rel=canonical href='/a'><p>Bananas.</p>"),
            ("/away", "<link rel=canonical href='https://elsewhere.example/'><p>Away.</p>"));
        using var crawl = await Crawl.OfAsync(_database, site);

        await crawl.RunAsync();

        var pages = await crawl.PagesAsync();
        pages.ShouldContain("/shoes");
        pages.ShouldContain("/article");
        pages.ShouldContain("/away");
        pages.ShouldNotContain("/shoes?sort=price");
        pages.ShouldNotContain("/print");
        pages.Intersect(["/a", "/b"]).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Follow_links_to_a_renamed_page_under_its_old_and_its_new_name()
    {
        var asked = 0;
        await using var site = await TestSite.StartAsync(context =>
        {
            var path = context.Request.Path.Value!;
            if (path == "/") Interlocked.Increment(ref asked);
            if (path == "/") context.Response.Redirect("/home");
            else if (path == "/robots.txt") context.Response.StatusCode = 404;
            else return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                context.Response,
                $"<p>Page {path}.</p><a href='/home'>Home</a><a "
                    + $"href='/'>Start</a>{(path == "/b" ? "" : path == "/a" ? "<a href='/b'>b</a>" : "<a href='/a'>a</a>")}");
            return Task.CompletedTask;
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed);

        for (var i = 1; i <= 2; i++)
        {
            var report = await knowledge.RunAsync(
                tenant,
                await knowledge.Queue.AddSiteAsync(tenant, site.Address, Discovery.Links, 10, Ct),
                Ct);

            (report.Status, report.Done, report.Total, report.Failed.Count, asked).ShouldBe((JobStatus.Ready, 3, 3, 0, i));
        }
    }

    [Fact]
    public async Task Honour_noindex_and_nofollow()
    {
        await using var site = await ChangingSite.StartAsync(
            ("/", "<p>Start.</p><a href='/hub'>h</a><a href='/dead-end'>d</a><a href='/header'>x</a>"),
            ("/hub", "<meta name=robots content=noindex><p>Hub.</p><a href='/leaf'>l</a>"),
            ("/leaf", "<p>Leaf.</p>"),
            ("/dead-end", "<meta name=robots content=nofollow><p>Dead end.</p><a href='/beyond'>b</a>"),
            ("/beyond", "<p>Beyond.</p>"),
            ("/header", new SitePage("<p>Header.</p>") { Headers = new Dictionary<string, string> { ["X-Robots-Tag"] = "noindex" } }));
        using var crawl = await Crawl.OfAsync(_database, site);

        (await crawl.RunAsync()).Failed.ShouldBeEmpty();
        (await crawl.PagesAsync()).ShouldBe(["/", "/dead-end", "/leaf"]);

        // An unchanged hub page that is not stored still leads to its links.
        await crawl.RunAsync();
        site.NotModified("/hub").ShouldBe(1);
        (await crawl.PagesAsync()).ShouldBe(["/", "/dead-end", "/leaf"]);
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

    [Fact]
    public async Task Not_fetch_pages_that_the_site_map_reports_as_unchanged()
    {
        await using var site = await ChangingSite.StartAsync(
            ("/sitemap.xml", "<urlset><url><loc>{site}/a</loc><lastmod>2020-01-01</lastmod></url><url><loc>{site}/b</loc></url></urlset>"),
            ("/a", "<p>Alpha.</p>"), ("/b", "<p>Beta.</p>"));
        using var crawl = await Crawl.OfAsync(_database, site, new CrawlRules { Discovery = Discovery.SiteMap }, "/sitemap.xml");
        await crawl.RunAsync();

        (await crawl.RunAsync()).Done.ShouldBe(2);

        (site.Asked("/a"), site.Asked("/b")).ShouldBe((1, 2));
        (await crawl.PagesAsync()).ShouldBe(["/a", "/b"]);
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

    [Fact]
    public async Task Retry_once_after_a_temporary_server_error()
    {
        await using var site = await ChangingSite.StartAsync(
            ("/", "<p>Start.</p><a href='/a'>a</a><a href='/b'>b</a>"), (
                "/a",
                new SitePage("<p>Alpha.</p>") { Troubles = 1 }), ("/b", new SitePage("<p>Beta.</p>") { Troubles = 5 }));
        using var crawl = await Crawl.OfAsync(_database, site);

        var report = await crawl.RunAsync();

        (await crawl.PagesAsync()).ShouldBe(["/", "/a"]);
        report.Failed.ShouldHaveSingleItem().Error.ShouldContain("(503)");
        site.Asked("/b").ShouldBe(2);
    }

    [Fact]
    public async Task Skip_an_endless_page_and_read_the_others()
    {
        await using var site = await TestSite.StartAsync(async context =>
        {
            if (context.Request.Path == "/robots.txt") context.Response.StatusCode = 404;
            else if (context.Request.Path == "/")
                await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                    context.Response,
                    "<p>Start.</p><a href='/endless'>e</a>",
                    context.RequestAborted);
            else await context.Response.Body
                .WriteAsync(new byte[1], context.RequestAborted)
                .AsTask()
                .ContinueWith(_ => Task.Delay(Timeout.Infinite, context.RequestAborted), TaskScheduler.Default)
                .Unwrap();
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed with { Timeout = TimeSpan.FromSeconds(1) });

        var report = await knowledge.RunAsync(
            tenant,
            await knowledge.Queue.AddSiteAsync(tenant, site.Address, Discovery.Links, 10, Ct),
            Ct);

        (report.Status, report.Done).ShouldBe((JobStatus.Ready, 1));
        report.Failed.ShouldHaveSingleItem().Error.ShouldContain("It may be a page that never ends");
    }

    [Fact]
    public async Task Limit_the_load_on_a_host()
    {
        var (now, most) = (0, 0);
        await using var site = await TestSite.StartAsync(async context =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref now));
            await Task.Yield();
            if (context.Request.Path == "/robots.txt") context.Response.StatusCode = 404;
            else await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                context.Response,
                "<p>Page.</p>" + string.Concat(Enumerable.Range(0, 12).Select(i => $"<a href='/{i}'>x</a>")),
                context.RequestAborted);
            Interlocked.Decrement(ref now);
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed with { HostDelay = TimeSpan.FromMilliseconds(50) });
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var report = await knowledge.RunAsync(
            tenant,
            await knowledge.Queue.AddSiteAsync(tenant, site.Address, Discovery.Links, 50, Ct),
            Ct);

        report.Done.ShouldBe(13);
        most.ShouldBeLessThanOrEqualTo(2);
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(12 * 50 - 60));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most)
            if (Interlocked.CompareExchange(ref most, value, seen) == seen) return;
    }

    /// <summary>A tenant that crawls one site repeatedly.</summary>
    private sealed class Crawl(Knowledge knowledge, TenantId tenant, ChangingSite site, CrawlRules rules, string start) : IDisposable
    {
        public Knowledge Knowledge => knowledge;

        public TenantId Tenant => tenant;

        public static async Task<Crawl> OfAsync(TestDatabase database, ChangingSite site, CrawlRules? rules = null, string start = "/") =>
            new(new Knowledge(database, site.Site.Allowed), await database.AddTenantAsync(), site, rules ?? new CrawlRules(), start);

        public async Task<JobReport> RunAsync(CrawlRules? other = null) =>
            await knowledge.RunAsync(tenant, await knowledge.Queue.AddSiteAsync(tenant, site.Site[start], other ?? rules, Ct), Ct);

        public async Task<List<string>> PagesAsync() => [.. (await IdsAsync()).Keys.Order(StringComparer.Ordinal)];

        public async Task<Dictionary<string, DocumentId>> IdsAsync()
        {
            await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
            return await db.Documents.ToDictionaryAsync(document => new Uri(document.ExternalId).PathAndQuery, document => document.Id, Ct);
        }

        public void Dispose() => knowledge.Dispose();
    }
}
