using System.Text.Json;
using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests.Console;

/// <summary>What ./run puts into the console of the demo companies (demo/history.mjs), made for two other companies.</summary>
public sealed class DemoHistoryShould(DemoInstallation demo, Chromium chromium)
{
    private static readonly (string Title, string Text)[] Documents =
    [
        ("Prices", "# Prices\n\nThe Tide Step costs 2,890 euros. Students get eight percent off on showing their card."),
        ("Single sign-on", "# Single sign-on\n\nSAML 2.0 and OpenID Connect are part of the Scale plan."),
    ];

    [Fact, Trait("Category", "Long")]
    public async Task Fill_the_console_once()
    {
        var file = Path.Combine(Path.GetTempPath(), $"demo-{Guid.NewGuid():N}.json");
        var origin = demo.Demo.GetLeftPart(UriPartial.Authority);
        var bikes = await demo.AddTenantAsync(origin, documents: Documents);
        var desk = await demo.AddTenantAsync(origin, documents: Documents);
        var (email, _) = await demo.AccountAsync();
        foreach (var company in new[] { bikes, desk })
            await demo.RunAsync("widget", ["account", "create", "--email", email, "--tenant", company.Slug]);
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["harbor"] = new { siteKey = bikes.SiteKey, apiKey = bikes.ApiKey },
            ["lumen"] = new { siteKey = desk.SiteKey, apiKey = desk.ApiKey },
            ["account"] = new { email },
        }));
        Task<string> TellAsync() => Repository.RunAsync(
            "/usr/bin/env",
            new Dictionary<string, string?>
            {
                ["WIDGET_API_URL"] = demo.Api.GetLeftPart(UriPartial.Authority),
                ["WIDGET_DEMO_URL"] = origin,
                ["WIDGET_DEMO_KEYS"] = file,
            },
            ["node", "demo/history.mjs"]);

        // Each step that fails prints a line.
        (await TellAsync()).ShouldBe("");
        await using var visit = await ConsoleVisit.SignInAsync(demo, chromium, $"/{bikes.Slug}/overview");
        var page = visit.Page;
        await Assertions.Expect(page.GetByText("2 visitors are waiting")).ToBeVisibleAsync();
        var conversations = page.Locator(".figures a").Filter(new() { HasText = "Conversations" }).Locator("strong");
        await Assertions.Expect(conversations).ToHaveTextAsync("19");

        await page.GotoAsync(new Uri(demo.Console, $"/{bikes.Slug}/inbox?state=mine").ToString());
        await page.GetByText("Anke Thomsen").First.ClickAsync();
        await Assertions.Expect(page.GetByText("Could you come by with two bikes next week?").First).ToBeVisibleAsync();

        await page.GotoAsync(new Uri(demo.Console, $"/{bikes.Slug}/leads?as=board").ToString());
        foreach (var (name, tier) in new[] { ("Ida Petersen", "Hot"), ("Sofía Méndez", "Warm"), ("Nora Iversen", "Cold") })
        {
            var column = page.GetByRole(AriaRole.Region, new() { Name = tier });
            await Assertions.Expect(column.GetByText(name)).ToBeVisibleAsync();
        }

        // The second time, there is nothing left to do.
        (await TellAsync()).ShouldBe("");
        await page.GotoAsync(new Uri(demo.Console, $"/{bikes.Slug}/overview").ToString());
        await Assertions.Expect(conversations).ToHaveTextAsync("19");
        visit.Errors.ShouldBeEmpty();
        File.Delete(file);
    }
}
