using Microsoft.AspNetCore.Http;
using Widget.Rag.Ingestion;
using Widget.Rag.Tests.Fetching;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion.Crawling;

/// <summary>A crawl respects what a site allows, and does not overload it.</summary>
public sealed class PoliteCrawlingShould(DatabaseFixture fixture)
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
                return context.Response.WriteAsync("User-agent: *\nDisallow: /private");
            if (context.Request.Path == "/private") Interlocked.Increment(ref secret);
            context.Response.Redirect("/private");
            return Task.CompletedTask;
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed);

        var report = await knowledge.CrawlAsync(tenant, site.Address, pages: 10, ct: Ct);

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
                await context.Response.WriteAsync("<p>Start.</p><a href='/endless'>e</a>", context.RequestAborted);
            else await context.Response.Body
                .WriteAsync(new byte[1], context.RequestAborted)
                .AsTask()
                .ContinueWith(_ => Task.Delay(Timeout.Infinite, context.RequestAborted), TaskScheduler.Default)
                .Unwrap();
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed with { Timeout = TimeSpan.FromSeconds(1) });

        var report = await knowledge.CrawlAsync(tenant, site.Address, pages: 10, ct: Ct);

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
            else await context.Response.WriteAsync(
                $"<p>Page {context.Request.Path}.</p>" + string.Concat(Enumerable.Range(0, 12).Select(i => $"<a href='/{i}'>x</a>")),
                context.RequestAborted);
            Interlocked.Decrement(ref now);
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed with { HostDelay = TimeSpan.FromMilliseconds(50) });
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var report = await knowledge.CrawlAsync(tenant, site.Address, pages: 50, ct: Ct);

        report.Done.ShouldBe(13);
        most.ShouldBeLessThanOrEqualTo(2);
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(12 * 50 - 60));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most)
            if (Interlocked.CompareExchange(ref most, value, seen) == seen) return;
    }
}
