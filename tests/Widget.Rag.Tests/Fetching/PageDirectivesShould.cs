using System.Text;
using Widget.Rag.Fetching;

namespace Widget.Rag.Tests.Fetching;

public sealed class PageDirectivesShould
{
    [Theory]
    [InlineData("<meta http-equiv='refresh' content='0; url=/de/'>", "/de/")]
    [InlineData("<META HTTP-EQUIV=REFRESH CONTENT=0;URL=/de/>", "/de/")]
    [InlineData("<meta http-equiv=refresh content=\"3;URL='start.html'\">", "/shop/start.html")]
    [InlineData("<meta content='0,/de/' http-equiv=Refresh>", "/de/")]
    [InlineData("<meta http-equiv=refresh content='0 ; url = \"https://site.example/de/?a=1\" '>", "/de/?a=1")]
    [InlineData("<meta http-equiv=refresh content='.5; ../de/'>", "/de/")]
    [InlineData("<base href='/en/'><meta http-equiv=refresh content='0;url=home'>", "/en/home")]
    [InlineData("<meta http-equiv=refresh content='0;url=home'><BASE HREF=/en/>", "/en/home")]
    [InlineData("<meta http-equiv=refresh content='300; url=/de/'>", null)]
    [InlineData("<meta http-equiv=refresh content='5'>", null)]
    [InlineData("<meta http-equiv=refresh content='0;url='>", null)]
    [InlineData("<meta http-equiv=refresh content='0;url=javascript:alert(1)'>", null)]
    [InlineData("<meta http-equiv=refresh content='now;url=/de/'>", null)]
    [InlineData("<meta name=refresh content='0;url=/de/'>", null)]
    public void Read_where_a_page_sends_browsers(string head, string? target) =>
        (Read(head).Refresh?.AbsoluteUri).ShouldBe(target is null ? null : $"https://site.example{target}");

    [Fact]
    public void Resolve_a_canonical_address_by_the_base_of_the_page() =>
        Read("<link rel=canonical href=b><base href=/en/>").Canonical!.AbsolutePath.ShouldBe("/en/b");

    // Browsers that run scripts read the content of noscript as text, and don't follow it.
    [Fact]
    public void Ignore_what_is_meant_for_browsers_without_scripts()
    {
        const string Without =
            "<noscript><meta http-equiv=refresh content='0;url=/nojs'><link rel=canonical href=/nojs>"
            + "<meta name=robots content=noindex></noscript>";

        Read(Without).ShouldSatisfyAllConditions(
            page => page.Refresh.ShouldBeNull(),
            page => page.Canonical.ShouldBeNull(),
            page => page.Index.ShouldBeTrue());
        Read($"{Without}<meta http-equiv=refresh content='0;url=/js'><link rel=canonical href=/shop/>").ShouldSatisfyAllConditions(
            page => page.Refresh!.AbsolutePath.ShouldBe("/js"),
            page => page.Canonical!.AbsolutePath.ShouldBe("/shop/"));
    }

    private static PageDirectives Read(string head) => PageDirectives.Read(
        new RawDocument(Encoding.UTF8.GetBytes(head), MediaTypes.Html, Address: new Uri("https://site.example/shop/")),
        []);
}
