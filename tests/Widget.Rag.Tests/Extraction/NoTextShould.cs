using System.Text;
using Widget.Rag.Reading;
using Widget.Testing;

namespace Widget.Rag.Tests.Extraction;

/// <summary>Pages without any text say why.</summary>
public sealed class NoTextShould
{
    [Theory]
    [InlineData("<div id=root></div><script src=/app.js></script>", "drawn by a script")]
    [InlineData(
        "<noscript>You need to enable JavaScript to run this app.</noscript><div id=app></div><script type=module src=/a.js></script>",
        "drawn by a script")]
    [InlineData("<div id=app><p>Loading…</p></div><script src=/app.js></script>", "drawn by a script")]
    [InlineData("<div>Bitte aktivieren Sie JavaScript.</div><script src=/app.js></script>", "drawn by a script")]
    [InlineData("<iframe src=https://harbor.example/shop></iframe>", "Add that page: https://harbor.example/shop")]
    [InlineData("<meta http-equiv=refresh content='0; url=/new'>", "forwards visitors to another page")]
    [InlineData("<img src=menu.png>", "pictures or media but no text")]
    [InlineData("", "This document has no text.")]
    public async Task Be_explained(string body, string reason)
    {
        var reader = new DocumentReader(Readers.Shared, new Chunker());
        var page = new RawDocument(Encoding.UTF8.GetBytes($"<!doctype html><title>Shop</title>{body}"), MediaTypes.Html);

        var failure = await Should.ThrowAsync<IngestionFailureException>(
            () => reader.ReadAsync("https://harbor.example/", page, new DocumentDescription(), TestContext.Current.CancellationToken));

        failure.Message.ShouldContain(reason);
    }

    [Fact]
    public void Be_read_from_a_frameset() =>
        HtmlExtractor.Extract("<frameset><frame src=/content.html></frameset>", null).NoTextReason!
            .ShouldContain("Add that page: /content.html");

    [Theory]
    [InlineData("<p>Loading ramps: 5 euros</p><script src=a.js></script>")]
    [InlineData("<p>Our JavaScript course begins in May.</p><script src=a.js></script>")]
    public void Not_be_confused_with_short_text(string body) => HtmlExtractor.Extract(body, null).Blocks.ShouldHaveSingleItem();
}
