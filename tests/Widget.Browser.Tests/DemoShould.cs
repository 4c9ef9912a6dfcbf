using Microsoft.Playwright;

namespace Widget.Browser.Tests;

/// <summary>What a newcomer tries first: ./run, then the demo pages.</summary>
public sealed class DemoShould(DemoInstallation demo, Chromium chromium)
{
    [Theory]
    [InlineData("How long is the battery under warranty?", "700 full charging cycles", "Warranty", "/harbor/warranty.html#battery")]
    [InlineData("What does delivery to Denmark cost?", "89 euros", "Shipping", "/harbor/shipping.html#cost")]
    [InlineData("Can I take two children on the cargo bike?", "Two child seats", "Tide Cargo", "/harbor/tide-cargo.html#children")]
    public async Task Answer_from_the_companys_own_pages_and_cite_the_passage(string question, string words, string title, string address)
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/harbor/"));
        await visit.OpenPanelAsync();

        var answer = await visit.AskAsync(question);

        (await answer.InnerTextAsync()).ShouldContain(words);
        await answer.Locator(".source-chip").First.ClickAsync();
        var source = visit.Page.Locator(".source");
        (await source.Locator("h2").InnerTextAsync()).ShouldBe(title);
        (await source.Locator("blockquote").InnerTextAsync()).ShouldContain(words);
        (await source.Locator("a").GetAttributeAsync("href")).ShouldBe(new Uri(demo.Demo, address).AbsoluteUri);
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Not_know_the_other_companys_pages_and_offer_a_person()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/harbor/"));
        await visit.OpenPanelAsync();

        var answer = await visit.AskAsync("Which plan has single sign-on?");
        (await answer.InnerTextAsync()).ShouldContain("I could not find anything about that");
        (await answer.Locator(".source-chip").CountAsync()).ShouldBe(0);
        await answer.Locator("button.offer").ClickAsync();
        await visit.Page.GetByLabel("E-mail address").FillAsync("ada@example.com");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Send request" }).ClickAsync();
        await visit.ShownAsync(visit.Page.GetByText("Thanks. Our team will reply to ada@example.com."));

        await using var other = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/lumen/"));
        await other.OpenPanelAsync();
        (await (await other.AskAsync("Which plan has single sign-on?")).InnerTextAsync()).ShouldContain("Scale plan");
    }

    [Fact]
    public async Task Cite_the_page_of_an_uploaded_pdf()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/lumen/"));
        await visit.OpenPanelAsync();

        var answer = await visit.AskAsync("How often are the encryption keys rotated?");

        (await answer.InnerTextAsync()).ShouldContain("90 days");
        await answer.Locator(".citation").First.ClickAsync();
        (await visit.Page.Locator(".source .where").InnerTextAsync()).ShouldContain("Page 3");
    }

    [Fact]
    public async Task Fetch_nothing_but_the_loader_before_the_visitor_shows_interest()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/harbor/"));
        await visit.ShownAsync(visit.Launcher);
        await visit.Launcher.HoverAsync();
        await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        visit.Requests.Where(request => request.Authority == demo.Api.Authority).Select(request => request.AbsolutePath)
            .ShouldBe(["/widget.js"]);
    }

    [Fact]
    public async Task Stay_within_its_size_budget()
    {
        var bodies = new List<Task<(string Path, int Size)>>();
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/harbor/"), before: visit =>
        {
            visit.Page.Response += (_, response) =>
            {
                if (response.Url.StartsWith(demo.Api.AbsoluteUri) && response.Request.Method == "GET") bodies.Add(SizeAsync(response));
            };
            return Task.CompletedTask;
        });
        await visit.OpenPanelAsync();
        await visit.AskAsync("What does delivery cost?");

        var sizes = await Task.WhenAll(bodies);
        sizes.Single(body => body.Path == "/widget.js").Size.ShouldBeLessThanOrEqualTo(3 * 1024);
        sizes.Sum(body => body.Size).ShouldBeLessThanOrEqualTo(45 * 1024);
        sizes.ShouldContain(body => body.Path.StartsWith("/embed/hub-"));

        // The compressed size.
        static async Task<(string, int)> SizeAsync(IResponse response)
        {
            await response.FinishedAsync();
            return (new Uri(response.Url).AbsolutePath, (await response.Request.SizesAsync()).ResponseBodySize);
        }
    }

    [Fact]
    public async Task Be_compressed_and_cached()
    {
        using var client = new HttpClient(new HttpClientHandler { AutomaticDecompression = System.Net.DecompressionMethods.None });
        client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip, br");

        var loader = await client.GetAsync(new Uri(demo.Api, "/widget.js"));
        var module = System.Text.RegularExpressions.Regex.Match(
            await demo.Http.GetStringAsync(new Uri(demo.Api, "/widget.js")),
            @"app-[\w-]+\.js").Value;
        var app = await client.GetAsync(new Uri(demo.Api, $"/embed/{module}"));

        loader.Content.Headers.ContentEncoding.ShouldNotBeEmpty();
        app.Content.Headers.ContentEncoding.ShouldNotBeEmpty();
        loader.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromMinutes(5));
        app.Headers.CacheControl!.ToString().ShouldContain("immutable");
        app.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
    }

    [Fact]
    public async Task Offer_the_hosted_page()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Api, "/widget/harbor"));
        await visit.ShownAsync(visit.Page.Locator(".suggestions"));
        (await visit.Launcher.CountAsync()).ShouldBe(0);

        (await (await visit.AskAsync("What does delivery to Denmark cost?")).InnerTextAsync()).ShouldContain("89 euros");
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Answer_a_suggested_question()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/harbor/"));
        await visit.OpenPanelAsync();

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "What is the range of the Tide Step?" }).ClickAsync();

        await visit.ShownAsync(visit.Answers.First);
        (await visit.Answers.First.InnerTextAsync()).ShouldContain("90 kilometres");
        (await visit.Page.Locator(".suggestions").CountAsync()).ShouldBe(0);
    }
}
