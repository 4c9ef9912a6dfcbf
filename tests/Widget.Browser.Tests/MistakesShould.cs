using System.Collections.Concurrent;
using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests;

/// <summary>Mistakes in the tag or in calls: they are explained on the browser's console, and the page keeps working.</summary>
public sealed class MistakesShould(DemoInstallation demo, Chromium chromium)
{
    [Fact]
    public async Task Be_reported_once_on_the_console_and_break_nothing()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin, documents: ("Lamps", "The desk lamp costs ten euros and is made of brass."));
        var api = demo.Api.GetLeftPart(UriPartial.Authority);
        // The policy from docs/embedding.md.
        site.ContentSecurityPolicy = $"default-src 'none'; script-src {api}; connect-src {api} {api.Replace("http", "ws")}; img-src data:";
        site.Html = CustomerSite.Tag(demo, tenant.SiteKey, "data-color=\"blu\" data-position=\"middle\" data-colour=\"#fff\"");
        var said = new ConcurrentQueue<string>();
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address, before: visit =>
        {
            visit.Page.Console += (_, message) => said.Enqueue($"{message.Type}: {message.Text}");
            return Task.CompletedTask;
        });
        await visit.ShownAsync(visit.Launcher);

        var went = await visit.Page.EvaluateAsync<string>("""
            async () => {
              Widget.opne();
              Widget.opne();
              Widget('identify', 42);
              Widget.on('opend', () => {});
              Widget.push(['levitate']);
              await Widget;
              return 'on';
            }
            """);
        went.ShouldBe("on");
        await Eventually.TrueAsync(() => said.Count(line => line.StartsWith("warning: Widget: ", StringComparison.Ordinal)) >= 7);
        var warnings = said.Where(
            line => line.StartsWith("warning: Widget: ", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var expected = new[]
        {
            "Widget.identify(42) has invalid arguments. It takes an object",
            "Widget.on(\"opend\", function) has invalid arguments. It takes an event (ready, open,",
            "data-color=\"blu\" is ignored. It must be a color as #rrggbb",
            "data-position=\"middle\" is ignored. It must be right or left.",
            "the tag has no attribute data-colour. Did you mean data-color?",
            "there is no Widget.levitate(). Use one of: open,",
            "there is no Widget.opne(). Did you mean open?",
        };
        warnings.Count.ShouldBe(expected.Length, string.Join('\n', said));
        foreach (var words in expected) warnings.ShouldContain(
            line => line.StartsWith($"warning: Widget: {words}", StringComparison.Ordinal) && line.Contains("docs/embedding.md"));

        // Valid calls work in both forms, and the tenant's settings replace the invalid values.
        await visit.Page.EvaluateAsync("() => Widget('open')");
        (await (await visit.AskAsync("What does the desk lamp cost?")).InnerTextAsync()).ShouldContain("ten euros");
        (await visit.Launcher.EvaluateAsync<string>("launcher => getComputedStyle(launcher).backgroundColor")).ShouldBe("rgb(47, 91, 234)");
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Load_nothing_if_there_are_none()
    {
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin);
        site.Html = CustomerSite.Tag(demo, tenant.SiteKey, "data-color=\"#0b6e6e\" data-locale=\"de\"");
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await visit.ShownAsync(visit.Launcher);

        await visit.Page.EvaluateAsync("() => { Widget.identify({ id: '1' }); Widget.on('open', () => {}); }");
        await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        visit.Requests.ShouldNotContain(request => request.AbsolutePath.StartsWith("/embed/"));
    }
}
