using Microsoft.Playwright;

namespace Widget.Browser.Tests.Console;

[Trait("Category", "Long")]
public sealed class OutageShould(ModelInstallation installation, Chromium chromium)
{
    [Fact]
    public async Task Say_that_the_api_is_away_and_recover_by_itself()
    {
        await using var company = await ConsoleCompany.OpenAsync(installation, chromium, "inbox");
        var page = company.Page;
        await page.Locator(".empty").First.Should().ToBeVisibleAsync();
        var notice = page.Locator(".connection");

        var start = await installation.KillApiAsync();
        try
        {
            // Without the viewer's doing, because the inbox is live.
            await notice.Should().ToContainTextAsync("The server cannot be reached at the moment.");
            await page.GetByRole(AriaRole.Link, new() { Name = "Leads" }).ClickAsync();
            await page.Locator("main").GetByRole(AriaRole.Alert).Should().ToContainTextAsync("Can't reach the API");
        }
        finally
        {
            await start();
        }

        await notice.Should().ToHaveCountAsync(0);
        await company.SeeAsync("No leads yet");
        await page.GetByRole(AriaRole.Link, new() { Name = "Inbox" }).ClickAsync();
        await page.Locator(".empty").First.Should().ToBeVisibleAsync();
    }
}
