using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Widget.Browser.Tests.Console;

public sealed partial class ConsoleShould(DemoInstallation demo, Chromium chromium)
{
    [Fact]
    public async Task Ask_who_the_viewer_is_and_open_the_page_that_they_wanted()
    {
        await using var visit = await ConsoleVisit.OpenAsync(demo, chromium, "/harbor/keys");
        var (email, password) = await demo.AccountAsync();

        await visit.SubmitAsync(email, "not the password");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("password");
        await visit.SubmitAsync(email, password);

        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("API keys");
        new Uri(visit.Page.Url).AbsolutePath.ShouldBe("/harbor/keys");
    }

    [Fact]
    public async Task Show_every_page_without_errors_and_barriers()
    {
        await using var visit = await ConsoleVisit.SignInAsync(demo, chromium, "/harbor/overview");
        var pages = await LinksAsync(visit.Page, ".sidebar nav a");
        pages.Count.ShouldBeGreaterThan(15);

        var problems = new List<string>();
        foreach (var path in pages.Concat(["/account", "/operator", "/operator/jobs", "/operator/health", "/operator/providers"]))
        {
            await visit.Page.GotoAsync(new Uri(demo.Console, path).ToString());
            await LoadedAsync(visit.Page);
            problems.AddRange((await visit.Page.ViolationsAsync()).Select(violation => $"{path}: {violation}"));
        }

        problems.ShouldBeEmpty();
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Fit_every_page_on_a_phone_in_the_dark()
    {
        var phone = Screens.Phone;
        phone.ColorScheme = ColorScheme.Dark;
        await using var visit = await ConsoleVisit.SignInAsync(demo, chromium, "/harbor/overview", phone);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Open the menu" }).ClickAsync();
        var pages = await LinksAsync(visit.Page, ".sidebar nav a");

        var wide = new List<string>();
        foreach (var path in pages.Append("/account").Append("/operator"))
        {
            await visit.Page.GotoAsync(new Uri(demo.Console, path).ToString());
            await LoadedAsync(visit.Page);
            var width = await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
            if (width > 390) wide.Add($"{path} is {width} pixels wide");
        }

        wide.ShouldBeEmpty();
    }

    [Fact]
    public async Task Speak_the_languages_that_it_offers()
    {
        await using var visit = await ConsoleVisit.SignInAsync(demo, chromium, "/harbor/keys");

        await visit.Page.GotoAsync(new Uri(demo.Console, "/preferences/language?code=de&returnUrl=/harbor/keys").ToString());
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("API-Schlüssel");
        await visit.Page.GotoAsync(new Uri(demo.Console, "/preferences/language?code=es&returnUrl=/harbor/keys").ToString());
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Claves de API");
    }

    [Fact]
    public async Task Find_pages_by_keyboard()
    {
        await using var visit = await ConsoleVisit.SignInAsync(demo, chromium, "/harbor/overview");

        await visit.Page.Keyboard.PressAsync("Control+k");
        await visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Search" }).FillAsync("gdpr");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Option)).ToHaveCountAsync(1);
        await visit.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Privacy");
    }

    [Fact]
    public async Task Show_a_new_api_key_once_and_log_who_made_it()
    {
        await using var visit = await ConsoleVisit.SignInAsync(demo, chromium, "/lumen/keys");
        var page = visit.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Add a key" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("Website backend");
        await page.GetByRole(AriaRole.Button, new() { Name = "Read everything" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the key" }).ClickAsync();
        await Assertions.Expect(page.Locator(".secret pre")).ToHaveTextAsync(SecretPattern());
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByText("Website backend")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".secret")).ToHaveCountAsync(0);

        await page.GotoAsync(new Uri(demo.Console, "/lumen/audit?query=API+key").ToString());
        await Assertions.Expect(page.Locator("tbody tr").First).ToContainTextAsync("Create an API key");
        await Assertions.Expect(page.Locator("tbody tr").First).ToContainTextAsync("Demo");
    }

    private static async Task<List<string>> LinksAsync(IPage page, string selector)
    {
        await page.Locator(selector).First.WaitForAsync();
        var links = await page.Locator(selector).EvaluateAllAsync<string[]>("links => links.map((link) => new URL(link.href).pathname)");
        return [.. links];
    }

    // Data is there, or an empty state, once no placeholder is left.
    private static async Task LoadedAsync(IPage page)
    {
        await page.Locator("main h1").First.WaitForAsync();
        await Assertions.Expect(page.Locator(".skeleton")).ToHaveCountAsync(0);
    }

    [GeneratedRegex("^sk_[A-Za-z0-9_-]{20,}$", RegexOptions.None, 1000)]
    private static partial Regex SecretPattern();
}
