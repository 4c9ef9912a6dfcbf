using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests;

/// <summary>The tag on customers' pages, which may have strict policies, conflicting styles or errors.</summary>
public sealed class EmbeddingShould(DemoInstallation demo, Chromium chromium)
{
    private static readonly (string Title, string Text)[] Lamps = [("Lamps", "The desk lamp costs ten euros and is made of brass.")];

    [Fact]
    public async Task Work_under_a_strict_content_security_policy()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin, documents: Lamps);
        site.Html = CustomerSite.Tag(demo, tenant.SiteKey);
        var api = demo.Api.GetLeftPart(UriPartial.Authority);
        site.ContentSecurityPolicy = $"default-src 'none'; script-src {api}; connect-src {api} {api.Replace("http", "ws")}; img-src data:";
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await visit.OpenPanelAsync();

        (await (await visit.AskAsync("What does the desk lamp cost?")).InnerTextAsync()).ShouldContain("ten euros");

        visit.Errors.ShouldBeEmpty();
        // The styles are applied, too: the panel is in its corner and not in the flow of the page.
        (await visit.Panel.EvaluateAsync<string>("panel => getComputedStyle(panel).position")).ShouldBe("fixed");
    }

    [Fact]
    public async Task Keep_its_styles_and_the_pages_styles_apart()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin, documents: Lamps);
        site.Html = $$"""
            <style>
              * { color: rgb(255, 0, 0) !important; font-size: 40px !important; display: block }
              button { background: lime !important }
              .panel, .thread { display: none !important }
            </style>
            <p class="panel bubble message" id="own">Mine</p>
            <script>window.before = Object.keys(window)</script>{{CustomerSite.Tag(demo, tenant.SiteKey)}}
            """;
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await visit.OpenPanelAsync();

        (await visit.Page.Locator(".home .hero > p").Last.EvaluateAsync<string>("text => getComputedStyle(text).fontSize"))
            .ShouldBe("15px");
        (await visit.Panel.IsVisibleAsync()).ShouldBeTrue();
        (await visit.Page.EvaluateAsync<string[]>(
            "() => Object.keys(window).filter((key) => !window.before.includes(key) && key !== 'before')"))
            .ShouldBe(["Widget"]);
        (await visit.Page.EvaluateAsync<string>("() => getComputedStyle(document.getElementById('own')).position")).ShouldBe("static");
    }

    [Fact]
    public async Task Follow_the_pages_calls()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin, documents: Lamps);
        // Calls that are queued before the tag has loaded.
        site.Html = """
            <script>
              window.heard = [];
              (window.Widget ||= []).push(['on', 'ready', () => heard.push('ready')]);
              window.Widget.push(['on', 'message', (detail) => heard.push('message:' + detail.text)]);
              window.Widget.push(['identify', { id: 'u1', name: 'Ada', email: 'ada@example.com' }]);
              window.Widget.push(['setContext', { product: 'lamp' }]);
            </script>
            """ + CustomerSite.Tag(demo, tenant.SiteKey);
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await visit.ShownAsync(visit.Launcher);
        visit.Requests.ShouldNotContain(request => request.AbsolutePath.StartsWith("/embed/"));

        await visit.Page.EvaluateAsync("""
            () => {
              Widget.on('answer', (detail) => heard.push('answer:' + detail.outcome));
              Widget.on('open', () => heard.push('open'));
              window.onClose = () => heard.push('close');
              Widget.on('close', onClose);
            }
            """);
        await visit.Page.EvaluateAsync("() => Widget.ask('What does the desk lamp cost?')");
        await visit.ShownAsync(visit.Answers.First);
        await visit.Page.EvaluateAsync("() => Widget.close()");
        await Assertions.Expect(visit.Panel).ToBeHiddenAsync();
        await visit.Page.EvaluateAsync("() => { Widget.off('close', onClose); Widget.toggle(); }");
        await visit.ShownAsync(visit.Panel);
        await visit.Page.EvaluateAsync("() => { Widget.toggle(); Widget.open(); }");
        await visit.ShownAsync(visit.Panel);

        await visit.Page.WaitForFunctionAsync("() => heard.includes('answer:quoted')");
        (await visit.Page.EvaluateAsync<string[]>("() => heard")).ShouldBe(
            ["ready", "open", "message:What does the desk lamp cost?", "answer:quoted", "close", "open", "open"],
            ignoreOrder: true);
        visit.Requests.ShouldContain(request => request.AbsolutePath == "/api/widget/identify");
        visit.Requests.ShouldContain(request => request.AbsolutePath.EndsWith("/context"));

        await visit.Page.EvaluateAsync("() => Widget.destroy()");
        (await visit.Page.Locator("#widget-root").CountAsync()).ShouldBe(0);
        (await visit.Page.EvaluateAsync<bool>("() => 'Widget' in window")).ShouldBeFalse();
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ignore_a_second_tag()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin);
        var tag = CustomerSite.Tag(demo, tenant.SiteKey);
        site.Html = tag + tag;
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await visit.ShownAsync(visit.Launcher);

        (await visit.Launcher.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Apply_the_tenants_theme_and_remember_it()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(
            site.Origin,
            new { agentName = "Nora", greeting = "Moin!", theme = new { color = "#ffd400", position = "left", scheme = "dark" } });
        site.Html = CustomerSite.Tag(demo, tenant.SiteKey);
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await visit.OpenPanelAsync();

        await visit.ShownAsync(visit.Page.GetByText("Moin!"));
        (await visit.Page.Locator(".head").EvaluateAsync<string>(
            "head => getComputedStyle(head).backgroundColor + getComputedStyle(head).color"))
            .ShouldBe("rgb(255, 212, 0)rgb(0, 0, 0)");
        (await visit.Panel.EvaluateAsync<string>("panel => getComputedStyle(panel).backgroundColor")).ShouldBe("rgb(22, 24, 29)");
        (await visit.Launcher.BoundingBoxAsync())!.X.ShouldBeLessThan(100);

        // On the next page, the launcher has the right color before any request to the server.
        await visit.Page.ReloadAsync();
        (await visit.Launcher.EvaluateAsync<string>("launcher => getComputedStyle(launcher).backgroundColor")).ShouldBe("rgb(255, 212, 0)");
        (await visit.Launcher.BoundingBoxAsync())!.X.ShouldBeLessThan(100);
    }

    [Fact]
    public async Task Say_why_it_is_not_available()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync("https://somewhere.else.example");
        site.Html = CustomerSite.Tag(demo, tenant.SiteKey);
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await visit.Launcher.ClickAsync();
        await visit.ShownAsync(visit.Page.GetByText("Chat isn't available right now."));
        await Assertions.Expect(visit.Field).ToBeHiddenAsync();

        // The retry button disappears, and the focus stays in the panel.
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator("#widget-root .thread")).ToBeFocusedAsync();
        await visit.ShownAsync(visit.Page.GetByText("Chat isn't available right now."));
    }

    [Fact]
    public async Task Show_a_loading_error_and_allow_a_retry()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin);
        site.Html = CustomerSite.Tag(demo, tenant.SiteKey);
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await visit.Page.RouteAsync("**/embed/*", route => route.AbortAsync());

        await visit.Launcher.ClickAsync();
        await Assertions.Expect(visit.Launcher).ToHaveAttributeAsync("aria-label", "The chat couldn't be loaded. Try again");

        await visit.Page.UnrouteAllAsync();
        await visit.OpenPanelAsync();
        (await visit.Launcher.GetAttributeAsync("title")).ShouldBeNull();
    }

    [Fact]
    public async Task Leave_nothing_behind_when_destroyed_while_loading()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin);
        site.Html = CustomerSite.Tag(demo, tenant.SiteKey);
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        var sockets = new List<IWebSocket>();
        visit.Page.WebSocket += (_, socket) => sockets.Add(socket);
        await visit.ShownAsync(visit.Launcher);

        var loaded = visit.Page.WaitForResponseAsync("**/embed/app-*");
        await visit.Page.EvaluateAsync("() => { Widget.open(); Widget.destroy(); }");
        await loaded;
        visit.Requests.ShouldNotContain(request => request.AbsolutePath == "/api/widget/session");

        // The same while the session is being opened.
        await visit.Page.ReloadAsync();
        await visit.ShownAsync(visit.Launcher);
        var opened = new TaskCompletionSource();
        await visit.Page.RouteAsync("**/api/widget/session", async route =>
        {
            opened.SetResult();
            await Task.Delay(300);
            await route.ContinueAsync();
        });
        var answered = visit.Page.WaitForResponseAsync("**/api/widget/session");
        await visit.Launcher.ClickAsync();
        await opened.Task;
        await visit.Page.EvaluateAsync("() => Widget.destroy()");
        await answered;
        // Anything that was left behind would connect now.
        await Task.Delay(500);

        sockets.ShouldBeEmpty();
        (await visit.Page.Locator("#widget-root").CountAsync()).ShouldBe(0);
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Work_on_a_page_without_tls()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin, documents: Lamps);
        // Browsers remove this function on such pages.
        site.Html = "<script>delete Crypto.prototype.randomUUID</script>" + CustomerSite.Tag(demo, tenant.SiteKey);
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await visit.OpenPanelAsync();

        (await (await visit.AskAsync("What does the desk lamp cost?")).InnerTextAsync()).ShouldContain("ten euros");
    }

    [Fact]
    public async Task Survive_errors_in_the_pages_code()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin, documents: Lamps);
        site.Html = """
            <script>
              window.Widget = [
                ['levitate', 1],
                ['on', 'ready', () => { throw new Error('mine') }],
                ['on', 'message', () => { throw new Error('mine') }],
              ];
            </script>
            """ + CustomerSite.Tag(demo, tenant.SiteKey, "data-color=\"#fc0\"");
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await visit.OpenPanelAsync();

        (await (await visit.AskAsync("What does the desk lamp cost?")).InnerTextAsync()).ShouldContain("ten euros");

        visit.Errors.ShouldAllBe(error => error.Contains("mine"));
        visit.Errors.Count.ShouldBe(2);
        (await visit.Launcher.EvaluateAsync<string>(
            "launcher => getComputedStyle(launcher).backgroundColor + getComputedStyle(launcher).color"))
            .ShouldBe("rgb(255, 204, 0)rgb(0, 0, 0)");
    }

    [Fact]
    public async Task Return_when_a_router_replaces_the_body()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin, documents: Lamps);
        site.Html = CustomerSite.Tag(demo, tenant.SiteKey);
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await visit.OpenPanelAsync();
        await visit.AskAsync("What does the desk lamp cost?");

        await visit.Page.EvaluateAsync("""
            () => {
              const tag = document.querySelector('script[data-site-key]');
              const again = document.createElement('script');
              again.src = tag.src;
              again.dataset.siteKey = tag.dataset.siteKey;
              document.body = document.createElement('body');
              document.body.append('Another page', again);
            }
            """);

        await visit.ShownAsync(visit.Answers.First);
        await visit.AskAsync("What is the desk lamp made of?");
        (await visit.Page.Locator("#widget-root").CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Report_each_new_answer_to_the_page_once()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin, documents: Lamps);
        site.Html = "<script>window.heard = []; (window.Widget ||= []).push(['on', 'answer', (detail) => heard.push(detail.text)])</script>"
            + CustomerSite.Tag(demo, tenant.SiteKey);
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await visit.OpenPanelAsync();
        await visit.AskAsync("What does the desk lamp cost?");
        await visit.Page.WaitForFunctionAsync("() => heard.length > 0");
        (await visit.Page.EvaluateAsync<string[]>("() => heard")).Length.ShouldBe(1);

        await visit.Page.ReloadAsync();
        await visit.OpenPanelAsync();
        await visit.ShownAsync(visit.Answers.First);
        (await visit.Page.EvaluateAsync<string[]>("() => heard")).ShouldBeEmpty();
        (await visit.Page.Locator("[aria-live=polite]").InnerTextAsync()).ShouldBeEmpty();
        await visit.AskAsync("What is the desk lamp made of?");
        await visit.Page.WaitForFunctionAsync("() => heard.length > 0");
        (await visit.Page.EvaluateAsync<string[]>("() => heard")).ShouldHaveSingleItem().ShouldContain("brass");
    }

    [Fact]
    public async Task Retry_while_the_server_is_unavailable()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin);
        site.Html = CustomerSite.Tag(demo, tenant.SiteKey);
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        var refused = 0;
        await visit.Page.RouteAsync("**/api/**", route =>
        {
            Interlocked.Increment(ref refused);
            return route.FulfillAsync(new() { Status = 503, Body = "{}" });
        });
        await visit.Launcher.ClickAsync();
        await visit.ShownAsync(visit.Page.GetByText("Connection lost. Reconnecting…"));
        // By then it pauses for at least four seconds, so only the click can cause the next attempt.
        await Eventually.TrueAsync(() => Volatile.Read(ref refused) >= 5);

        await visit.Page.UnrouteAllAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();

        await visit.ShownAsync(visit.Content);
    }
}
