using System.Net;
using System.Security.Cryptography;
using System.Text;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Widget.Testing;

namespace Widget.Api.Tests.Chat;

public sealed class HostedPageShould(ApiFixture api)
{
    [Fact]
    public async Task Say_who_the_company_is_without_the_chat()
    {
        var tenant = await CompanyAsync();

        var (page, _) = await GetAsync($"/widget/{tenant.Created.Slug}");

        page.QuerySelector("h1")!.TextContent.ShouldBe("Welcome aboard");
        page.QuerySelector(".introduction")!.TextContent.ShouldBe("I know <all> our bikes.");
        page.QuerySelector(".agent strong")!.TextContent.ShouldBe("Jette");
        page.QuerySelectorAll(".questions li").Select(item => item.TextContent).ShouldBe(["What does delivery cost?", "Do you repair?"]);
        page.QuerySelector(".brand img")!.GetAttribute("src").ShouldBe("https://shop.example/logo.png");
        page.QuerySelector("script[data-site-key]")!.GetAttribute("data-site-key").ShouldBe(tenant.Created.SiteKey);
        page.QuerySelector("script[data-site-key]")!.GetAttribute("data-mode").ShouldBe("page");
    }

    [Fact]
    public async Task Have_a_preview_for_links()
    {
        var tenant = await CompanyAsync();

        var (page, _) = await GetAsync($"/widget/{tenant.Created.Slug}");

        var address = $"{api.Node.Address.GetLeftPart(UriPartial.Authority)}/widget/{tenant.Created.Slug}";
        page.Title.ShouldNotBeNull().ShouldStartWith("Harbor Bikes");
        Meta("description").ShouldBe("I know <all> our bikes.");
        Meta("theme-color").ShouldBe("#0b6e6e");
        Meta("og:title").ShouldBe(page.Title);
        Meta("og:description").ShouldBe("I know <all> our bikes.");
        Meta("og:image").ShouldBe("https://shop.example/jette.png");
        Meta("og:url").ShouldBe(address);
        page.QuerySelector("link[rel=canonical]")!.GetAttribute("href").ShouldBe(address);
        page.QuerySelector("link[rel=icon]")!.GetAttribute("href").ShouldBe("https://shop.example/logo.png");

        string? Meta(string name) => page.QuerySelector($"meta[name='{name}'], meta[property='{name}']")?.GetAttribute("content");
    }

    [Fact]
    public async Task Have_a_picture_in_the_preview_of_a_company_without_one()
    {
        // The folder of the built widget, with the files that matter here.
        var folder = Directory.CreateTempSubdirectory("widget-embed-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "widget.js"), "");
        File.Copy(
            Path.Combine(Repository.Root, "src", "Widget.Embed", "src", "preview.png"),
            Path.Combine(folder.FullName, "preview.png"));
        await using var node = await ApiNode.StartAsync(
            api.Database, configure: options => options with { EmbedFolder = folder.FullName });
        var tenant = await TestTenant.CreateAsync(api, node);
        using var client = node.Client();

        var page = Parse(await client.GetStringAsync($"/widget/{tenant.Created.Slug}"));

        var picture = page.QuerySelector("meta[property='og:image']")!.GetAttribute("content").ShouldNotBeNull();
        picture.ShouldStartWith(node.Address.GetLeftPart(UriPartial.Authority));
        var response = await client.GetAsync(new Uri(picture));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        response.Content.Headers.ContentLength.ShouldNotBeNull().ShouldBeInRange(1_000, 300_000);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Speak_the_visitors_language()
    {
        var tenant = await CompanyAsync();

        var (german, response) = await GetAsync($"/widget/{tenant.Created.Slug}", "fr, de-CH;q=0.8, en;q=0.5");
        var (arabic, _) = await GetAsync($"/widget/{tenant.Created.Slug}", "ar");

        german.DocumentElement.GetAttribute("lang").ShouldBe("de");
        german.QuerySelector("h1")!.TextContent.ShouldBe("Moin!");
        german.QuerySelector(".introduction")!.TextContent.ShouldBe("I know <all> our bikes.");
        german.QuerySelectorAll(".questions li").Select(item => item.TextContent).ShouldBe(["Was kostet die Lieferung?"]);
        response.Headers.Vary.ShouldContain("Accept-Language");
        arabic.DocumentElement.GetAttribute("dir").ShouldBe("rtl");
        (await GetAsync("/widget/no-such-company", "es")).Page.QuerySelector("h1")!.TextContent.ShouldBe("Página no encontrada");
    }

    [Fact]
    public async Task Be_found_with_capitals_in_its_slug()
    {
        var tenant = await CompanyAsync();
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = api.Node.Address };

        var response = await client.GetAsync($"/widget/{tenant.Created.Slug.ToUpperInvariant()}?utm_source=card");

        response.StatusCode.ShouldBe(HttpStatusCode.MovedPermanently);
        response.Headers.Location!.OriginalString.ShouldBe($"/widget/{tenant.Created.Slug}?utm_source=card");
        var outside = await client.GetAsync("/widget/%2F%2FEVIL.example");
        outside.Headers.Location?.OriginalString.ShouldStartWith("/widget/");
    }

    [Fact]
    public async Task Allow_only_its_own_style_sheet_and_pictures()
    {
        var tenant = await CompanyAsync("http://localhost:5081/logo.svg");

        var (page, response) = await GetAsync($"/widget/{tenant.Created.Slug}");

        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        var style = page.QuerySelector("style")!.TextContent;
        policy.ShouldContain($"style-src 'self' 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'");
        policy.ShouldContain("img-src 'self' https: data: http://localhost:5081;");
        policy.ShouldNotContain("unsafe-inline");
        page.QuerySelectorAll("[style], [onclick]").ShouldBeEmpty();
        style.ShouldContain("--accent:#0b6e6e");
    }

    [Fact]
    public async Task Be_missing_for_an_unknown_company()
    {
        var (page, response) = await GetAsync("/widget/no-such-company");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        page.QuerySelector("h1")!.TextContent.ShouldBe("Page not found");
    }

    [Fact]
    public async Task Leave_the_root_to_a_page_that_leads_on()
    {
        var (plain, response) = await GetAsync("/");
        await using var node = await ApiNode.StartAsync(
            api.Database,
            configure: options => options with
            {
                Installation = options.Installation with { DemoAddress = new Uri("http://localhost:5081/?a=1&b=2") },
            });
        using var client = node.Client();
        var withDemo = Parse(await client.GetStringAsync("/"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        Links(plain).ShouldBe(["/reference", "/openapi/v1.json", "/health/ready"]);
        Links(withDemo).ShouldBe(["http://localhost:5081/?a=1&b=2", "/reference", "/openapi/v1.json", "/health/ready"]);
        plain.Body!.TextContent.ShouldContain($"{api.Node.Address.GetLeftPart(UriPartial.Authority)}/widget.js");
        plain.Body.TextContent.ShouldNotContain("{");
        var style = plain.QuerySelector("style")!.TextContent;
        response.Headers.GetValues("Content-Security-Policy").Single()
            .ShouldContain(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style))));
        foreach (var link in Links(plain)) (await client.GetAsync(link)).StatusCode.ShouldBe(HttpStatusCode.OK, link);

        static IEnumerable<string?> Links(IHtmlDocument page) => page.QuerySelectorAll("a").Select(link => link.GetAttribute("href"));
    }

    [Fact]
    public async Task Use_the_general_texts_where_a_translation_is_blank()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ConfigureAsync(new
        {
            greeting = "Welcome aboard",
            introduction = "I know all our bikes.",
            translations = new { de = new { greeting = "", introduction = "  ", suggestedQuestions = new[] { "Was kostet das?" } } },
        });

        var (page, _) = await GetAsync($"/widget/{tenant.Created.Slug}", "de");

        page.DocumentElement.GetAttribute("lang").ShouldBe("de");
        page.QuerySelector("h1")!.TextContent.ShouldBe("Welcome aboard");
        page.QuerySelector(".introduction")!.TextContent.ShouldBe("I know all our bikes.");
    }

    private async Task<TestTenant> CompanyAsync(string logo = "https://shop.example/logo.png")
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ConfigureAsync(new
        {
            agentName = "Jette",
            greeting = "Welcome aboard",
            introduction = "I know <all> our bikes.",
            suggestedQuestions = new[] { "What does delivery cost?", "Do you repair?" },
            translations = new { de = new { greeting = "Moin!", suggestedQuestions = new[] { "Was kostet die Lieferung?" } } },
            theme = new { color = "#0b6e6e", logoUrl = logo, portraitUrl = "https://shop.example/jette.png" },
        });
        return tenant;
    }

    private async Task<(IHtmlDocument Page, HttpResponseMessage Response)> GetAsync(string path, string languages = "en")
    {
        using var client = api.Node.Client();
        client.DefaultRequestHeaders.Add("Accept-Language", languages);
        var response = await client.GetAsync(path);
        return (Parse(await response.Content.ReadAsStringAsync()), response);
    }

    private static IHtmlDocument Parse(string html) => new HtmlParser().ParseDocument(html);
}
