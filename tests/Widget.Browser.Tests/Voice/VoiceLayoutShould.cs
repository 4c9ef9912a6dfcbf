using Microsoft.Playwright;

namespace Widget.Browser.Tests.Voice;

/// <summary>Voice calls on a phone, in other languages, by keyboard and screen reader, and on pages with a strict policy.</summary>
public sealed class VoiceLayoutShould(ModelInstallation installation, FullChromium chromium)
{
    [Theory]
    [InlineData("en-US", ColorScheme.Light, 1280)]
    [InlineData("de-DE", ColorScheme.Dark, 390)]
    [InlineData("ar", ColorScheme.Light, 390)]
    public async Task Have_no_accessibility_violations(string locale, ColorScheme scheme, int width)
    {
        await using var visit = await VoiceVisit.OpenAsync(
            installation,
            chromium,
            Screens.Of(locale, scheme, width),
            site: site => site.SetLocale(locale));
        await visit.CallAndConnectAsync();
        visit.Tell("speaking", "visitor", "What does the lamp cost?");
        visit.Tell("speaking", "assistant", "It costs ten euros.");
        await visit.Widget.ShownAsync(visit.Page.Locator(".captions .assistant"));
        await visit.Widget.ShouldBeAccessibleAsync();

        await visit.Page.Locator(".control:has(.icon-turns)").ClickAsync();
        await Assertions.Expect(visit.Hold).ToBeEnabledAsync();
        await visit.Widget.ShouldBeAccessibleAsync();

        await visit.Page.Locator(".control[aria-expanded]").ClickAsync();
        await visit.Widget.ShownAsync(visit.Page.Locator(".settings"));
        await visit.Widget.ShouldBeAccessibleAsync();
        await visit.Page.Keyboard.PressAsync("Escape");

        await visit.Page.Locator(".control.end").ClickAsync();
        await visit.Widget.ShownAsync(visit.Page.Locator(".stage[data-phase=over] .card"));
        await visit.Widget.ShouldBeAccessibleAsync();
    }

    [Fact]
    public async Task Show_the_thread_on_a_phone_and_support_push_to_talk_by_touch()
    {
        await using var visit = await VoiceVisit.OpenAsync(
            installation,
            chromium,
            Screens.Phone,
            site: site => site.FitToPhone());
        await visit.CallAndConnectAsync();
        visit.Tell("speaking", "assistant", "It costs ten euros.");
        await visit.Page.Locator(".control:has(.icon-turns)").TapAsync();
        await Assertions.Expect(visit.Hold).ToBeEnabledAsync();
        (await visit.Page.Locator(".thread").BoundingBoxAsync())!.Height.ShouldBeGreaterThan(250);
        var controls = await visit.Page.Locator(".control:visible, .talk").ShouldFitAsync(width: 390);
        controls.ShouldAllBe(box => box.Height >= 40);

        await visit.Hold.TapAsync();
        await visit.RequestedAsync("talk", 2);
        visit.Bodies("talk").Select(body => body.GetProperty("pressed").GetBoolean()).ShouldBe([true, false]);
    }

    [Fact]
    public async Task Be_usable_by_keyboard_alone()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.Widget.OpenPanelAsync();
        await visit.Start.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator(".prelude .primary")).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Widget.ShownAsync(visit.Live);
        await Assertions.Expect(visit.HangUp).ToBeFocusedAsync();

        await visit.Page.MuteByKeyboardAsync();
        await Assertions.Expect(visit.Button("Unmute microphone")).ToBeFocusedAsync();
        await visit.HangUp.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Button("Back to chat")).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Widget.Field).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Work_under_a_strict_content_security_policy()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium, site: site =>
        {
            var api = installation.Api.GetLeftPart(UriPartial.Authority);
            site.ContentSecurityPolicy = $"default-src 'none'; script-src {api}; "
                + $"connect-src {api} {api.Replace("http", "ws")}; img-src data:";
        });
        await visit.CallAndConnectAsync();

        // The page's content security policy also applies to the replacement and to all audio elements.
        (await visit.Page.EvaluateAsync<bool>("() => !document.querySelector('#widget-root').shadowRoot.querySelector('audio').paused"))
            .ShouldBeTrue();
        await visit.Page.WaitForFunctionAsync(
            "() => Number(document.querySelector('#widget-root').shadowRoot.querySelector('.speaker-level')"
            + ".style.getPropertyValue('--level')) > 0.3");
        visit.Widget.Errors.ShouldBeEmpty();
        (await visit.Stage.EvaluateAsync<string>("stage => getComputedStyle(stage).display")).ShouldBe("flex");
    }

    [Fact]
    public async Task End_when_a_new_conversation_starts()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.CallAndConnectAsync();
        // Closing the panel does not end the call; the launcher shows that it continues.
        await visit.Widget.Launcher.ClickAsync();
        await Assertions.Expect(visit.Widget.Launcher).ToHaveAttributeAsync("aria-label", "Open chat, voice call in progress");
        await visit.Widget.Launcher.ClickAsync();
        await visit.Widget.ShownAsync(visit.Live);

        await visit.Widget.ChooseAsync("Start a new conversation");
        await Assertions.Expect(visit.Stage).ToHaveCountAsync(0);
        await visit.RequestedAsync("leave");
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
        await visit.Widget.GoHomeAsync();
        await visit.Widget.ShownAsync(visit.Start);
    }
}
