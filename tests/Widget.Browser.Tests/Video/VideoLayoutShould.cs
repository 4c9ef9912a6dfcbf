using Microsoft.Playwright;

namespace Widget.Browser.Tests.Video;

/// <summary>
/// Video calls on a phone, in other languages, by keyboard and screen reader, on pages with a strict policy, and without a background.
/// </summary>
public sealed class VideoLayoutShould(ModelInstallation installation, FullChromium chromium)
{
    [Theory]
    [InlineData("en-US", ColorScheme.Light, 1280)]
    [InlineData("de-DE", ColorScheme.Dark, 390)]
    [InlineData("ar", ColorScheme.Light, 390)]
    public async Task Have_no_accessibility_violations(string locale, ColorScheme scheme, int width)
    {
        await using var visit = await VideoVisit.OpenAsync(
            installation,
            chromium,
            Screens.Of(locale, scheme, width),
            site: site => site.SetLocale(locale));
        await visit.CallAndWaitForAvatarAsync();
        await visit.VisitorSaysAsync("Lamps.");
        await visit.Widget.ShownAsync(visit.Page.Locator(".caption"));
        await visit.Widget.ShouldBeAccessibleAsync();

        await visit.Page.Locator(".control[aria-expanded]:not(.only-narrow)").ClickAsync();
        await visit.Widget.ShownAsync(visit.Page.Locator(".settings"));
        await visit.Widget.ShouldBeAccessibleAsync();
        await visit.Page.Keyboard.PressAsync("Escape");

        await visit.Page.Locator(".control.end").ClickAsync();
        await visit.Widget.ShownAsync(visit.Page.Locator(".stage[data-phase=over] .card"));
        await visit.Widget.ShouldBeAccessibleAsync();
    }

    [Theory]
    [InlineData(360)]
    [InlineData(320)]
    public async Task Show_every_control_on_a_narrow_phone(int width)
    {
        await using var visit = await VideoVisit.OpenAsync(
            installation,
            chromium,
            new() { ViewportSize = new() { Width = width, Height = 640 } });
        await visit.CallAndWaitForAvatarAsync();

        var controls = await visit.Page.Locator(".control:visible").ShouldFitAsync(width);
        controls.Count.ShouldBeGreaterThan(6);
        controls.ShouldAllBe(box => box.Y + box.Height <= 640);
    }

    [Fact]
    public async Task Fill_the_panel_on_a_phone_and_show_the_thread_on_request()
    {
        await using var visit = await VideoVisit.OpenAsync(
            installation,
            chromium,
            Screens.Phone,
            site: site => site.FitToPhone());
        await visit.CallAndWaitForAvatarAsync();
        (await visit.Stage.BoundingBoxAsync())!.Height.ShouldBeGreaterThan(550);
        await Assertions.Expect(visit.Page.Locator(".thread")).ToBeHiddenAsync();
        var controls = (await visit.Page.Locator(".controls").BoundingBoxAsync())!;
        (controls.Y + controls.Height).ShouldBeGreaterThan(600);
        await visit.Page.Locator(".control:visible").ShouldFitAsync(width: 390);

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show the conversation" }).ClickAsync();
        await visit.Widget.ShownAsync(visit.Page.Locator(".thread"));
        await visit.Widget.ShownAsync(visit.Avatar);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Hide the conversation" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".thread")).ToBeHiddenAsync();
        await visit.HangUp.ClickAsync();
        await visit.Widget.ShownAsync(visit.Page.Locator(".thread"));
    }

    [Fact]
    public async Task Be_usable_by_keyboard_alone()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium);
        await visit.Widget.OpenPanelAsync();
        await visit.Start.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator(".prelude .primary")).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.HangUp).ToBeFocusedAsync();
        await visit.Widget.ShownAsync(visit.Avatar);

        await visit.Page.MuteByKeyboardAsync();
        await Assertions.Expect(visit.Page.Locator(".control[aria-label='Unmute microphone']")).ToBeFocusedAsync();
        await visit.HangUp.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Back to chat" })).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Stage).ToHaveCountAsync(0);
        await Assertions.Expect(visit.Widget.Field).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Work_under_a_strict_content_security_policy()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium, site: site =>
        {
            var api = installation.Api.GetLeftPart(UriPartial.Authority);
            var room = installation.Simulators.GetLeftPart(UriPartial.Authority);
            site.ContentSecurityPolicy = $"default-src 'none'; script-src {api}; "
                + $"connect-src {api} {api.Replace("http", "ws")} {room.Replace("http", "ws")}; img-src data:";
        });
        await visit.CallAndWaitForAvatarAsync();
        await visit.VisitorSaysAsync("Lamps.");
        await visit.SaidAsync("assistant: You said: Lamps.");

        visit.Widget.Errors.ShouldBeEmpty();
        (await visit.Stage.EvaluateAsync<string>("stage => getComputedStyle(stage).display")).ShouldBe("flex");
    }

    [Fact]
    public async Task Remove_the_green_screen()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium, settings: new() { ["tavusGreenScreen"] = true });
        await visit.CallAsync();
        await visit.Widget.ShownAsync(visit.Page.Locator("canvas.keyed"));

        await visit.Page.WaitForFunctionAsync("""
            () => {
              const canvas = document.querySelector('#widget-root').shadowRoot.querySelector('canvas.keyed');
              const pixel = (x, y) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data];
              const [corner, chest] = [pixel(10, 10), pixel(canvas.width / 2, canvas.height - 10)];
              return corner[3] === 0 && chest[3] === 255 && chest[1] <= Math.max(chest[0], chest[2]);
            }
            """);
    }

    [Fact]
    public async Task End_when_a_new_conversation_starts()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium);
        await visit.CallAndWaitForAvatarAsync();
        // Closing the panel does not end the call; the launcher shows that it continues.
        await visit.Widget.Launcher.ClickAsync();
        await Assertions.Expect(visit.Widget.Launcher).ToHaveAttributeAsync("aria-label", "Open chat, video call in progress");
        await visit.VisitorSaysAsync("Still here.");
        await visit.Widget.Launcher.ClickAsync();
        await visit.SaidAsync("assistant: You said: Still here.");

        await visit.Widget.ChooseAsync("Start a new conversation");
        await Assertions.Expect(visit.Stage).ToHaveCountAsync(0);
        await visit.EndedAsync();
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
        await visit.Widget.GoHomeAsync();
        await visit.Widget.ShownAsync(visit.Start);
    }
}
