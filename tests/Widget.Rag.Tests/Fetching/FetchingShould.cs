using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Http;
using Widget.Platform.Outbound;
using Widget.Rag.Fetching;
using Widget.Testing;

namespace Widget.Rag.Tests.Fetching;

public sealed class FetchingShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.8.8.8", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd12:3456::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("2606:4700::1111", true)]
    public void Recognise_private_addresses(string address, bool isPublic) =>
        PublicAddress.IsPublic(IPAddress.Parse(address)).ShouldBe(isPublic);

    [Theory]
    [InlineData("http://127.0.0.1:{port}/")]
    [InlineData("http://localhost:{port}/")]
    [InlineData("http://[::1]:{port}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{port}/")]
    [InlineData("http://2130706433:{port}/")]
    [InlineData("http://0x7f.1:{port}/")]
    [InlineData("http://0:{port}/")]
    public async Task Never_reach_the_local_machine(string address)
    {
        var reached = 0;
        await using var site = await TestSite.StartAsync(_ =>
        {
            Interlocked.Increment(ref reached);
            return Task.CompletedTask;
        });

        var failure = await FailureAsync(new FetchOptions(), new Uri(address.Replace("{port}", $"{site.Address.Port}")));

        failure.ShouldContain("not on the public internet");
        reached.ShouldBe(0);
    }

    [Fact]
    public async Task Not_follow_a_redirect_to_a_private_address()
    {
        var reached = 0;
        await using var inner = await TestSite.StartAsync(_ =>
        {
            Interlocked.Increment(ref reached);
            return Task.CompletedTask;
        });
        await using var outer = await TestSite.StartAsync(context =>
        {
            context.Response.Redirect(inner.Address.AbsoluteUri);
            return Task.CompletedTask;
        });

        // Only the first host is allowed. Both are on loopback, so only the check at the redirect can tell them apart.
        (await FailureAsync(outer.Allowed, outer.Address)).ShouldContain("not on the public internet");
        reached.ShouldBe(0);
    }

    [Fact]
    public async Task Not_follow_a_redirect_to_a_file()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.Headers.Location = "file:///etc/passwd";
            context.Response.StatusCode = 302;
            return Task.CompletedTask;
        });

        (await FailureAsync(site.Allowed, site.Address)).ShouldContain("Only http and https");
    }

    [Theory]
    [InlineData("Location", "//:80")]
    [InlineData("Location", "//host:99999/")]
    [InlineData("Location", "//a b/")]
    [InlineData("Content-Encoding", "gzip")]
    [InlineData("Content-Encoding", "br")]
    public async Task Explain_server_errors(string header, string value)
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.Headers[header] = value;
            context.Response.StatusCode = header == "Location" ? 302 : 200;
            return context.Response.WriteAsync("this is not compressed");
        });

        (await FailureAsync(site.Allowed, site.Address)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Follow_a_limited_number_of_redirects()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            var hop = int.Parse(context.Request.Path.Value![1..]);
            if (hop == 3) return context.Response.WriteAsync("here");
            context.Response.Redirect($"/{(hop < 100 ? hop + 1 : hop == 100 ? 101 : 100)}");
            return Task.CompletedTask;
        });
        var fetcher = TestOutbound.Fetcher(site.Allowed);

        var page = await fetcher.FetchAsync(site["/0"], Ct);
        page.Address.ShouldBe(site["/3"]);
        (await FailureAsync(site.Allowed, site["/100"])).ShouldContain("redirects more than 10 times");
    }

    [Theory]
    [InlineData(404, "no page at")]
    [InlineData(403, "without signing in")]
    [InlineData(500, "error of its own")]
    [InlineData(429, "fewer requests")]
    public async Task Report_the_servers_status(int status, string words)
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        (await FailureAsync(site.Allowed, site.Address)).ShouldContain(words);
    }

    [Fact]
    public async Task Give_up_on_a_page_that_never_ends()
    {
        await using var site = await TestSite.StartAsync(async context =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                await context.Response.WriteAsync("more ");
                await context.Response.Body.FlushAsync();
                await Task.Delay(50, context.RequestAborted);
            }
        });

        (await FailureAsync(site.Allowed with { Timeout = TimeSpan.FromMilliseconds(500) }, site.Address))
            .ShouldContain("did not deliver the page within");
    }

    [Fact]
    public async Task Stop_at_a_size_after_decompression()
    {
        await using var site = await TestSite.StartAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 200; i++) await gzip.WriteAsync(zeros, context.RequestAborted);
        });

        (await FailureAsync(site.Allowed with { MaxBytes = 5 << 20 }, site.Address)).ShouldContain("larger than 5 MB");
    }

    [Fact]
    public async Task Report_a_host_that_does_not_exist() =>
        (await FailureAsync(new FetchOptions(), new Uri("http://no-such-host.invalid/")))
            .ShouldContain("There is no host called no-such-host.invalid");

    private static async Task<string> FailureAsync(FetchOptions options, Uri address)
    {
        var fetcher = TestOutbound.Fetcher(options);
        return (await Should.ThrowAsync<IngestionFailureException>(() => fetcher.FetchAsync(address, Ct))).Message;
    }
}
