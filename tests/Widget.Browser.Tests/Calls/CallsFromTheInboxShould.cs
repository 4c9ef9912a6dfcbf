using Microsoft.Playwright;
using Widget.Browser.Tests.Console;
using static Microsoft.Playwright.Assertions;

namespace Widget.Browser.Tests.Calls;

/// <summary>A rep calls a visitor from the console's inbox.</summary>
public sealed class CallsFromTheInboxShould(DemoInstallation installation, FullChromium chromium)
{
    [Fact]
    public async Task Invite_the_visitor_and_connect_with_one_press_on_each_side()
    {
        Task<IResponse>? opened = null;
        await using var widget = await WidgetPage.OpenAsync(
            chromium,
            new Uri(installation.Api, "widget/harbor"),
            new() { Permissions = ["camera", "microphone"] },
            before: page =>
            {
                opened = page.Page.WaitForResponseAsync("**/api/widget/session");
                return Task.CompletedTask;
            });
        var conversation = (await (await opened!).JsonAsync())!.Value.GetProperty("conversationId").GetGuid();
        await widget.Field.FillAsync("Can I talk to somebody?");
        await widget.Page.Keyboard.PressAsync("Enter");
        await widget.Answers.First.WaitForAsync();
        await using var console = await ConsoleVisit.SignInAsync(
            installation,
            chromium,
            "/harbor/overview",
            new() { Permissions = ["camera", "microphone"], ViewportSize = new() { Width = 1280, Height = 800 } });
        await console.Page.GotoAsync(new Uri(installation.Console, $"/harbor/inbox/{conversation}").ToString());

        var call = console.Page.GetByRole(AriaRole.Button, new() { Name = "Start a call" });
        var rep = CallVisit.Of(await console.Page.Context.RunAndWaitForPageAsync(() => call.ClickAsync()));
        await Expect(widget.Page.Locator(".invitation")).ToContainTextAsync("invites you to a call");
        var join = widget.Page.Locator(".join-call");
        var visitor = CallVisit.Of(await widget.Context.RunAndWaitForPageAsync(() => join.ClickAsync()));
        await rep.JoinAsync();
        await visitor.JoinAsync();

        (await rep.SeesAndHearsAsync()).ShouldBeGreaterThan(0.01);
        (await visitor.SeesAndHearsAsync()).ShouldBeGreaterThan(0.01);
        await rep.Page.Locator(".end-all").ClickAsync();
        await Expect(visitor.Card).ToContainTextAsync("The call has ended.");
        await Expect(widget.Page.Locator(".event").Last).ToContainTextAsync("The call lasted");
    }
}
