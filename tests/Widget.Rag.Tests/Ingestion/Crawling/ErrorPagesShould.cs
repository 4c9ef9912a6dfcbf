using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion.Crawling;

/// <summary>Error pages and bot checks with status 200 are recognised wherever and whenever they begin.</summary>
public sealed class ErrorPagesShould(DatabaseFixture fixture)
{
    private const string NoProduct = "<h1>Oh dear</h1><p>Sorry, we could not find this product. Perhaps another one pleases you.</p>";

    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("<title>Just a moment...</title><p>Checking your browser. Request 7f{path}3a9</p>", "")]
    [InlineData("<title>Just a moment...</title><p>Checking your browser. Request 7f{path}3a9</p>", "/shop")]
    [InlineData("<p>Please confirm that you are a person before you go on to our shop.</p>", "")]
    [InlineData("<p>Please confirm that you are a person before you go on to our shop.</p>", "/shop")]
    public async Task Not_be_stored_when_a_check_for_bots_starts_during_the_first_crawl(string check, string folder)
    {
        await using var site = await SiteAsync(70, folder);
        site[$"{folder}/50"] = Model(50) with { Meanwhile = () => site.Everywhere = check };
        using var crawl = await Crawl.OfAsync(_database, site, new CrawlRules { Discovery = Discovery.SiteMap }, "/sitemap.xml");

        await crawl.RunAsync();

        var texts = await crawl.TextsAsync();
        // Pages that were asked for before the check began may still be answered.
        texts.Count.ShouldBeInRange(45, 60);
        texts.Values.ShouldAllBe(text => text.StartsWith("Model"));
        (await crawl.SourceAsync()).LastError.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/product/{0}")]
    [InlineData("/product/{0}/")]
    [InlineData("/shop/product/{0}")]
    public async Task Not_be_stored_when_only_a_folder_has_them(string pattern)
    {
        await using var site = await ChangingSite.StartAsync();
        var numbers = Enumerable.Range(1, 48).ToList();
        string Path(int i) => string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, i);
        site["/sitemap.xml"] = $"<urlset>{string.Concat(numbers.Select(i => $"<url><loc>{Path(i)}</loc></url>"))}</urlset>";
        // Two dead links in each batch of 16.
        foreach (var i in numbers) site[Path(i)] = i % 8 == 3 ? NoProduct : Model(i);
        site.FallbackBelow = (pattern[..(pattern.LastIndexOf("{0}", StringComparison.Ordinal))], NoProduct);
        using var crawl = await Crawl.OfAsync(_database, site, new CrawlRules { Discovery = Discovery.SiteMap }, "/sitemap.xml");

        (await crawl.RunAsync()).Failed.Count.ShouldBe(6);

        (await crawl.TextsAsync()).Values.ShouldAllBe(text => text.StartsWith("Model"));
    }

    [Fact]
    public async Task Replace_no_stored_text_when_only_a_folder_has_them()
    {
        await using var site = await SiteAsync(10, "/product");
        using var crawl = await Crawl.OfAsync(_database, site, new CrawlRules { Discovery = Discovery.SiteMap }, "/sitemap.xml");
        await crawl.RunAsync();

        site["/product/3"] = NoProduct;
        site.FallbackBelow = ("/product/", NoProduct);
        await crawl.RunAsync();

        var texts = await crawl.TextsAsync();
        texts.Count.ShouldBe(9);
        texts.Values.ShouldAllBe(text => text.StartsWith("Model"));
    }

    [Fact]
    public async Task Leave_pages_of_a_folder_that_share_a_text()
    {
        await using var site = await SiteAsync(20, "/product");
        for (var i = 1; i <= 6; i++) site[$"/product/{i}"] = "<p>This bike is no longer made. Our dealers have spare parts for it.</p>";
        using var crawl = await Crawl.OfAsync(_database, site, new CrawlRules { Discovery = Discovery.SiteMap }, "/sitemap.xml");

        (await crawl.RunAsync()).Failed.ShouldBeEmpty();

        (await crawl.PagesAsync()).Count.ShouldBe(20);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Not_remove_a_single_page_by_their_noindex(bool everywhere, bool isHome)
    {
        await using var site = await SiteAsync(3, "");
        var path = isHome ? "/" : "/1";
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Site.Allowed);
        async Task<JobReport> RunAsync() => await knowledge.RunAsync(
            tenant,
            await knowledge.Queue.AddPageAsync(tenant, site.Site[path], new DocumentDescription(), Ct),
            Ct);
        async Task<List<string>> TextsAsync()
        {
            await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
            return [.. db.Chunks.Select(chunk => chunk.Text)];
        }

        await RunAsync();
        var before = await TextsAsync();
        var good = site.Pages[path];

        var maintenance = new SitePage("<meta name=robots content=noindex><h1>We'll be back soon</h1><p>Our shop rests a while.</p>");
        if (everywhere) site.Everywhere = maintenance;
        else site[path] = maintenance;
        for (var day = 0; day < 2; day++)
        {
            (await RunAsync()).Error.ShouldNotBeNull().ShouldContain("The earlier text is kept");
            (await TextsAsync()).ShouldBe(before);
        }

        (site.Everywhere, site[path]) = (null, good);
        (await RunAsync()).Error.ShouldBeNull();
        (await TextsAsync()).ShouldBe(before);

        // A page that forbids indexing and still has its text means it.
        site[path] = new SitePage($"<meta name=robots content=noindex>{good.Body}");
        (await RunAsync()).Error.ShouldNotBeNull().ShouldContain("forbids indexing (noindex)");
        (await TextsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Not_keep_a_single_page_for_ever_that_has_changed_and_forbids_indexing()
    {
        await using var site = await SiteAsync(3, "");
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Site.Allowed);
        async Task<JobReport> RunAsync() => await knowledge.RunAsync(
            tenant,
            await knowledge.Queue.AddPageAsync(tenant, site.Site["/1"], new DocumentDescription(), Ct),
            Ct);
        await RunAsync();

        site["/1"] = "<meta name=robots content=noindex><p>Only for dealers: the prices of the next season.</p>";
        for (var day = 0; day < 2; day++) (await RunAsync()).Error.ShouldNotBeNull().ShouldContain("The earlier text is kept");

        (await RunAsync()).Error.ShouldNotBeNull().ShouldContain("forbids indexing (noindex)");
        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        db.Chunks.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Not_replace_a_single_page_that_leads_to_another_site(bool showsIt)
    {
        await using var other = await ChangingSite.StartAsync();
        await using var site = await SiteAsync(3, "");
        var tenant = await _database.AddTenantAsync();
        HashSet<string> hosts = [site.Site.Address.Authority, other.Site.Address.Authority];
        using var knowledge = new Knowledge(_database, site.Site.Allowed with { AllowedPrivateHosts = hosts });
        async Task<(string? Error, string Text)> RunAsync()
        {
            var report = await knowledge.RunAsync(
                tenant,
                await knowledge.Queue.AddPageAsync(tenant, site.Site["/1"], new DocumentDescription(), Ct),
                Ct);
            await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
            return (report.Error, db.Chunks.Single().Text);
        }

        var before = await RunAsync();
        other["/login"] = showsIt ? site.Pages["/1"] : "<p>Please sign in with the account of your company.</p>";
        site["/1"] = SitePage.To(other.Site["/login"].AbsoluteUri);
        for (var day = 0; day < 2; day++)
        {
            var (error, text) = await RunAsync();

            text.ShouldBe(before.Text);
            if (showsIt) error.ShouldBeNull();
            else error.ShouldNotBeNull().ShouldContain("is on another site. The earlier text is kept.");
        }

        (await RunAsync()).ShouldBe((null, showsIt ? before.Text : "Please sign in with the account of your company."));
    }

    private static async Task<ChangingSite> SiteAsync(int count, string folder)
    {
        var site = await ChangingSite.StartAsync();
        var numbers = Enumerable.Range(1, count).ToList();
        site["/sitemap.xml"] = $"<urlset>{string.Concat(numbers.Select(i => $"<url><loc>{folder}/{i}</loc></url>"))}</urlset>";
        site["/"] = "<p>Model houses and folding bikes are what our shop is about.</p>";
        foreach (var i in numbers) site[$"{folder}/{i}"] = Model(i);
        return site;
    }

    private static SitePage Model(int i) => $"<p>Model {Name(i)} costs {i * 10} euros and comes from {Name(i + 50)}.</p>";

    private static string Name(int number) => string.Concat($"{number}".Select(digit => "kbcdfghjlm"[digit - '0'] + "a"));
}
