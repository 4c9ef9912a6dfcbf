using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests.HostPages;

/// <summary>What a visitor sees before the chat is opened for the first time.</summary>
public sealed class FirstPaintShould(DemoInstallation demo, Chromium chromium)
{
    private static readonly object Yellow = new { theme = new { color = "#ffd400", position = "left" } };

    [Fact]
    public async Task Have_the_tenants_color_at_once()
    {
        await using var page = await HostPage.OpenAsync(demo, chromium, (source, key) => Colors + HostPage.Tag(source, key), Yellow);
        await page.Widget.ShownAsync(page.Widget.Launcher);

        (await page.Page.EvaluateAsync<string[]>("() => window.colors")).ShouldBe(["rgb(255, 212, 0)"]);
        (await page.Widget.Launcher.BoundingBoxAsync())!.X.ShouldBeLessThan(100);
        // The next page needs no request.
        await page.Page.RouteAsync("**/api/**", route => route.AbortAsync());
        await page.Page.ReloadAsync();
        await page.Widget.ShownAsync(page.Widget.Launcher);
        (await page.Page.EvaluateAsync<string[]>("() => window.colors")).ShouldBe(["rgb(255, 212, 0)"]);
    }

    [Fact]
    public async Task Not_wait_for_a_slow_server()
    {
        await using var page = await HostPage.OpenAsync(
            demo,
            chromium,
            (source, key) => Colors + HostPage.Tag(source, key),
            Yellow,
            before: widget => widget.Page.RouteAsync("**/appearance**", _ => Task.CompletedTask));
        await page.Widget.ShownAsync(page.Widget.Launcher);
        (await page.Page.EvaluateAsync<string[]>("() => window.colors")).ShouldBe(["rgb(47, 91, 234)"]);

        // The default is not remembered.
        await page.Page.UnrouteAllAsync();
        await page.Page.ReloadAsync();
        await page.Widget.ShownAsync(page.Widget.Launcher);
        (await page.Page.EvaluateAsync<string[]>("() => window.colors")).ShouldBe(["rgb(255, 212, 0)"]);
    }

    [Theory]
    [InlineData("pk_AAAAAAAAAAAAAAAAAAAAAAAA", "the site key pk_AAAAAAAAAAAAAAAAAAAAAAAA is unknown or has been revoked")]
    [InlineData("", "the tag has no data-site-key")]
    [InlineData("acme", "data-site-key=\"acme\" is not a site key")]
    [InlineData("sk_a-very-secret-key", "data-site-key holds an API key, which is a secret")]
    public async Task Be_nothing_but_a_line_on_the_console_with_a_wrong_key(string key, string words)
    {
        await using var page = await HostPage.OpenAsync(demo, chromium, (source, _) => HostPage.Tag(source, key));
        await Eventually.TrueAsync(() => !page.Said.IsEmpty);
        await page.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        page.Said.ShouldHaveSingleItem().ShouldStartWith($"Widget: {words}");
        page.Said.First().ShouldNotContain("very-secret");
        (await page.Widget.Launcher.CountAsync()).ShouldBe(0);
        page.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Say_nothing_about_keys_when_the_key_was_revoked()
    {
        await using var page = await HostPage.OpenAsync(
            demo,
            chromium,
            (source, _) => HostPage.Tag(source, "pk_AAAAAAAAAAAAAAAAAAAAAAAA", "data-color=\"#0b6e6e\" data-position=\"left\""));
        await page.Widget.Launcher.ClickAsync();
        await page.Widget.ShownAsync(page.Page.Locator("#widget-root .refused"));

        (await page.Page.Locator("#widget-root .refused").InnerTextAsync()).ShouldNotContain("key", Case.Insensitive);
        page.Said.ShouldHaveSingleItem().ShouldContain("site key");
    }

    /// <summary>Records each color of the launcher.</summary>
    private const string Colors = """
        <script>
          window.colors = [];
          (function look() {
            const launcher = document.getElementById('widget-root')?.shadowRoot.querySelector('.launcher');
            const color = launcher && getComputedStyle(launcher).backgroundColor;
            if (color && color !== colors.at(-1)) colors.push(color);
            requestAnimationFrame(look);
          })();
        </script>
        """;
}
