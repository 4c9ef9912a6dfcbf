using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests.Console;

/// <summary>The pages on which a company makes the assistant its own.</summary>
[Trait("Category", "Long")]
public sealed partial class AssistantPagesShould(DemoInstallation demo, Chromium chromium)
{
    [Fact]
    public async Task Show_changes_of_the_look_in_the_real_widget_before_they_are_saved()
    {
        await using var company = await ConsoleCompany.OpenAsync(demo, chromium, "widget");
        var page = company.Page;
        var preview = page.FrameLocator("iframe[data-widget-preview]");
        await preview.Locator("#widget-root .panel").Should().ToBeVisibleAsync();

        await company.FillAsync("Name of the assistant", "Marlin");
        await page.GetByLabel("Color as a code").FillAsync("#0b6e4f");
        await page.GetByLabel("Color as a code").PressAsync("Tab");
        await preview.Locator("#widget-root").First.Should().ToContainTextAsync("Marlin");
        await page.Press("Save");
        await company.SeeAsync("Saved");
        await page.GetByRole(AriaRole.Link, new() { Name = "Modes" }).ClickAsync();
        await page.GetByLabel("Let visitors dictate messages").UncheckAsync();
        await page.Press("Save");
        await Eventually.TrueAsync(
            async () => !(await SettingsAsync()).GetProperty("speech").GetProperty("dictation").GetBoolean(),
            "the mode is saved");
        (await SettingsAsync()).GetProperty("theme").GetProperty("color").GetString().ShouldBe("#0b6e4f");

        await page.GetByRole(AriaRole.Link, new() { Name = "Sites" }).ClickAsync();
        await company.FillAsync("Sites", "https://www.company.example");
        await page.GetByLabel("Sites", new() { Exact = true }).PressAsync("Tab");
        await page.Press("Save");
        await Eventually.TrueAsync(
            async () => (await company.Staff.GetStringAsync("/api/settings/origins"))
                .Contains("https://www.company.example", StringComparison.Ordinal),
            "the site is saved");

        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.GetByRole(AriaRole.Link, new() { Name = "Install" }).ClickAsync();
        await page.Press("Copy: The tag");
        await company.SeeAsync("Copied");
        (await page.EvaluateAsync<string>("navigator.clipboard.readText()")).ShouldContain($"data-site-key=\"{company.Tenant.SiteKey}\"");

        Task<JsonElement> SettingsAsync() => company.Staff.GetFromJsonAsync<JsonElement>("/api/settings");
    }

    [Fact]
    public async Task Keep_who_the_assistant_is_and_its_other_personas()
    {
        await using var company = await ConsoleCompany.OpenAsync(demo, chromium, "agents");
        var page = company.Page;
        var portrait = new Uri(demo.Api, "/embed/preview.png").ToString();
        await company.FillAsync("Name", "Marlin");
        await page.GetByLabel("Instructions", new() { Exact = true }).Last.FillAsync("Speak like a sailor.");
        await page.GetByLabel("Instructions", new() { Exact = true }).Last.PressAsync("Tab");
        await page.Press("Save");
        await company.SeeAsync("Saved");

        await page.GetByRole(AriaRole.Link, new() { Name = "Voice" }).ClickAsync();
        await page.Press("Listen");
        await page.Locator("audio").First.Should().ToHaveAttributeAsync("src", AudioPattern());

        await page.GetByRole(AriaRole.Link, new() { Name = "More agents" }).ClickAsync();
        await page.Press("Add an agent");
        await company.FillAsync("Name", "Nora");
        await company.FillAsync("Description for visitors", "Knows all about bikes.");
        await company.FillAsync("Address of the portrait", portrait);
        await page.GetByLabel("Description for visitors").FocusAsync();
        await page.Press("Save the agent");
        await page.Locator("li", new() { HasText = "Nora" }).Should().ToContainTextAsync("Knows all about bikes.");
    }

    [GeneratedRegex("^data:audio/", RegexOptions.None, 1000)]
    private static partial Regex AudioPattern();
}
