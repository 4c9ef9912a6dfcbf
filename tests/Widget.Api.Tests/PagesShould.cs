using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>Single pages of a site: why one is missing, and reading one alone.</summary>
public sealed class PagesShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Say_why_a_page_is_missing()
    {
        await using var site = await StartSiteAsync(path => path switch
        {
            "/robots.txt" => "User-agent: *\nDisallow: /private/",
            "/" => Html("Start of the tides. <a href='/ebb?utm_source=mail'>Ebb</a> <a href='/hidden'>Hidden</a>"),
            "/ebb" => Html("The ebb follows the flood within six hours."),
            "/hidden" => "<meta name=robots content=noindex>" + Html("Not for search engines."),
            "/alone" => Html("Nobody links to this page about currents."),
            "/copy" => "<link rel=canonical href=/ebb>" + Html("The ebb follows the flood within six hours."),
            "/private/x" or "/old/x" => Html("Something that is not read."),
            _ => null,
        });
        var (tenant, address, source) = await ReadAsync(site, exclude: ["/old/**"]);

        (await CheckAsync("/ebb?utm_source=mail")).Verdict.ShouldBe(PageVerdictName.Stored);
        (await CheckAsync("/ebb")).DocumentId.ShouldNotBeNull();
        (await CheckAsync("/hidden")).Verdict.ShouldBe(PageVerdictName.NoIndex);
        var forbidden = await CheckAsync("/private/x");
        (forbidden.Verdict, forbidden.SourceId).ShouldBe((PageVerdictName.RobotsTxt, source));
        var excluded = await CheckAsync("/old/x");
        (excluded.Verdict, excluded.Detail).ShouldBe((PageVerdictName.Excluded, "/old/**"));
        var missing = await CheckAsync("/nothing");
        missing.Verdict.ShouldBe(PageVerdictName.Failed);
        missing.Detail.ShouldNotBeNull().ShouldContain("404");
        (await CheckAsync("/alone")).Verdict.ShouldBe(PageVerdictName.NotLinked);
        var copy = await CheckAsync("/copy");
        (copy.Verdict, copy.Detail).ShouldBe((PageVerdictName.Duplicate, $"{address}ebb"));
        (await CheckAsync("/photo.png")).Verdict.ShouldBe(PageVerdictName.NotAPage);
        (await CheckUrlAsync("https://other.example/")).Verdict.ShouldBe(PageVerdictName.NoSource);
        await (await tenant.Developer.GetAsync("/api/knowledge/pages/check?url=nonsense", Ct))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest);

        Task<PageCheck> CheckAsync(string path) => CheckUrlAsync(new Uri(address, path).AbsoluteUri);

        async Task<PageCheck> CheckUrlAsync(string url) =>
            (await tenant.Developer.GetFromJsonAsync<PageCheck>($"/api/knowledge/pages/check?url={Uri.EscapeDataString(url)}", Ct))!;
    }

    [Fact]
    public async Task Read_one_page_and_leave_the_others_as_they_are()
    {
        var text = "The ebb follows the flood.";
        await using var site = await StartSiteAsync(path => path switch
        {
            "/" => Html("Start of the tides. <a href='/ebb'>Ebb</a> <a href='/broken'>Broken</a>"),
            "/ebb" => Html(text),
            "/alone" => Html("A page that nothing links to."),
            _ => null,
        });
        var (tenant, address, source) = await ReadAsync(site);
        var notices = (await SourceAsync()).Notices;
        notices.ShouldNotBeEmpty();

        text = "The flood follows the ebb.";
        var ebb = (await DocumentsAsync()).Single(document => document.ExternalId == $"{address}ebb");
        (await tenant.FinishedAsync(await tenant.Developer.PostAsync($"/api/knowledge/documents/{ebb.Id}/read", null, Ct))).Done.ShouldBe(1);
        (await tenant.FinishedAsync(await ReadPageAsync("/alone"))).Done.ShouldBe(1);

        var documents = await DocumentsAsync();
        documents.Select(document => document.ExternalId).Order(StringComparer.Ordinal)
            .ShouldBe([address.AbsoluteUri, $"{address}alone", $"{address}ebb"]);
        var changed = documents.Single(document => document.ExternalId == $"{address}ebb");
        var chunks = (await tenant.Developer.GetFromJsonAsync<DocumentChunkPage>($"/api/knowledge/documents/{changed.Id}/chunks", Ct))!;
        chunks.Chunks.ShouldHaveSingleItem().Text.ShouldContain("The flood follows the ebb.");
        (await SourceAsync()).Notices.ShouldBe(notices);

        var failed = (await tenant.Developer.GetFromJsonAsync<UnreadDocumentPage>($"/api/knowledge/documents/failed?source={source}", Ct))!;
        var broken = failed.Documents.ShouldHaveSingleItem();
        (broken.Url, broken.DocumentId, failed.Total).ShouldBe(($"{address}broken", null, 1));
        broken.Error.ShouldContain("404");
        await (await tenant.Developer.PostAsJsonAsync(
            $"/api/knowledge/sources/{source}/pages",
            new { url = "https://other.example/" },
            Ct)).ShouldBeProblemAsync(HttpStatusCode.Conflict);

        async Task<SourceDetail> SourceAsync() =>
            (await tenant.Developer.GetFromJsonAsync<SourceDetail>($"/api/knowledge/sources/{source}", Ct))!;

        async Task<IReadOnlyList<DocumentSummary>> DocumentsAsync() =>
            (await tenant.Developer.GetFromJsonAsync<DocumentPage>("/api/knowledge/documents", Ct))!.Documents;

        Task<HttpResponseMessage> ReadPageAsync(string path) => tenant.Developer.PostAsJsonAsync(
            $"/api/knowledge/sources/{source}/pages",
            new { url = new Uri(address, path).AbsoluteUri },
            Ct);
    }

    private async Task<(TestTenant Tenant, Uri Address, Guid Source)> ReadAsync(WebApplication site, string[]? exclude = null)
    {
        var address = new Uri(site.Urls.First() + "/");
        api.Sites.Add(address.Authority);
        var tenant = await TestTenant.CreateAsync(api);
        var created = await tenant.Developer.PostAsJsonAsync("/api/knowledge/sources", new { kind = "site", url = address, exclude }, Ct);
        var id = (await created.Content.ReadFromJsonAsync<SourceDetail>(Ct))!.Id;
        await Eventually.TrueAsync(
            async () => (await tenant.Developer.GetFromJsonAsync<SourceDetail>($"/api/knowledge/sources/{id}", Ct))!.Status
                is SourceStatusName.Ready or SourceStatusName.Failed,
            "the source has been read");
        return (tenant, address, id);
    }

    private static string Html(string text) => $"<title>Tides</title><main><p>{text}</p></main>";

    private static async Task<WebApplication> StartSiteAsync(Func<string, string?> page)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(async context =>
        {
            var path = context.Request.Path.Value!;
            context.Response.ContentType = path == "/robots.txt" ? "text/plain" : "text/html; charset=utf-8";
            if (page(path) is { } text) await context.Response.WriteAsync(text, Ct);
            else context.Response.StatusCode = 404;
        });
        await app.StartAsync(Ct);
        return app;
    }
}
