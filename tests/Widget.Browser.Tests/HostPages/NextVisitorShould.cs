using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;

namespace Widget.Browser.Tests.HostPages;

/// <summary>The next person at the same browser.</summary>
public sealed class NextVisitorShould(DemoInstallation demo, Chromium chromium)
{
    private const string Private = "My order number is 4711, what does the desk lamp cost?";

    [Fact]
    public async Task See_nothing_of_the_last_one_after_a_reset()
    {
        await using var page = await HostPage.OpenAsync(demo, chromium, (source, key) => HostPage.Tag(source, key));
        await page.Widget.OpenPanelAsync();
        await page.Widget.AskAsync(Private);
        await page.Widget.Field.FillAsync("And my address is");
        var other = await page.OpenTabAsync();
        await HostPage.OpenPanelAsync(other);
        await HostPage.ContinueAsync(other);
        await Assertions.Expect(other.GetByText(Private)).ToBeVisibleAsync();
        await other.Locator("#widget-root .panel textarea").FillAsync("4711 again");
        // A page on which the chat has not been opened.
        var third = await page.OpenTabAsync();
        await Assertions.Expect(third.Locator("#widget-root .launcher")).ToBeVisibleAsync();

        await third.EvaluateAsync("() => Widget.reset()");

        foreach (var tab in new[] { page.Page, other, third })
        {
            await Assertions.Expect(tab.Locator("#widget-root .panel:visible")).ToHaveCountAsync(0);
            await Assertions.Expect(tab.GetByText("4711")).ToHaveCountAsync(0);
            (await StoredAsync(tab)).ShouldNotContain("4711");
            (await StoredAsync(tab)).ShouldNotContain("visitorId");
        }

        foreach (var tab in new[] { page.Page, other, third })
        {
            await HostPage.OpenPanelAsync(tab);
            (await tab.Locator("#widget-root textarea").InputValueAsync()).ShouldBeEmpty();
            (await tab.Locator("#widget-root .message.visitor").CountAsync()).ShouldBe(0);
        }

        await page.Page.ReloadAsync();
        await page.Widget.ShownAsync(page.Widget.Panel);
        await HostPage.AskAsync(page.Page, HostPage.Question);
        (await page.Page.GetByText("4711").CountAsync()).ShouldBe(0);
        page.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Get_their_own_conversation_with_a_proof_and_not_without()
    {
        await using var page = await HostPage.OpenAsync(demo, chromium, (source, key) => HostPage.Tag(source, key));
        var secret = await CreateSecretAsync(page.Tenant.ApiKey);
        var (ada, bob) = (Proof(secret, "ada"), Proof(secret, "bob"));
        await page.Widget.ShownAsync(page.Widget.Launcher);
        await page.Page.EvaluateAsync(Identify, new[] { "ada", ada });
        await page.Widget.OpenPanelAsync();
        await page.Widget.AskAsync(Private);

        // Bob signs in, on the same page and without a reset.
        await page.Page.EvaluateAsync(Identify, new[] { "bob", bob });
        await Assertions.Expect(page.Page.GetByText(Private)).ToHaveCountAsync(0);
        await HostPage.AskAsync(page.Page, HostPage.Question);

        // Ada is back, in a browser that has Bob's visitor.
        await page.Page.EvaluateAsync("() => Widget.reset()");
        await page.Page.EvaluateAsync(Identify, new[] { "ada", ada });
        await HostPage.OpenPanelAsync(page.Page);
        await HostPage.ContinueAsync(page.Page);
        await page.Widget.ShownAsync(page.Page.Locator(".message.visitor", new() { HasTextString = Private }));

        // The next page does not say who the visitor is.
        await page.Page.EvaluateAsync("() => Widget.close()");
        await page.Page.ReloadAsync();
        await HostPage.OpenPanelAsync(page.Page);
        (await page.Page.Locator("#widget-root .home .continue").CountAsync()).ShouldBe(0);
        (await page.Page.GetByText(Private).CountAsync()).ShouldBe(0);

        // A wrong proof is explained to the developer, and the chat works.
        await page.Page.EvaluateAsync("() => Widget.reset()");
        await page.Page.EvaluateAsync(Identify, new[] { "ada", new string('0', 64) });
        await HostPage.OpenPanelAsync(page.Page);
        await HostPage.AskAsync(page.Page, HostPage.Question);
        (await page.Page.GetByText(Private).CountAsync()).ShouldBe(0);
        page.Said.ShouldHaveSingleItem().ShouldContain("HMAC-SHA256");
        page.Widget.Errors.ShouldBeEmpty();
    }

    private const string Identify = "([id, hash]) => Widget.identify({ id, name: id, email: id + '@example.com', hash })";

    private static Task<string> StoredAsync(IPage tab) =>
        tab.EvaluateAsync<string>("() => [localStorage, sessionStorage].flatMap((area) => Object.entries(area)).join()");

    private static string Proof(string secret, string id) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(id)));

    private async Task<string> CreateSecretAsync(string apiKey)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(demo.Api, "/api/settings/identity-secret"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        var response = await demo.Http.SendAsync(request);
        using var created = JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        return created.RootElement.GetProperty("secret").GetString()!;
    }
}
