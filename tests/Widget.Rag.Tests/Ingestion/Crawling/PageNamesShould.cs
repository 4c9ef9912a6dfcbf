using Microsoft.AspNetCore.Http;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Tests.Fetching;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion.Crawling;

/// <summary>A page is stored once, under the right address.</summary>
public sealed class PageNamesShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

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
            else return context.Response.WriteAsync($"<p>Page {path}.</p><a href='/home'>Home</a><a "
                + $"href='/'>Start</a>{(path == "/b" ? "" : path == "/a" ? "<a href='/b'>b</a>" : "<a href='/a'>a</a>")}");
            return Task.CompletedTask;
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed);

        for (var i = 1; i <= 2; i++)
        {
            var report = await knowledge.CrawlAsync(tenant, site.Address, pages: 10, ct: Ct);

            (report.Status, report.Done, report.Total, report.Failed.Count, asked).ShouldBe((JobStatus.Ready, 3, 3, 0, i));
        }
    }

    [Theory]
    [InlineData(Discovery.Links, "/", 5)]
    [InlineData(Discovery.SiteMap, "/sitemap.xml", 5)]
    [InlineData(Discovery.Links, "/", 40)]
    [InlineData(Discovery.SiteMap, "/sitemap.xml", 40)]
    public async Task Not_believe_that_every_page_is_the_home_page(Discovery discovery, string start, int count)
    {
        await using var site = await ChangingSite.StartAsync();
        const string Head = "<link rel=canonical href='/'>";
        // The home page comes last in the site map, so most pages are read before it.
        var numbers = Enumerable.Range(1, count).ToList();
        var entries = string.Concat(numbers.Select(i => $"<url><loc>/{i}</loc></url>"));
        site["/sitemap.xml"] = $"<urlset>{entries}<url><loc>/</loc></url></urlset>";
        site["/"] = $"{Head}<p>Welcome to our shop for folding bikes.</p>{string.Concat(numbers.Select(i => $"<a href='/{i}'>x</a>"))}";
        foreach (var i in numbers)
            site[$"/{i}"] = $"{Head}<p>Model {Letters(i)} has a frame of {Letters(i + 7)} and weighs little.</p>";
        using var crawl = await Crawl.OfAsync(_database, site, new CrawlRules { Discovery = discovery }, start);

        for (var run = 0; run < 2; run++)
        {
            var report = await crawl.RunAsync();

            (report.Status, report.Done, report.Failed.Count).ShouldBe((JobStatus.Ready, count + 1, 0));
            (await crawl.PagesAsync()).Count.ShouldBe(count + 1);
        }

        site["/1"] = $"{Head}<p>Model one is sold out at the moment, sorry.</p>";
        await crawl.RunAsync();
        (await crawl.SourceAsync()).Notices.ShouldContain(notice => notice.StartsWith("Canonical address not believed: "));
    }

    [Fact]
    public async Task Read_a_canonical_page_that_nothing_links_to()
    {
        await using var site = await ChangingSite.StartAsync(
            ("/", "<p>Start.</p><a href='/a'>a</a><a href='/b'>b</a><a href='/c'>c</a><a href='/d/'>d</a>"),
            ("/a", "<link rel=canonical href='/all'><p>Apples are red.</p>"),
            ("/b", "<link rel=canonical href='/all'><p>Bananas are yellow.</p>"),
            ("/all", "<p>Apples are red.</p><p>Cherries are dark.</p>"),
            // These canonical addresses do not exist, or lead back.
            ("/c", "<link rel=canonical href='/gone'><p>Cabbage is green.</p>"),
            ("/d/", "<link rel=canonical href='/moved'><p>Dates are sweet.</p>"),
            ("/moved", SitePage.To("/d/")));
        using var crawl = await Crawl.OfAsync(_database, site);

        var report = await crawl.RunAsync();

        report.Failed.ShouldHaveSingleItem().ExternalId.ShouldEndWith("/gone");
        (await crawl.PagesAsync()).ShouldBe(["/", "/all", "/b", "/c", "/moved"]);
        var notices = (await crawl.SourceAsync()).Notices;
        notices.ShouldContain(notice => notice.StartsWith("Canonical address not believed: 2 pages, such as "));
        notices.ShouldContain(notice => notice.StartsWith("Not stored again: "));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(40)]
    public async Task Not_believe_it_for_pages_that_share_a_block_with_the_home_page(int count)
    {
        const string Head = "<link rel=canonical href='/'>";
        var block = $"<p>{string.Join(' ', Enumerable.Range(100, 40).Select(Letters))}.</p>";
        await using var site = await ChangingSite.StartAsync();
        var numbers = Enumerable.Range(1, count).ToList();
        site["/"] = $"{Head}<p>Welcome to our shop.</p>{block}{string.Concat(numbers.Select(i => $"<a href='/{i}'>x</a>"))}";
        // Thirty words of its own, beside the block of forty.
        foreach (var i in numbers)
        {
            var own = string.Join(' ', Enumerable.Range(1, 28).Select(word => Letters((i * 1000) + word)));
            site[$"/{i}"] = $"{Head}<p>{own} {i}9 euros.</p>{block}";
        }

        using var crawl = await Crawl.OfAsync(_database, site);

        for (var run = 0; run < 2; run++)
        {
            (await crawl.RunAsync()).Failed.ShouldBeEmpty();
            (await crawl.PagesAsync()).Count.ShouldBe(count + 1);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(100)]
    public async Task Store_a_page_whose_canonical_page_was_never_read(int limit)
    {
        await using var site = await ChangingSite.StartAsync(
            ("/", "<p>Start.</p><a href='/a'>a</a><a href='/b'>b</a><a href='/c'>c</a>"),
            ("/a", "<link rel=canonical href='/all-a'><p>Apples are red.</p>"),
            ("/b", "<link rel=canonical href='/all-b'><p>Bananas are yellow.</p>"),
            ("/c", "<p>Cherries are dark.</p>"),
            ("/all-a", "<p>Apples are red.</p>"),
            ("/all-b", "<p>Bananas are yellow.</p>"));
        using var crawl = await Crawl.OfAsync(_database, site, new CrawlRules { PageLimit = limit });

        for (var run = 0; run < 2; run++)
        {
            var report = await crawl.RunAsync();

            (report.Status, report.Failed.Count).ShouldBe((JobStatus.Ready, 0));
            (await crawl.TextsAsync()).Values.Order(StringComparer.Ordinal).Take(3)
                .ShouldBe(["Apples are red.", "Bananas are yellow.", "Cherries are dark."]);
            (await crawl.PagesAsync()).Count.ShouldBe(4);
            var notices = (await crawl.SourceAsync()).Notices;
            notices.Any(notice => notice.StartsWith("Not stored again: ")).ShouldBe(limit > 4);
            // The second crawl finds these pages unchanged.
            if (run == 0) notices.Any(notice => notice.StartsWith("Canonical address not believed: ")).ShouldBe(limit < 100);
        }
    }

    [Theory]
    [InlineData("/", "/index.html")]
    [InlineData("/index.html", "/")]
    [InlineData("/", "/index.php")]
    [InlineData("/Default.aspx", "/")]
    [InlineData("/", "/index.htm")]
    public async Task Store_a_folder_and_its_default_document_once(string first, string second)
    {
        await using var site = await ChangingSite.StartAsync(
            ("/other/", "<p>Others.</p>"),
            ("/other/index.html", "<p>This is another page.</p>"),
            ("/docs/index.html", "<p>Docs.</p>"));
        const string Links = "<a href='/other/'>o</a><a href='/other/index.html'>x</a><a href='/docs/index.html'>d</a>";
        site[first] = site[second] = $"<p>Welcome.</p><a href='{second}'>Home</a>{Links}";
        using var crawl = await Crawl.OfAsync(_database, site, start: first);

        for (var run = 0; run < 2; run++)
        {
            (await crawl.RunAsync()).Failed.ShouldBeEmpty();
            (await crawl.PagesAsync()).ShouldBe(new[] { first, "/docs/index.html", "/other/", "/other/index.html" }, ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Store_a_page_once_whatever_tracks_its_links()
    {
        await using var site = await ChangingSite.StartAsync(
            ("/", "<p>Start.</p><a href='/p?_pos=1&_sid=x&_ss=r'>1</a><a href='/p?_pos=2&_psq=bike&_fid=3'>2</a><a href='/p'>3</a>"
                + "<a href='/p?variant=7&_ga=1'>4</a>"),
            ("/p", "<p>The bike.</p>"),
            ("/p?variant=7", "<p>The red bike.</p>"));
        using var crawl = await Crawl.OfAsync(_database, site);

        await crawl.RunAsync();

        (await crawl.PagesAsync()).ShouldBe(["/", "/p", "/p?variant=7"]);
        (site.Asked("/p"), site.Asked("/p?variant=7")).ShouldBe((1, 1));
    }

    // A word for each number, because numbers alone hardly tell texts apart.
    private static string Letters(int number) => string.Concat($"{number}".Select(digit => "abcdefghij"[digit - '0'])) + "ium";
}
