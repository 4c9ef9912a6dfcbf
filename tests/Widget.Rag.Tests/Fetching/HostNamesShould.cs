using System.Text;
using Widget.Rag.Fetching;

namespace Widget.Rag.Tests.Fetching;

/// <summary>An international domain name is one host, in Unicode and in ASCII (RFC 5891).</summary>
public sealed class HostNamesShould
{
    private const string Unicode = "müller-räder.de";
    private const string Ascii = "xn--mller-rder-w5a5z.de";

    [Theory]
    [InlineData($"https://{Unicode}/", $"https://{Ascii}/a", true)]
    [InlineData($"https://{Ascii}/", $"http://www.{Unicode}/a", true)]
    [InlineData($"https://www.{Unicode}:8443/", $"https://{Ascii}:8443/a", true)]
    [InlineData($"https://{Unicode}:8443/", $"https://{Ascii}/a", false)]
    [InlineData("https://muller-rader.de/", $"https://{Ascii}/a", false)]
    [InlineData("http://[::1]:81/", "http://[::1]:81/a", true)]
    [InlineData("http://[::1]:81/", "http://[::1]:82/a", false)]
    [InlineData("http://site.example/", "https://www.SITE.example:443/a", true)]
    public void Be_compared_in_one_form(string site, string address, bool same)
    {
        PageAddress.IsSameSite(new Uri(site), new Uri(address)).ShouldBe(same);
        PageAddress.IsSameSite(new Uri(address), new Uri(site)).ShouldBe(same);
        if (!same) return;
        var written = PageAddress.Normalize(PageAddress.OnOriginOf(new Uri(site), new Uri(address)));
        written.AbsoluteUri.ShouldBe(PageAddress.Normalize(new Uri(new Uri(site), "/a")).AbsoluteUri);
    }

    [Theory]
    [InlineData(Unicode, Ascii)]
    [InlineData(Ascii, Unicode)]
    [InlineData(Unicode, Unicode)]
    [InlineData(Ascii, Ascii)]
    public async Task Be_one_site_in_site_maps(string asked, string named)
    {
        var map = Encoding.UTF8.GetBytes(
            $"<urlset><url><loc>https://www.{named}/a</loc></url><url><loc>https://{asked}/a</loc></url></urlset>");
        var maps = new SiteMap((_, _) => Task.FromResult<ReadOnlyMemory<byte>>(map), TimeProvider.System);

        var pages = await maps.ReadAsync(new Uri($"https://{asked}/sitemap.xml"), 10, TestContext.Current.CancellationToken);

        pages.Pages.ShouldHaveSingleItem().Address.AbsoluteUri.ShouldBe($"https://{Ascii}/a");
        pages.OtherSites.ShouldBeEmpty();
    }
}
