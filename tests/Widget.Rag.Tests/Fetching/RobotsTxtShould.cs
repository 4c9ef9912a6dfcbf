using Widget.Rag.Fetching;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Own;

namespace Widget.Rag.Tests.Fetching;

/// <summary>Crawl rules that need no site: robots.txt, path patterns, addresses, page directives.</summary>
public sealed class RobotsTxtShould
{
    [Theory]
    // No rules, no group, only noise.
    [InlineData("", "/a", true)]
    [InlineData("User-agent: *\nDisallow:", "/a", true)]
    [InlineData("<html><body>Disallow everything?</body></html>", "/a", true)]
    [InlineData("Disallow: /", "/a", true)]
    // The group for all crawlers, and our group instead of it.
    [InlineData("User-agent: *\nDisallow: /", "/a", false)]
    [InlineData("User-agent: *\nDisallow: /\n\nUser-agent: WidgetBot\nDisallow: /private", "/a", true)]
    [InlineData("User-agent: widgetbot/1.0\nDisallow: /private", "/private/x", false)]
    [InlineData("User-agent: widgetbot-images\nDisallow: /", "/a", true)]
    [InlineData("User-agent: otherbot\nDisallow: /", "/a", true)]
    [InlineData("User-agent: WidgetBot\n\nUser-agent: *\nDisallow: /", "/a", false)] // agents in a row share the rules
    [InlineData("User-agent: WidgetBot\nAllow: /x\n\nUser-agent: *\nDisallow: /", "/a", true)]
    // Several groups for us are combined.
    [InlineData("User-agent: WidgetBot\nDisallow: /a\n\nUser-agent: x\nDisallow: /c\n\nUser-agent: WIDGETBOT\nDisallow: /b", "/a", false)]
    [InlineData("User-agent: WidgetBot\nDisallow: /a\n\nUser-agent: x\nDisallow: /c\n\nUser-agent: WIDGETBOT\nDisallow: /b", "/b", false)]
    [InlineData("User-agent: WidgetBot\nDisallow: /a\n\nUser-agent: x\nDisallow: /c\n\nUser-agent: WIDGETBOT\nDisallow: /b", "/c", true)]
    // The longest rule wins; "allow" wins between rules of the same length.
    [InlineData("User-agent: *\nDisallow: /docs\nAllow: /docs/open", "/docs/open/x", true)]
    [InlineData("User-agent: *\nAllow: /docs\nDisallow: /docs/closed", "/docs/closed/x", false)]
    [InlineData("User-agent: *\nDisallow: /page\nAllow: /page", "/page", true)]
    [InlineData("User-agent: *\nAllow: /page\nDisallow: /page", "/page", true)]
    [InlineData("User-agent: *\nDisallow: /a\n", "/A", true)]
    [InlineData("User-agent: *\nDisallow: /fish", "/fishes.html", false)]
    [InlineData("User-agent: *\nDisallow: /fish/", "/fish", true)]
    // "*" and "$".
    [InlineData("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", false)]
    [InlineData("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x=1", true)]
    [InlineData("User-agent: *\nDisallow: /*.pdf", "/a/b.pdf?x=1", false)]
    [InlineData("User-agent: *\nDisallow: /$", "/", false)]
    [InlineData("User-agent: *\nDisallow: /$", "/a", true)]
    [InlineData("User-agent: *\nDisallow: /*?*session=", "/a?b=1&session=2", false)]
    [InlineData("User-agent: *\nDisallow: /a*b*c", "/axxbxx", true)]
    // Variations in syntax.
    [InlineData("\uFEFFUSER-AGENT : * # everyone\r\n  disallow :/a # this\r\n", "/a", false)]
    [InlineData("User-agent: *\rDisallow: /a", "/a", false)]
    [InlineData("User-agent: *\n\n\nDisallow: /a", "/a", false)]
    [InlineData("User-agent: *\nUnknown: 1\nDisallow: /a", "/a", false)]
    // Escapes are compared by what they stand for.
    [InlineData("User-agent: *\nDisallow: /caf%C3%A9", "/café", false)]
    [InlineData("User-agent: *\nDisallow: /café", "/caf%c3%a9/menu", false)]
    [InlineData("User-agent: *\nDisallow: /%61", "/a", false)]
    [InlineData("User-agent: *\nDisallow: /", "/robots.txt", true)]
    public void Tell_which_pages_may_be_read(string file, string path, bool allowed) =>
        RobotsTxt.Parse(file).Allows(new Uri($"https://site.example{path}")).ShouldBe(allowed);

    [Fact]
    public void Read_site_maps_and_limit_the_crawl_delay()
    {
        var robots = RobotsTxt.Parse(
            "Sitemap: https://a.example/one.xml\nUser-agent: x\nCrawl-delay: 1\nUser-agent: *\nCrawl-delay: 600\nsitemap: /two.xml");

        robots.SiteMaps.ShouldBe(["https://a.example/one.xml", "/two.xml"]);
        robots.Delay.ShouldBe(TimeSpan.FromSeconds(5));
        RobotsTxt.Parse("User-agent: *\nCrawl-delay: 0.5").Delay.ShouldBe(TimeSpan.FromMilliseconds(500));
        RobotsTxt.Parse("User-agent: *\nCrawl-delay: soon").Delay.ShouldBeNull();
    }

    [Fact]
    public void Match_a_malicious_pattern_quickly()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 1_000));
        var watch = System.Diagnostics.Stopwatch.StartNew();

        RobotsTxt
            .Parse($"User-agent: *\nDisallow: /{pattern}$")
            .Allows(new Uri($"https://site.example/{new string('a', 2_000)}b"))
            .ShouldBeTrue();

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("/docs/**", "", "/docs/a/b", true)]
    [InlineData("/docs/*", "", "/docs/a/b", false)]
    [InlineData("/docs/*", "", "/docs/a", true)]
    [InlineData("/docs/", "", "/docs/a/b", true)]
    [InlineData("/docs/", "", "/docs", false)]
    [InlineData("/docs", "", "/docs2", false)]
    [InlineData("", "/blog/**", "/blog/2020", false)]
    [InlineData("", "/blog/**", "/about", true)]
    [InlineData("/docs/", "/docs/old/", "/docs/old/x", false)]
    [InlineData("/**/faq", "", "/en/help/faq", true)]
    [InlineData("/a.b", "", "/axb", false)]
    public void Match_paths_to_patterns(string include, string exclude, string path, bool allowed) =>
        new PathPatterns(include.Length > 0 ? [include] : [], exclude.Length > 0 ? [exclude] : [])
            .Allow(new Uri($"https://site.example{path}"))
            .ShouldBe(allowed);

    [Theory]
    [InlineData("https://a.example/p?utm_source=x&id=3&gclid=4#part", "https://a.example/p?id=3")]
    [InlineData("https://a.example/p?utm_source=x&fbclid=1", "https://a.example/p")]
    [InlineData("https://A.example:443/p?b=2&a=1", "https://a.example/p?b=2&a=1")]
    [InlineData("https://a.example/p?q=a%26b%20c", "https://a.example/p?q=a%26b%20c")]
    [InlineData("https://a.example/products/x?_pos=1&_sid=ab&_ss=r&variant=42", "https://a.example/products/x?variant=42")]
    [InlineData("https://a.example/products/x?_psq=bike&_fid=9&_pos=2", "https://a.example/products/x")]
    [InlineData("https://a.example/products/x?pr_prod_strat=x&pr_rec_id=1&pr_ref_pid=2&pr_seq=y", "https://a.example/products/x")]
    [InlineData("https://a.example/p?_ga=1.2&_gl=3&mc_cid=4&mc_eid=5&UTM_Medium=mail", "https://a.example/p")]
    [InlineData("https://a.example/p?ref=twitter", "https://a.example/p")]
    [InlineData("https://a.example/p?ref=main&page=2&sid=7&source=api", "https://a.example/p?ref=main&page=2&sid=7&source=api")]
    [InlineData("https://www.müller-räder.de/p?utm_source=x", "https://www.xn--mller-rder-w5a5z.de/p")]
    [InlineData("https://xn--mller-rder-w5a5z.de/p#x", "https://xn--mller-rder-w5a5z.de/p")]
    [InlineData("http://münchen.example:8080/ä?b=ö", "http://xn--mnchen-3ya.example:8080/%C3%A4?b=%C3%B6")]
    public void Normalize_addresses(string address, string written) =>
        PageAddress.Normalize(new Uri(address)).AbsoluteUri.ShouldBe(written);

    [Theory]
    [InlineData("<meta name='robots' content='noindex'>", "", false, true)]
    [InlineData("<META NAME=ROBOTS CONTENT='NOFOLLOW, max-snippet:5'>", "", true, false)]
    [InlineData("<meta name='widgetbot' content='none'>", "", false, false)]
    [InlineData("<meta name='otherbot' content='none'>", "", true, true)]
    [InlineData("<!--><meta name=robots content=noindex>", "", false, true)]
    [InlineData("<!-- x --!><meta name=robots content=noindex><!-- -->", "", false, true)]
    [InlineData("<!-- <meta name=robots content=noindex> -->", "", true, true)]
    [InlineData("<script>'<meta name=robots content=noindex>'</script>", "", true, true)]
    [InlineData("<meta content='a > b, no&#105;ndex' name = \"robots\" />", "", false, true)]
    [InlineData("<title><meta name=robots content=noindex></title><meta name='robots' content='nofollow", "", true, true)]
    [InlineData("", "noindex", false, true)]
    [InlineData("", "otherbot: noindex, nofollow", true, true)]
    [InlineData("", "WidgetBot: noindex", false, true)]
    [InlineData("</head><body><meta name='robots' content='noindex'>", "", true, true)]
    public void Respect_a_pages_directives(string head, string header, bool index, bool follow)
    {
        var page = new RawDocument(
            System.Text.Encoding.UTF8.GetBytes($"<html><head>{head}</head><body><p>Text.</p>"),
            MediaTypes.Html,
            null,
            new Uri("https://a.example/x/"));

        var directives = PageDirectives.Read(page, header.Length > 0 ? [header] : []);

        (directives.Index, directives.Follow).ShouldBe((index, follow));
    }

    [Theory]
    [InlineData("<link rel=canonical href=/a?b=1&amp;c=2>", "https://a.example/a?b=1&c=2")]
    [InlineData("<link href='https://b.example/x' rel='nofollow Canonical'><link rel=canonical href=/second>", "https://b.example/x")]
    [InlineData("<link rel=canonical href='javascript:x'>", null)]
    [InlineData("<link rel=stylesheet href=/style>", null)]
    public void Read_a_pages_canonical_address(string head, string? canonical)
    {
        var page = new RawDocument(
            System.Text.Encoding.UTF8.GetBytes($"<html><head>{head}</head><body><p>Text.</p>"),
            MediaTypes.Html,
            null,
            new Uri("https://a.example/x/"));

        PageDirectives.Read(page, []).Canonical?.AbsoluteUri.ShouldBe(canonical);
        (PageDirectives.Read(page, []).Canonical is null).ShouldBe(canonical is null);
    }

    [Fact]
    public void Read_a_malicious_page_quickly()
    {
        var head = string.Concat(Enumerable.Repeat("<!--><b><p>", 200_000));
        var page = new RawDocument(
            System.Text.Encoding.UTF8.GetBytes($"<meta name=robots content=noindex>{head}"),
            MediaTypes.Html,
            null,
            new Uri("https://a.example/x/"));
        var before = GC.GetAllocatedBytesForCurrentThread();

        PageDirectives.Read(page, []).Index.ShouldBeFalse();

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200_000_000);
    }

    [Theory]
    [InlineData(Schedule.None, null, null)]
    [InlineData(Schedule.Daily, 0.95, 1.05)]
    [InlineData(Schedule.Weekly, 6.65, 7.35)]
    [InlineData(Schedule.Monthly, 28.5, 31.5)]
    public void Spread_the_times_of_crawls(Schedule schedule, double? earliest, double? latest)
    {
        var now = DateTimeOffset.UnixEpoch;

        (RecrawlTime.Next(schedule, now, 0) - now)?.TotalDays.ShouldBe(earliest!.Value, 0.0001);
        (RecrawlTime.Next(schedule, now, 1) - now)?.TotalDays.ShouldBe(latest!.Value, 0.0001);
        RecrawlTime.Next(schedule, now, 0.5).HasValue.ShouldBe(earliest.HasValue);
    }
}
