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
    public async Task Fetch_nothing_but_the_loader_and_its_looks_before_the_visitor_shows_interest()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/harbor/"));
        await visit.ShownAsync(visit.Launcher);
        await visit.Launcher.HoverAsync();
        await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        visit.Requests.Where(request => request.Authority == demo.Api.Authority).Select(request => request.AbsolutePath)
            .ShouldBe(["/widget.js", "/api/widget/appearance"]);
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
        // A question that calls for nothing else: the buttons for prices and meetings are loaded when they are shown.
        await visit.AskAsync("How long is the warranty on the frame?");

        var sizes = await Task.WhenAll(bodies);
        sizes.Single(body => body.Path == "/widget.js").Size.ShouldBeLessThanOrEqualTo(3 * 1024);
        sizes.Sum(body => body.Size).ShouldBeLessThanOrEqualTo(46_336);
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

    [Theory]
    [InlineData("harbor", "How long is the battery under warranty?", "700 full charging cycles", "Battery")]
    [InlineData("harbor", "What is the range of the Tide Step?", "90 kilometres", "Tide Step")]
    [InlineData("harbor", "Can I take two children on the cargo bike?", "Two child seats", "Tide Cargo")]
    [InlineData("harbor", "Wie lange dauert das Laden?", "viereinhalb Stunden", "Wie lange dauert das Laden?")]
    [InlineData("harbor", "Can you recommend a film for tonight?", "I could not find anything about that", null)]
    [InlineData("lumen", "Which plan has single sign-on?", "Scale plan", "Single sign-on")]
    [InlineData("lumen", "How often are the encryption keys rotated?", "90 days", "Page 3")]
    [InlineData("lumen", "How do we move from Zendesk?", "Zendesk, Freshdesk, Help Scout and Front", "Moving to Lumen Desk")]
    [InlineData("lumen", "¿Dónde se guardan nuestros datos?", "Fráncfort y Dublín", "¿Dónde se guardan nuestros datos?")]
    [InlineData("lumen", "Who won the last World Cup?", "I could not find anything about that", null)]
    public async Task Show_with_its_suggested_questions_what_it_can_do(string site, string question, string words, string? source)
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, $"/{site}/"));
        await visit.OpenPanelAsync();

        var answer = await visit.AskAsync(question);

        (await answer.InnerTextAsync()).ShouldContain(words);
        if (source is null)
        {
            await Assertions.Expect(answer.Locator(".source-chip")).ToHaveCountAsync(0);
            return;
        }

        await answer.Locator(".source-chip").First.ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".source")).ToContainTextAsync(source);
        visit.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("de-DE", "Was kostet die Lieferung nach Dänemark?", "89 Euro")]
    [InlineData("es-ES", "¿Cuánto tarda la carga?", "cuatro horas y media")]
    [InlineData("ar", "كم مدة ضمان البطارية؟", "700 دورة شحن كاملة")]
    public async Task Answer_in_the_visitors_language_what_the_company_has_written(string locale, string question, string words)
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Api, "/widget/harbor"), new() { Locale = locale });

        (await (await visit.AskAsync(question)).InnerTextAsync()).ShouldContain(words);
    }

    [Fact]
    public async Task Understand_a_follow_up()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        await visit.AskAsync("How long is the battery under warranty?");

        (await (await visit.AskAsync("And the frame?")).InnerTextAsync()).ShouldContain("five years");
    }

    [Fact]
    public async Task Ask_a_question_of_the_start_page()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, demo.Demo);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "How long is the battery under warranty?" }).ClickAsync();

        await visit.ShownAsync(visit.Answers.First);
        (await visit.Answers.First.InnerTextAsync()).ShouldContain("700 full charging cycles");
        new Uri(visit.Page.Url).PathAndQuery.ShouldBe("/harbor/");

        // Where the citation leads to, the passage is marked.
        await visit.Answers.First.Locator(".source-chip").First.ClickAsync();
        var address = await visit.Page.Locator(".source a").GetAttributeAsync("href");
        await visit.Page.GotoAsync(address!);
        (await visit.Page.Locator("section:has(> :target)").InnerTextAsync()).ShouldContain("700 full charging cycles");
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Lead_from_the_start_page_to_everything()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, demo.Demo);
        var links = await visit.Page.EvaluateAsync<string[]>("() => [...new Set([...document.links].map((link) => link.href))]");

        var api = demo.Api.GetLeftPart(UriPartial.Authority);
        var site = demo.Demo.GetLeftPart(UriPartial.Authority);
        string[] expected =
            [$"{site}/harbor/", $"{site}/lumen/", $"{api}/widget/harbor", $"{api}/widget/lumen", $"{api}/reference"];
        foreach (var link in expected) links.ShouldContain(link);
        foreach (var link in links) (await demo.Http.GetAsync(link)).IsSuccessStatusCode.ShouldBeTrue(link);
        (await visit.Page.Locator("main").InnerTextAsync()).ShouldContain("The simulated avatar is a drawing.");
        (await demo.Http.GetAsync(new Uri(demo.Demo, "/docs/..%2fREADME.md"))).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/docs/configuration.md")]
    [InlineData("/harbor/")]
    [InlineData("/harbor/prices.html")]
    [InlineData("/lumen/")]
    [InlineData("/lumen/plans.html")]
    public async Task Have_accessible_pages_that_fit_a_phone(string path)
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            foreach (var width in (int[])[1280, 390])
            {
                await using var visit = await WidgetPage.OpenAsync(
                    chromium,
                    new Uri(demo.Demo, path),
                    new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 844 } });

                (await visit.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
                (await visit.ViolationsAsync()).ShouldBeEmpty($"{path}, {scheme}, {width}");
                visit.Errors.ShouldBeEmpty();
            }
        }
    }

    [Fact]
    public async Task Open_the_sites_menu_by_keyboard_on_a_phone()
    {
        await using var visit = await WidgetPage.OpenAsync(
            chromium,
            new Uri(demo.Demo, "/harbor/"),
            new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Locator("summary", new() { HasTextString = "Support" }).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");

        await visit.Page.Locator("nav").GetByRole(AriaRole.Link, new() { Name = "Warranty" }).ClickAsync();
        await visit.Page.WaitForURLAsync("**/harbor/warranty.html");
    }

    [Fact]
    public async Task Answer_a_suggested_question()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/harbor/"));
        await visit.OpenPanelAsync();

        await visit.Page.GetByRole(AriaRole.List, new() { Name = "Suggested questions" })
            .GetByRole(AriaRole.Button, new() { Name = "What is the range of the Tide Step?" })
            .ClickAsync();

        await visit.ShownAsync(visit.Answers.First);
        (await visit.Answers.First.InnerTextAsync()).ShouldContain("90 kilometres");
        (await visit.Page.Locator(".suggestions").CountAsync()).ShouldBe(0);
    }
}
