using Microsoft.Playwright;

namespace Widget.Browser.Tests.Console;

[Trait("Category", "Long")]
public sealed class InboxShould(DemoInstallation demo, Chromium chromium)
{
    [Fact]
    public async Task Lead_a_rep_from_a_request_to_a_closed_conversation()
    {
        await using var company = await ConsoleCompany.OpenAsync(demo, chromium, "inbox");
        var page = company.Page;
        await page.GetByRole(AriaRole.Switch).ClickAsync();
        await page.GetByRole(AriaRole.Switch).Should().ToHaveAttributeAsync("aria-checked", "true");

        // The request appears without a reload.
        await using var visitor = await WidgetPage.OpenAsync(chromium, company.HostedPage);
        await visitor.ShownAsync(visitor.Content);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Talk to a person" }).ClickAsync();
        await visitor.Page.Locator("#widget-root form .primary").First.ClickAsync();
        var row = page.Locator(".rows .row");
        await row.ClickAsync();
        await page.Press("Take over");
        var thread = page.GetByRole(AriaRole.Log);

        await page.Locator("#composer-text").FillAsync("Hello, how can I help?");
        await page.Press("Send");
        await visitor.Page.Locator("#widget-root .from-person").Last.Should().ToContainTextAsync("Hello, how can I help?");
        await visitor.SendAsync("Do you deliver on Saturdays?");
        await thread.Should().ToContainTextAsync("Do you deliver on Saturdays?");

        await page.Press("Note");
        await page.Locator("#composer-text").FillAsync("Wants a delivery on Saturday.");
        await page.Press("Add note");
        await thread.Should().ToContainTextAsync("Wants a delivery on Saturday.");
        (await visitor.CountAsync("Wants a delivery on Saturday.")).ShouldBe(0);

        await page.Press("Close");
        await page.Press("Reopen");
        await page.Button("Take over").Should().ToBeVisibleAsync();
        visitor.Errors.ShouldBeEmpty();
    }
}
