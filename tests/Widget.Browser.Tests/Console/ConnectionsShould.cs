using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests.Console;

/// <summary>What the assistant works with: the company's own servers, and services of others.</summary>
[Trait("Category", "Long")]
public sealed class ConnectionsShould(ModelInstallation installation, Chromium chromium)
{
    [Fact]
    public async Task Add_a_tool_on_an_own_server_and_call_it()
    {
        await using var server = await CompanyServer.StartAsync(installation);
        await using var company = await ConsoleCompany.OpenAsync(installation, chromium, "tools?tab=http");
        var page = company.Page;
        await page.Press("Add a tool");
        await company.FillAsync("Name", "order_state");
        await company.FillAsync("Address", $"{server.Address}/orders");
        await company.FillAsync("When to use it", "Says the state of an order.");
        await company.FillAsync(
            "Arguments as JSON Schema",
            """{"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]}""");
        await page.Press("Save the tool");
        await page.Press("I have copied it");

        await page.Press("Test call");
        await company.FillAsync("Arguments as JSON", """{"order": "4711"}""");
        await page.Press("Call it now");
        await page.Locator("pre").Last.Should().ToContainTextAsync("shipped");
        server.Requests.Last().GetRawText().ShouldContain("4711");
    }

    [Fact]
    public async Task Send_a_test_to_a_webhook_and_replay_it()
    {
        await using var server = await CompanyServer.StartAsync(installation);
        await using var company = await ConsoleCompany.OpenAsync(installation, chromium, "webhooks");
        var page = company.Page;
        await page.Press("Add an endpoint");
        await company.FillAsync("Address", $"{server.Address}/hooks");
        await page.Press("All events");
        await page.Press("Save the endpoint");
        await page.Press("I have copied it");

        await page.Press("Send a test");
        var messages = page.GetByRole(AriaRole.List, new() { Name = "Messages" });
        await messages.Should().ToContainTextAsync("Arrived");
        var id = server.Requests.Count;
        await messages.Locator("summary").First.ClickAsync();
        await page.Press("Send again");
        await Eventually.TrueAsync(() => server.Requests.Count > id, "the message arrives again");
        await messages.Should().ToContainTextAsync("Attempts: 1");
    }

    [Fact]
    public async Task Say_in_words_whether_a_service_works()
    {
        await using var company = await ConsoleCompany.OpenAsync(installation, chromium, "integrations");
        var page = company.Page;
        var tavus = page.GetByRole(AriaRole.Region, new() { Name = "Tavus: video avatar" });
        await tavus.Locator("summary").ClickAsync();
        await tavus.GetByLabel("Key", new() { Exact = true }).FillAsync("not a key");
        await tavus.Locator("summary").FocusAsync();
        await tavus.Button("Save the key").ClickAsync();
        await tavus.GetByRole(AriaRole.Alert).Should().ToContainTextAsync("key");

        await tavus.GetByLabel("Key", new() { Exact = true }).FillAsync(Installation.TavusKey);
        await tavus.Button("Save the key").ClickAsync();
        await tavus.Should().ToContainTextAsync("Your account");
        await tavus.Button("Test connection: Tavus: video avatar").ClickAsync();
        await tavus.Locator(".report").Should().ToBeVisibleAsync();
        await tavus.Locator("li").First.Should().ToBeVisibleAsync();
    }
}
