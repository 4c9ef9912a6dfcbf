using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Widget.Rag.Fetching;
using Widget.Testing;

namespace Widget.Rag.Tests.Fetching;

public sealed class SiteMapShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_site_maps_and_their_indexes_for_pages_of_the_same_site()
    {
        await using var site = await TestSite.StartAsync(new Dictionary<string, string>
        {
            ["/index.xml"] = "<sitemapindex><sitemap><loc>{site}/one.xml</loc></sitemap>"
                + "<sitemap><loc>/two.xml</loc></sitemap></sitemapindex>",
            ["/one.xml"] = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
                + "<url><loc> {site}/a#x </loc></url>"
                + "<url><loc>https://elsewhere.example/</loc></url></urlset>",
            ["/two.xml"] = "<urlset><url><loc>{site}/b</loc></url><url><loc>{site}/a</loc></url></urlset>",
        });
        var fetcher = TestOutbound.Fetcher(site.Allowed);

        var pages = await new SiteMap(fetcher).ReadAsync(site["/index.xml"], 100, Ct);
        pages.Pages.Select(page => page.Address).ShouldBe([site["/a"], site["/b"]]);
        pages.Complete.ShouldBeTrue();
    }

    [Fact]
    public async Task Continue_without_a_missing_site_map()
    {
        await using var site = await TestSite.StartAsync(new Dictionary<string, string>
        {
            ["/index.xml"] = "<sitemapindex><sitemap><loc>{site}/gone.xml</loc></sitemap>"
                + "<sitemap><loc>{site}/two.xml</loc></sitemap></sitemapindex>",
            ["/two.xml"] = $"<urlset><url><loc>/a</loc></url><url><loc>/{new string('x', 3_000)}</loc></url></urlset>",
            ["/dead.xml"] = "<sitemapindex><sitemap><loc>{site}/gone.xml</loc></sitemap></sitemapindex>",
        });
        var fetcher = TestOutbound.Fetcher(site.Allowed);

        var pages = await new SiteMap(fetcher).ReadAsync(site["/index.xml"], 10, Ct);
        (pages.Pages.Select(page => page.Address).Single(), pages.Complete).ShouldBe((site["/a"], false));
        (
            await Should.ThrowAsync<IngestionFailureException>(
                () => new SiteMap(fetcher).ReadAsync(site["/dead.xml"], 10, Ct))).Message.ShouldContain("no page at");
    }

    [Theory]
    [InlineData("not xml at all", "not valid XML")]
    [InlineData("<html></html>", "root element is <html>")]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><urlset>&x;</urlset>", "not valid XML")]
    public async Task Explain_what_is_wrong_with_a_site_map(string map, string words)
    {
        await using var site = await TestSite.StartAsync(new Dictionary<string, string> { ["/sitemap.xml"] = map });
        var fetcher = TestOutbound.Fetcher(site.Allowed);

        (
            await Should.ThrowAsync<IngestionFailureException>(
                () => new SiteMap(fetcher).ReadAsync(site["/sitemap.xml"], 10, Ct))).Message.ShouldContain(words);
    }

    [Fact]
    public async Task Limit_the_number_of_a_sites_site_maps()
    {
        var tried = new HashSet<Uri>();
        var index = "<sitemapindex>"
            + string.Concat(Enumerable.Range(0, 150).Select(i => $"<sitemap><loc>/{{0}}{i}.xml</loc></sitemap>"))
            + "</sitemapindex>";
        var maps = new SiteMap(
            (address, _) => tried.Add(address) && address.AbsolutePath is "/a.xml" or "/b.xml"
                ? Task.FromResult<ReadOnlyMemory<byte>>(
                    Encoding.UTF8.GetBytes(index.Replace("{0}", $"{address.AbsolutePath[1]}", StringComparison.Ordinal)))
                : address.AbsolutePath == "/a0.xml"
                    ? Task.FromResult<ReadOnlyMemory<byte>>("<urlset><url><loc>/page</loc></url></urlset>"u8.ToArray())
                    : throw new IngestionFailureException("There is no such map."),
            TimeProvider.System);

        (await maps.ReadAsync(new Uri("http://site.example/a.xml"), 10, Ct)).Pages.Count.ShouldBe(1);
        tried.Count.ShouldBe(151);
        await Should.ThrowAsync<IngestionFailureException>(() => maps.ReadAsync(new Uri("http://site.example/b.xml"), 10, Ct));
        tried.Count.ShouldBe(200);
    }

    [Fact]
    public async Task Limit_the_number_of_pages_in_all_site_maps_of_a_site()
    {
        var maps = new SiteMap(
            (address, _) => Task.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes(
                address.AbsolutePath == "/a.xml"
                    ? "<urlset><url><loc>/1</loc></url><url><loc>/2</loc></url></urlset>"
                    : "<urlset><url><loc>/2</loc></url><url><loc>/3</loc></url><url><loc>/4</loc></url></urlset>")),
            TimeProvider.System);

        var (first, second) = (
            await maps.ReadAsync(new Uri("http://site.example/a.xml"), 3, Ct),
            await maps.ReadAsync(new Uri("http://site.example/b.xml"), 3, Ct));

        (first.Pages.Count, first.Complete).ShouldBe((2, true));
        (second.Pages.Single().Address.AbsolutePath, second.Complete).ShouldBe(("/3", false));
    }

    [Fact]
    public async Task Limit_the_time_for_site_maps()
    {
        var clock = new TestClock();
        var maps = new SiteMap(
            async (address, ct) =>
            {
                if (address.AbsolutePath == "/never.xml") await Task.Delay(Timeout.Infinite, ct);
                return "<urlset><url><loc>/1</loc></url></urlset>"u8.ToArray();
            },
            clock);

        (await maps.ReadAsync(new Uri("http://site.example/quick.xml"), 10, Ct)).Complete.ShouldBeTrue();
        clock.Advance(TimeSpan.FromMinutes(3));

        var slow = maps.ReadAsync(new Uri("http://site.example/never.xml"), 10, Ct).WaitAsync(TimeSpan.FromSeconds(60), Ct);
        (await Should.ThrowAsync<IngestionFailureException>(() => slow)).Message.ShouldContain("took longer than 3 minutes");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n \t\r\n")]
    [InlineData("\uFEFF")]
    [InlineData("\uFEFF\n")]
    [InlineData("\n\uFEFF")]
    public async Task Ignore_what_stands_before_the_declaration(string before)
    {
        const string Map = "<?xml version='1.0' encoding='UTF-8'?><urlset><url><loc>/a</loc></url><url><loc>/b</loc></url></urlset>";

        var pages = await ReadAsync(Encoding.UTF8.GetBytes(before + Map));
        (Paths(pages), pages.Complete, pages.Problems.Count).ShouldBe(("/a /b", true, 0));

        // UTF-16 is recognised by its byte order mark, or by its zeros.
        var wide = Encoding.Unicode.GetBytes(before + Map.Replace("UTF-8", "UTF-16", StringComparison.Ordinal));
        Paths(await ReadAsync(wide)).ShouldBe("/a /b");
    }

    [Theory]
    [InlineData("https://site.example/a\nhttps://site.example/b\n")]
    [InlineData("\uFEFFhttps://site.example/a\r\n\r\n  https://site.example/b  ")]
    [InlineData("# pages\nhttps://site.example/a\rhttps://site.example/b")]
    public async Task Read_plain_lists_of_addresses(string list)
    {
        var bytes = Encoding.UTF8.GetBytes(list);

        Paths(await ReadAsync(bytes)).ShouldBe("/a /b");
        Paths(await ReadAsync(Gzip(bytes))).ShouldBe("/a /b");
    }

    [Theory]
    [InlineData("<urlset><url><loc>/a</loc></url><url><loc>/b</loc></url><url><loc>/c")]
    [InlineData("<urlset><url><loc>/a</loc></url><url><loc>/b</loc><lastmod>2026-01-01</lastmod></url><url><loc>/c</loc>")]
    [InlineData("<urlset><url><loc>/a</loc></url><url><loc>/b</loc></url>")]
    [InlineData("<urlset xmlns='x'><url><loc>/a</loc></url>\n<url><loc>/b</loc></url></url")]
    [InlineData("<s:urlset xmlns:s='x'><s:url><s:loc>/a</s:loc></s:url><s:url><s:loc><![CDATA[/b]]></s:loc></s:url><s:url>")]
    [InlineData("<urlset><url><loc>/a</loc></url><url><loc>/?x=1&y=2</loc></url><url><loc>/b</loc></url></urlset>", "/a /?x=1&y=2 /b")]
    public async Task Keep_the_whole_entries_of_a_damaged_file(string map, string kept = "/a /b")
    {
        var pages = await ReadAsync(Encoding.UTF8.GetBytes(map));

        Paths(pages).ShouldBe(kept);
        pages.Complete.ShouldBeFalse();
        pages.Problems.ShouldHaveSingleItem().ShouldContain("is damaged or cut off");
    }

    [Theory]
    [InlineData("", "<url ", "")]
    [InlineData("<url>", "<loc ", "</url>")]
    [InlineData("<url><loc>", " ", "]</url>")]
    public async Task Keep_the_whole_entries_before_a_million_damaged_ones(string before, string damage, string after)
    {
        var damaged = new StringBuilder(before).Insert(before.Length, damage, 1_000_000).Append(after);

        var pages = await ReadAsync(Encoding.UTF8.GetBytes($"<urlset><url><loc>/a</loc></url>{damaged}"));

        (Paths(pages), pages.Complete).ShouldBe(("/a", false));
    }

    [Fact]
    public async Task Keep_the_whole_entries_of_a_compressed_file_that_is_cut_off()
    {
        var names = Enumerable.Range(0, 500).Select(i => Convert.ToHexString(BitConverter.GetBytes(i * 7919)));
        var entries = string.Concat(names.Select(name => $"<url><loc>/{name}</loc></url>"));
        var whole = Gzip(Encoding.UTF8.GetBytes($"<urlset>{entries}</urlset>"));

        var pages = await ReadAsync(whole[..(whole.Length / 2)]);

        pages.Pages.Count.ShouldBeInRange(50, 450);
        pages.Complete.ShouldBeFalse();
    }

    [Theory]
    [InlineData("<!-- generated by a plug-in -->\n")]
    [InlineData("<!-- <urlset> -->\n")]
    [InlineData("<br />\n<b>Warning</b>:  Undefined variable $x in <b>/var/www/map.php</b> on line <b>7</b><br />\n")]
    [InlineData("Notice: Undefined variable: x in /var/www/map.php on line 7\n")]
    [InlineData("PHP Deprecated: https://site.example/x is old\n\n")]
    [InlineData("<html><body><p>a & b")]
    public async Task Read_what_follows_a_warning_of_the_server(string before)
    {
        foreach (var declaration in new[] { "<?xml version='1.0' encoding='UTF-8'?>\n", "" })
        {
            var map = $"{declaration}<urlset xmlns='x'><url><loc>/a</loc></url><url><loc>/ü</loc></url></urlset>";
            var pages = await ReadAsync(Encoding.UTF8.GetBytes(before + map));
            (Paths(pages), pages.Invalid).ShouldBe(("/a /%C3%BC", 0));
            if (!before.Contains("<urlset>")) (pages.Complete, pages.Problems.Count).ShouldBe((true, 0));
            var prefixed = map.Replace("urlset", "m:urlset").Replace("url>", "m:url>").Replace("loc>", "m:loc>").Replace("xmlns=", "xmlns:m=");
            Paths(await ReadAsync(Encoding.UTF8.GetBytes(before + prefixed))).ShouldBe("/a /%C3%BC");
        }
    }

    [Theory]
    [InlineData("\n<br /><b>Warning</b>: a & b")]
    [InlineData("\n<!-- cached & served in 0.1 s --")]
    [InlineData("\nNotice: something")]
    public async Task Be_complete_when_only_what_follows_is_damaged(string after)
    {
        var pages = await ReadAsync(Encoding.UTF8.GetBytes($"<urlset><url><loc>/a</loc></url><url><loc>/b</loc></url></urlset>{after}"));

        (Paths(pages), pages.Complete).ShouldBe(("/a /b", true));
    }

    [Fact]
    public async Task Drop_the_last_line_of_a_compressed_list_that_is_cut_off()
    {
        var names = Enumerable.Range(0, 500).Select(i => Convert.ToHexString(BitConverter.GetBytes(i * 7919)));
        var lines = names.Select(name => $"https://site.example/{name}/end");
        var whole = Gzip(Encoding.UTF8.GetBytes(string.Join('\n', lines)));

        var pages = await ReadAsync(whole[..(whole.Length / 2)]);

        pages.Pages.Count.ShouldBeInRange(50, 450);
        pages.Pages.ShouldAllBe(page => page.Address.AbsolutePath.EndsWith("/end"));
        pages.Complete.ShouldBeFalse();
        (await ReadAsync(whole)).Pages.Count.ShouldBe(500);
    }

    [Theory]
    [InlineData("https://site.example/a\nsite.example/b\nwww.site.example/c\nSITE.example:443/d", "/a /b /c /d", 0)]
    [InlineData("site.example/a\n# pages\nshop.example/b\nnot an address\n/c", "/a", 3)]
    [InlineData("<urlset><url><loc>www.site.example/a</loc></url><url><loc>site.example</loc></url></urlset>", "/a /", 0)]
    [InlineData("<urlset><url><loc>site.example:443/a?b=1</loc></url><url><loc>//site.example/b</loc></url></urlset>", "/a?b=1 /b", 0)]
    [InlineData("<urlset><url><loc>www.shop.example/a</loc></url><url><loc>page.html</loc></url></urlset>", "/page.html", 1)]
    public async Task Complete_the_sites_own_addresses_that_lack_a_scheme(string map, string paths, int invalid)
    {
        var pages = await ReadAsync(Encoding.UTF8.GetBytes(map));

        (Paths(pages), pages.Invalid).ShouldBe((paths, invalid));
        pages.Pages.ShouldAllBe(page => page.Address.Authority == "site.example");
    }

    [Fact]
    public async Task Read_a_site_map_of_up_to_50_megabytes()
    {
        var entry = $"<url><loc>{{site}}/a</loc><!-- {new string('x', 10_000)} --></url>";
        await using var site = await TestSite.StartAsync(async context =>
        {
            if (context.Request.Path == "/robots.txt")
            {
                context.Response.StatusCode = 404;
                return;
            }

            // 27 MB, and 54 MB.
            var count = context.Request.Path == "/large.xml" ? 2_700 : 5_400;
            await context.Response.WriteAsync("<urlset>");
            for (var i = 0; i < count; i++)
                await context.Response.WriteAsync(entry.Replace("{site}/a", $"/{i}", StringComparison.Ordinal));
            await context.Response.WriteAsync("</urlset>");
        });
        var options = site.Allowed with { Timeout = TimeSpan.FromMinutes(2) };
        var clock = TimeProvider.System;
        var visit = new SiteVisit(TestOutbound.Fetcher(options), new HostQueue(options, clock), options, clock, Ct);
        var maps = new SiteMap(visit.FetchSiteMapAsync, clock);

        var large = await maps.ReadAsync(site["/large.xml"], 10_000, Ct);
        (large.Pages.Count, large.Complete).ShouldBe((2_700, true));

        // A larger one is cut off.
        var tooLarge = await new SiteMap(visit.FetchSiteMapAsync, clock).ReadAsync(site["/too-large.xml"], 10_000, Ct);
        tooLarge.Pages.Count.ShouldBeInRange(5_000, 5_300);
        tooLarge.Complete.ShouldBeFalse();
    }

    public static TheoryData<string, string> Spellings()
    {
        string[] origins = ["http://acme.example", "https://acme.example", "http://www.acme.example", "https://www.acme.example"];
        var spellings = new TheoryData<string, string>();
        foreach (var asked in origins)
            foreach (var named in origins) spellings.Add(asked, named);
        return spellings;
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Find_the_pages_of_a_site_however_its_host_is_written(string asked, string named)
    {
        var pages = await ReadAsync(
            Encoding.UTF8.GetBytes($"<urlset><url><loc>{named}/a</loc></url><url><loc>{named}:81/b</loc></url></urlset>"),
            $"{asked}/sitemap.xml");

        pages.Pages.ShouldHaveSingleItem().Address.AbsoluteUri.ShouldBe($"{asked}/a");
        pages.OtherSites.ShouldHaveSingleItem().Value.ShouldBe(1);
    }

    [Fact]
    public async Task Count_the_entries_that_it_leaves_out()
    {
        var pages = await ReadAsync(
            """
            <urlset><url><loc>/a</loc></url><url><loc>https://shop.example/x</loc></url><url><loc>https://shop.example/y</loc></url>
            <url><loc>https://blog.example/</loc></url><url><loc>mailto:a@b.example</loc></url></urlset>
            """u8.ToArray());

        pages.OtherSites.ShouldBe(new Dictionary<string, int> { ["shop.example"] = 2, ["blog.example"] = 1 }, ignoreOrder: true);
        (pages.Invalid, pages.Complete).ShouldBe((1, true));
    }

    private static Task<ListedPages> ReadAsync(byte[] file, string address = "https://site.example/sitemap.xml") =>
        new SiteMap((_, _) => Task.FromResult<ReadOnlyMemory<byte>>(file), TimeProvider.System).ReadAsync(new Uri(address), 1_000, Ct);

    private static string Paths(ListedPages pages) => string.Join(' ', pages.Pages.Select(page => page.Address.PathAndQuery));

    private static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest)) gzip.Write(bytes);
        return stream.ToArray();
    }
}
