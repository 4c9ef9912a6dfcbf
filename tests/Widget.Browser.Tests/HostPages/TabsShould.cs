using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Widget.Browser.Tests.HostPages;

/// <summary>Several tabs and pages of the same site.</summary>
public sealed class TabsShould(DemoInstallation demo, Chromium chromium)
{
    [Fact]
    public async Task Be_one_visitor_when_two_are_opened_at_once()
    {
        var visitors = new ConcurrentQueue<string>();
        await using var page = await HostPage.OpenAsync(demo, chromium, (source, key) => HostPage.Tag(source, key));
        await page.Widget.Context.RouteAsync("**/api/widget/session", async route =>
        {
            if (route.Request.Method == "POST") visitors.Enqueue(route.Request.PostData ?? "");
            // Both are on their way at the same time.
            await Task.Delay(500);
            await route.ContinueAsync();
        });
        var other = await page.OpenTabAsync();
        await Task.WhenAll(page.Widget.Launcher.ClickAsync(), other.Locator("#widget-root .launcher").ClickAsync());
        await Task.WhenAll(
            Assertions.Expect(page.Page.Locator(".home")).ToBeVisibleAsync(),
            Assertions.Expect(other.Locator(".home")).ToBeVisibleAsync());

        visitors.Count(body => body.Contains("\"visitorId\"", StringComparison.Ordinal)).ShouldBe(1);
        // What is asked in one is answered in both.
        await HostPage.AskAsync(page.Page, HostPage.Question);
        await other.Locator(".home .way").First.ClickAsync();
        await Assertions.Expect(other.Locator(".message.visitor", new() { HasTextString = HostPage.Question })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Not_overwrite_one_anothers_drafts_and_unsent_messages()
    {
        await using var page = await HostPage.OpenAsync(demo, chromium, (source, key) => HostPage.Tag(source, key));
        await page.Widget.OpenPanelAsync();
        var other = await page.OpenTabAsync();
        await HostPage.OpenPanelAsync(other);
        await page.Widget.Context.SetOfflineAsync(true);
        foreach (var (tab, text) in new[] { (page.Page, "What does it cost, first?"), (other, "What does it cost, second?") })
        {
            await Assertions.Expect(tab.GetByText("You're offline.")).ToBeVisibleAsync();
            await tab.Locator("#widget-root textarea").FillAsync(text);
            await tab.Locator("#widget-root textarea").PressAsync("Enter");
            await Assertions.Expect(tab.GetByText("Not sent yet")).ToBeVisibleAsync();
            await tab.Locator("#widget-root textarea").FillAsync($"Draft: {text}");
        }

        // Both are closed before the connection is back, and one is opened again.
        await other.CloseAsync();
        await page.Widget.Context.SetOfflineAsync(false);
        await page.Page.ReloadAsync();

        await page.Widget.ShownAsync(page.Page.Locator(".message.visitor", new() { HasTextString = "first?" }));
        await page.Widget.ShownAsync(page.Page.Locator(".message.visitor", new() { HasTextString = "second?" }));
        await page.Widget.ShownAsync(page.Widget.Answers.Nth(1));
        (await page.Widget.CountAsync("What does it cost")).ShouldBe(2);
        (await page.Widget.Field.InputValueAsync()).ShouldBe("Draft: What does it cost, first?");
    }

    [Fact]
    public async Task Leave_the_panel_as_it_was_on_the_next_page()
    {
        await using var page = await HostPage.OpenAsync(
            demo,
            chromium,
            (source, key) => "<input id=\"own\" autofocus>" + HostPage.Tag(source, key));
        await page.Widget.OpenPanelAsync();
        await page.Widget.AskAsync(HostPage.Question);
        await page.Widget.Field.FillAsync("Half a question");

        await page.Page.ReloadAsync();
        await page.Widget.ShownAsync(page.Widget.Answers.First);
        (await page.Widget.Field.InputValueAsync()).ShouldBe("Half a question");
        // The page's own field keeps the focus.
        await Assertions.Expect(page.Page.Locator("#own")).ToBeFocusedAsync();

        // Closed stays closed, and another tab is not concerned.
        var other = await page.OpenTabAsync();
        await Assertions.Expect(other.Locator("#widget-root .launcher")).ToBeVisibleAsync();
        (await other.Locator("#widget-root .panel").CountAsync()).ShouldBe(0);
        await page.Page.EvaluateAsync("() => Widget.close()");
        await page.Page.ReloadAsync();
        await page.Widget.ShownAsync(page.Widget.Launcher);
        await page.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        (await page.Widget.Panel.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Show_on_the_next_page_that_an_answer_waits()
    {
        await using var page = await HostPage.OpenAsync(demo, chromium, (source, key) => HostPage.Tag(source, key));
        await page.Widget.OpenPanelAsync();
        await page.Page.EvaluateAsync("(question) => { Widget.ask(question); Widget.close(); }", HostPage.Question);
        var badge = page.Page.Locator("#widget-root .badge");
        await Assertions.Expect(badge).ToHaveTextAsync("1");

        await page.Page.ReloadAsync();
        await Assertions.Expect(badge).ToHaveTextAsync("1");
        await page.Widget.OpenPanelAsync();
        await page.Widget.ShownAsync(page.Widget.Answers.First);
        await Assertions.Expect(badge).ToBeEmptyAsync();
        await page.Page.EvaluateAsync("() => Widget.close()");
        await page.Page.ReloadAsync();
        await page.Widget.ShownAsync(page.Widget.Launcher);
        await Assertions.Expect(badge).ToBeEmptyAsync();
    }
}
