using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests.Console;

/// <summary>The first minutes of a new owner, who uses the keyboard alone.</summary>
[Trait("Category", "Long")]
public sealed partial class NewOwnerShould(ModelInstallation installation, Chromium chromium)
{
    // Also in a shadow root, and in a frame only if the focus is in this frame.
    private const string HasFocus = "element => element === element.getRootNode().activeElement && element.ownerDocument.hasFocus()";

    [Fact]
    public async Task Get_from_the_invitation_to_the_tag_without_a_mouse()
    {
        await installation.ModelAsync();
        await using var mail = await NodeProgram.StartAsync("mail-receiver", "receive.mjs", $"{installation.MailPort}");
        var slug = $"t{Guid.NewGuid():N}"[..20];
        await InviteAsync(slug);
        await Eventually.TrueAsync(() => Invitation() is not null, "the invitation arrives");
        await using var visit = await ConsoleVisit.OpenAsync(installation, chromium, Invitation()!);
        var page = visit.Page;

        await TypeAsync(page.GetByLabel("Your name"), "Ida Moss");
        await TypeAsync(page.GetByLabel("Password"), "violet harbour mosaic 62");
        await page.Keyboard.PressAsync("Enter");
        await PressAsync(page.GetByRole(AriaRole.Link, new() { Name = "Continue the setup" }));

        await TypeAsync(page.GetByLabel("Web address"), new Uri(installation.Demo, "/harbor/").ToString());
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".message.good").Should().ToContainTextAsync("pages are read", new() { Timeout = 3 * Chromium.Patience });
        await NextAsync(page, "try");

        var assistant = page.FrameLocator("iframe");
        await TypeAsync(assistant.Locator("#widget-root textarea"), "What does delivery to Denmark cost?");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(assistant.Locator(".message.assistant:not(.streaming):has(.after)").Last).ToContainTextAsync("89");
        await NextAsync(page, "look");

        await TypeAsync(page.GetByLabel("Name of the assistant"), "Marlin");
        await page.Keyboard.PressAsync("Tab");
        await PressAsync(page.Button("Save"));
        await Assertions.Expect(page.Button("Save")).ToHaveCountAsync(0);
        await NextAsync(page, "tag");
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await PressAsync(page.Button("Copy: The tag"));
        await Assertions.Expect(page.GetByText("Copied").First).ToBeVisibleAsync();
        (await page.EvaluateAsync<string>("navigator.clipboard.readText()")).ShouldContain("data-site-key=");
        await PressAsync(page.GetByRole(AriaRole.Link, new() { Name = "Finish" }));
        await Assertions.Expect(page.Locator("main h1")).ToContainTextAsync("Ida");
        visit.Errors.ShouldBeEmpty();

        string? Invitation() => mail.Lines
            .Where(line => line.TryGetProperty("to", out var to) && to.GetString()!.Contains(slug, StringComparison.Ordinal))
            .Select(line => InvitationPattern().Match(line.GetProperty("text").GetString()!))
            .FirstOrDefault(match => match.Success)?.Value;
    }

    private async Task InviteAsync(string slug)
    {
        var (email, password) = await installation.AccountAsync();
        using var client = new HttpClient { BaseAddress = installation.Api };
        var signedIn = await client.PostAsJsonAsync("/api/accounts/sign-in", new { email, password });
        var session = await signedIn.Content.ReadFromJsonAsync<JsonElement>();
        client.DefaultRequestHeaders.Authorization = new("Bearer", session.GetProperty("token").GetString());
        var company = new { name = "Moss Bikes", slug, ownerEmail = $"{slug}@moss.example" };
        var made = await client.PostAsJsonAsync("/api/operator/tenants", company);
        made.IsSuccessStatusCode.ShouldBeTrue(await made.Content.ReadAsStringAsync());
    }

    private static async Task TypeAsync(ILocator field, string text)
    {
        await ReachAsync(field);
        await field.Page.Keyboard.PressAsync("Control+a");
        await field.Page.Keyboard.TypeAsync(text);
    }

    private static async Task PressAsync(ILocator control)
    {
        await ReachAsync(control);
        await control.Page.Keyboard.PressAsync("Enter");
    }

    // The page may be drawn anew between the focus and the key. Then people press again.
    private static async Task NextAsync(IPage page, string step)
    {
        for (var attempt = 1; ; attempt++)
        {
            await PressAsync(page.GetByRole(AriaRole.Link, new() { Name = "Next step" }));
            try
            {
                await page.WaitForURLAsync($"**/onboarding?step={step}", new() { Timeout = 5_000 });
                return;
            }
            catch (TimeoutException) when (attempt < 3)
            {
            }
        }
    }

    /// <summary>Presses Tab until the element has the focus.</summary>
    private static async Task ReachAsync(ILocator element)
    {
        await element.First.WaitForAsync();
        for (var i = 0; i < 120; i++)
        {
            if (await element.First.EvaluateAsync<bool>(HasFocus)) return;
            await element.Page.Keyboard.PressAsync("Tab");
        }

        throw new ShouldAssertException($"The keyboard does not reach {element}.");
    }

    [GeneratedRegex("/invitation\\?token=\\S+", RegexOptions.None, 1000)]
    private static partial Regex InvitationPattern();
}
