using Widget.Testing;

namespace Widget.Browser.Tests.HostPages;

/// <summary>Pages that use the name "Widget" themselves.</summary>
public sealed class NameShould(DemoInstallation demo, Chromium chromium)
{
    [Theory]
    [InlineData("<div id=\"Widget\">Mine</div>", "", "Widget instanceof HTMLDivElement")]
    [InlineData("<form name=\"Widget\"></form><img name=\"Widget\">", "", "Widget.length === 2")]
    [InlineData("<script>class Widget { mine() { return 1 } }</script>", "", "new Widget().mine() === 1")]
    [InlineData("<script>function Widget() { this.mine = 1 }</script>", "", "new Widget().mine === 1")]
    [InlineData("<script>var Widget = { mine: 1 }</script>", "", "Widget.mine === 1")]
    public async Task Stay_the_pages_own(string before, string after, string own)
    {
        await using var page = await HostPage.OpenAsync(demo, chromium, (source, key) => before + HostPage.Tag(source, key) + after);
        await page.Widget.ShownAsync(page.Widget.Launcher);

        (await page.Page.EvaluateAsync<bool>($"() => {own}")).ShouldBeTrue();
        await page.Page.EvaluateAsync("() => window.WidgetChat.open()");
        await page.Widget.ShownAsync(page.Widget.Panel);
        await Eventually.TrueAsync(() => !page.Said.IsEmpty);
        page.Said.ShouldHaveSingleItem().ShouldContain("window.WidgetChat");
        await page.Page.EvaluateAsync("() => window.WidgetChat.destroy()");
        (await page.Page.EvaluateAsync<bool>($"() => {own}")).ShouldBeTrue();
        page.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_the_pages_choice()
    {
        await using var page = await HostPage.OpenAsync(
            demo,
            chromium,
            (source, key) => $"""
                <script>
                  class Widget {"{}"}
                  (window.HelpChat ||= []).push(['open']);
                </script>
                <script async src="{source}" data-site-key="{key}" data-name="HelpChat"></script>
                """);

        await page.Widget.ShownAsync(page.Widget.Panel);
        (await page.Page.EvaluateAsync<bool>("() => 'open' in HelpChat || typeof HelpChat.open === 'function'")).ShouldBeTrue();
        (await page.Page.EvaluateAsync<bool>("() => 'WidgetChat' in window")).ShouldBeFalse();
        page.Said.ShouldBeEmpty();
    }

    [Fact]
    public async Task Not_matter_to_a_page_that_declares_it_later()
    {
        await using var page = await HostPage.OpenAsync(demo, chromium, (source, key) => HostPage.Tag(source, key));
        await page.Widget.ShownAsync(page.Widget.Launcher);

        await page.Page.AddScriptTagAsync(new() { Content = "class Widget { mine() { return 1 } }" });
        (await page.Page.EvaluateAsync<int>("() => new Widget().mine()")).ShouldBe(1);
        // A router inserts the tag again.
        await page.Page.AddScriptTagAsync(new() { Url = $"{demo.Api}widget.js?key={page.Tenant.SiteKey}" });
        await HostPage.OpenPanelAsync(page.Page);

        (await page.Widget.Launcher.CountAsync()).ShouldBe(1);
        page.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keep_two_tenants_apart()
    {
        var other = "";
        await using var site = await CustomerSite.StartAsync();
        var second = await demo.AddTenantAsync(site.Origin, new { agentName = "Second" });
        other = second.SiteKey;
        var first = await demo.AddTenantAsync(site.Origin, new { agentName = "First" });
        var source = $"{demo.Api}widget.js";
        site.Html = HostPage.Tag(source, first.SiteKey)
            + $"<script async src=\"{source}\" data-site-key=\"{other}\" data-name=\"Other\" data-position=\"left\"></script>";
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await Microsoft.Playwright.Assertions.Expect(visit.Launcher).ToHaveCountAsync(2);

        await visit.Page.EvaluateAsync("() => { Widget.open(); Other.open(); }");
        await visit.ShownAsync(visit.Page.GetByText("First", new() { Exact = true }).First);
        await visit.ShownAsync(visit.Page.GetByText("Second", new() { Exact = true }).First);
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Tell_the_second_tenant_why_it_is_not_shown()
    {
        await using var site = await CustomerSite.StartAsync();
        var (first, second) = (await demo.AddTenantAsync(site.Origin), await demo.AddTenantAsync(site.Origin));
        var source = $"{demo.Api}widget.js";
        site.Html = $"<script src=\"{source}\" data-site-key=\"{first.SiteKey}\"></script>"
            + $"<script src=\"{source}\" data-site-key=\"{second.SiteKey}\"></script>";
        var said = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address, before: visit =>
        {
            visit.Page.Console += (_, message) => said.Enqueue(message.Text);
            return Task.CompletedTask;
        });
        await visit.ShownAsync(visit.Launcher);
        await Eventually.TrueAsync(() => !said.IsEmpty);

        said.ShouldHaveSingleItem().ShouldStartWith(
            $"Widget: this page has the widget of the site key {first.SiteKey} already, so the tag with the site key {second.SiteKey}");
        (await visit.Launcher.CountAsync()).ShouldBe(1);
    }
}
