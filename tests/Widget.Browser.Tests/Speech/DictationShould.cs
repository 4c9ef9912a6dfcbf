using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Widget.Browser.Tests.Speech;

/// <summary>Dictation into the message field, by the server and by the browser's speech recognition.</summary>
public sealed class DictationShould(ModelInstallation installation, FullChromium chromium)
{
    private static readonly (string, string?) Server = ("server", "transcription.example");
    private static readonly (string, string?) Browser = ("browser", null);

    [Fact]
    public async Task Name_the_recipient_before_asking_for_the_microphone()
    {
        ConcurrentQueue<(string Type, int Bytes)> given = null!;
        await using var visit = await OpenAsync(
            Server,
            async page => given = await SpeechVisit.FakeTranscriptionAsync(page, "how much is the floor lamp?"));
        await visit.Widget.Field.FillAsync("Tell me:");
        visit.Widget.Requests.ShouldNotContain(request => request.AbsolutePath.Contains("/embed/dictation-"));

        await visit.Widget.Dictate.ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".consent")).ToContainTextAsync("sent to transcription.example");
        await Assertions.Expect(UseMicrophone(visit)).ToBeFocusedAsync();
        (await visit.Page.EvaluateAsync<int>("() => window.tracks.length")).ShouldBe(0);

        await UseMicrophone(visit).ClickAsync();
        await IsListeningAsync(visit);
        await visit.Widget.Dictate.ClickAsync();
        await Assertions.Expect(visit.Widget.Field).ToHaveValueAsync("Tell me: how much is the floor lamp?");
        await Assertions.Expect(visit.Widget.Dictate).ToHaveAttributeAsync("aria-pressed", "false");
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
        var (type, bytes) = given.ShouldHaveSingleItem();
        type.ShouldStartWith("audio/webm");
        bytes.ShouldBeGreaterThan(100);

        // The consent is remembered.
        await visit.Page.ReloadAsync();
        await visit.Widget.OpenPanelAsync();
        await visit.Widget.Dictate.ClickAsync();
        await IsListeningAsync(visit);
        visit.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Not_ask_for_the_microphone_without_consent()
    {
        await using var visit = await OpenAsync(Server);
        await visit.Widget.Dictate.ClickAsync();
        await Assertions.Expect(UseMicrophone(visit)).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visit.Page.Locator(".consent")).ToHaveCountAsync(0);
        await Assertions.Expect(visit.Widget.Dictate).ToBeFocusedAsync();
        await visit.Widget.ShownAsync(visit.Widget.Panel);

        await visit.Widget.Dictate.ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await visit.Widget.Dictate.ClickAsync();
        await visit.Widget.ShownAsync(visit.Page.Locator(".consent"));
        (await visit.Page.EvaluateAsync<int>("() => window.tracks.length")).ShouldBe(0);
    }

    [Fact]
    public async Task End_automatically_when_the_visitor_stops_speaking()
    {
        await using var visit = await OpenAsync(Server, async page =>
        {
            await page.Page.AddInitScriptAsync("window.speech = 700");
            await SpeechVisit.FakeTranscriptionAsync(page, "Lamps.");
        });
        await StartDictationAsync(visit);

        await Assertions.Expect(visit.Widget.Field).ToHaveValueAsync("Lamps.");
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("NotAllowedError", "Microphone access was denied")]
    [InlineData("NotFoundError", "No microphone was found")]
    [InlineData("NotReadableError", "Another program is using the microphone")]
    public async Task Say_why_there_is_no_microphone(string error, string words)
    {
        await using var visit = await OpenAsync(Server, page => page.Page.AddInitScriptAsync($"window.devicesFail = '{error}'"));
        await StartDictationAsync(visit, hearing: false);

        await visit.Widget.ShownAsync(visit.Page.Locator(".dictation-note[role=alert]", new() { HasTextString = words }));
        await Assertions.Expect(visit.Widget.Dictate).ToHaveAttributeAsync("aria-pressed", "false");
    }

    [Fact]
    public async Task Say_that_the_page_forbids_the_microphone()
    {
        await using var visit = await OpenAsync(Server, site: site => site.PermissionsPolicy = "microphone=()");
        await StartDictationAsync(visit, hearing: false);

        await visit.Widget.ShownAsync(
            visit.Page.Locator(".dictation-note", new() { HasTextString = "This page doesn't allow the chat to use the microphone" }));
    }

    [Fact]
    public async Task Show_a_failed_transcription_and_allow_a_retry()
    {
        await using var visit = await OpenAsync(
            Server,
            page => page.Page.RouteAsync("**/api/widget/transcription*", route => route.AbortAsync()));
        await StartDictationAsync(visit);
        await visit.Widget.Dictate.ClickAsync();

        await visit.Widget.ShownAsync(visit.Page.Locator(".dictation-note", new() { HasTextString = "We couldn't turn that into text" }));
        await visit.Widget.Dictate.ClickAsync();
        await IsListeningAsync(visit);
    }

    [Theory]
    [InlineData("closes the panel")]
    [InlineData("starts a new conversation")]
    [InlineData("sends a message")]
    [InlineData("removes the widget")]
    public async Task Stop_every_track_when_the_visitor(string what)
    {
        await using var visit = await OpenAsync(Server);
        // The menu is part of the conversation.
        await visit.Widget.AskAsync("What does the desk lamp cost?");
        await StartDictationAsync(visit);
        (await visit.AllTracksStoppedAsync()).ShouldBeFalse();

        await (what switch
        {
            "closes the panel" => visit.Widget.Launcher.ClickAsync(),
            "starts a new conversation" => visit.Widget.ChooseAsync("Start a new conversation"),
            "sends a message" => visit.Widget.SendAsync("What does the desk lamp cost?"),
            _ => visit.Page.EvaluateAsync("() => window.Widget.destroy()"),
        });

        await visit.UntilAsync("() => window.tracks.every((track) => track.readyState === 'ended')");
    }

    [Fact]
    public async Task Show_recognized_text_while_the_visitor_speaks()
    {
        await using var visit = await OpenAsync(Browser, page => page.Page.AddInitScriptAsync(SpeechVisit.Script("recognition.js")));
        await visit.Widget.Dictate.ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".consent")).ToContainTextAsync("the maker of your browser");
        await UseMicrophone(visit).ClickAsync();
        await IsListeningAsync(visit);

        await visit.Page.EvaluateAsync("() => window.hears('what does')");
        await Assertions.Expect(visit.Widget.Field).ToHaveValueAsync("what does");
        await visit.Page.EvaluateAsync("() => window.hears('What does it cost?', true)");
        await Assertions.Expect(visit.Widget.Field).ToHaveValueAsync("What does it cost?");
        // Silence ends the dictation.
        await Assertions.Expect(visit.Widget.Dictate).ToHaveAttributeAsync("aria-pressed", "false");
        (await visit.Page.EvaluateAsync<string>("() => window.recognitions.map(({ state, lang }) => `${state} ${lang}`).join()"))
            .ShouldBe("off en-US");
        await Assertions.Expect(visit.Widget.Field).ToHaveValueAsync("What does it cost?");
    }

    [Fact]
    public async Task End_when_the_visitor_types()
    {
        await using var visit = await OpenAsync(Browser, page => page.Page.AddInitScriptAsync(SpeechVisit.Script("recognition.js")));
        await StartDictationAsync(visit);
        await visit.Page.EvaluateAsync("() => window.hears('what does')");
        await visit.Widget.Field.PressSequentiallyAsync(" it cost?");

        await Assertions.Expect(visit.Widget.Dictate).ToHaveAttributeAsync("aria-pressed", "false");
        await visit.Page.EvaluateAsync("() => window.hears('what does it', true)");
        await Assertions.Expect(visit.Widget.Field).ToHaveValueAsync("what does it cost?");
    }

    [Theory]
    [InlineData("not-allowed", "Microphone access was denied")]
    [InlineData("network", "couldn't reach its speech service")]
    [InlineData("language-not-supported", "doesn't support dictation in this language")]
    [InlineData("no-speech", "We didn't hear anything")]
    public async Task Explain_errors_of_the_browsers_recognition(string error, string words)
    {
        await using var visit = await OpenAsync(Browser, page => page.Page.AddInitScriptAsync(SpeechVisit.Script("recognition.js")));
        await StartDictationAsync(visit);
        await visit.Page.EvaluateAsync("(error) => window.fails(error)", error);

        await visit.Widget.ShownAsync(visit.Page.Locator(".dictation-note[role=alert]", new() { HasTextString = words }));
    }

    [Fact]
    public async Task Say_when_the_sound_stays_on_the_device()
    {
        await using var visit = await OpenAsync(Browser, page => page.Page.AddInitScriptAsync(
            SpeechVisit.Script("recognition.js")
            + "SpeechRecognition.available = async ({ processLocally }) => (processLocally ? 'available' : 'unavailable');"));
        await visit.Widget.Dictate.ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".consent")).ToContainTextAsync("on this device");
        await UseMicrophone(visit).ClickAsync();
        await IsListeningAsync(visit);

        (await visit.Page.EvaluateAsync<bool>("() => window.recognitions[0].processLocally")).ShouldBeTrue();
    }

    [Fact]
    public async Task Not_be_offered_if_neither_browser_nor_server_supports_it()
    {
        await using var visit = await OpenAsync(
            Browser,
            page => page.Page.AddInitScriptAsync("delete window.SpeechRecognition; delete window.webkitSpeechRecognition"));
        await Assertions.Expect(visit.Widget.Dictate).ToHaveCountAsync(0);
        await using var other = await OpenAsync(null);
        await Assertions.Expect(other.Widget.Dictate).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Stop_reading_aloud()
    {
        await using var visit = await OpenAsync(Server, page => page.Page.AddInitScriptAsync("window.pace = 60_000"));
        await visit.Widget.Listen.ClickAsync();
        await visit.Widget.AskAsync("What does the desk lamp cost?");
        await visit.UntilAsync("() => window.said.length === 1");
        await StartDictationAsync(visit);

        await Assertions.Expect(visit.Widget.Player).ToHaveCountAsync(0);
        (await visit.Page.EvaluateAsync<int>("() => window.silenced")).ShouldBe(1);
    }

    private async Task<SpeechVisit> OpenAsync(
        (string, string?)? offer,
        Func<WidgetPage,
        Task>? before = null,
        Action<CustomerSite>? site = null)
    {
        var visit = await SpeechVisit.OpenAsync(installation, chromium, dictation: offer, site: site, before: async page =>
        {
            await page.Context.GrantPermissionsAsync(["microphone"]);
            if (before is not null) await before(page);
        });
        await visit.Widget.OpenPanelAsync();
        return visit;
    }

    private static ILocator UseMicrophone(SpeechVisit visit) =>
        visit.Page.GetByRole(AriaRole.Button, new() { Name = "Use the microphone" });

    private static Task IsListeningAsync(SpeechVisit visit) => visit.Widget.ShownAsync(visit.Page.Locator(".dictation-note.hearing"));

    private static async Task StartDictationAsync(SpeechVisit visit, bool hearing = true)
    {
        await visit.Widget.Dictate.ClickAsync();
        await UseMicrophone(visit).ClickAsync();
        if (hearing) await IsListeningAsync(visit);
    }
}
