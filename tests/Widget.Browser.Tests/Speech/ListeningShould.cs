using Microsoft.Playwright;

namespace Widget.Browser.Tests.Speech;

/// <summary>Answers read aloud, by the server's voice and by the browser's.</summary>
public sealed class ListeningShould(ModelInstallation installation, FullChromium chromium)
{
    private const string Question = "What does the desk lamp cost?";

    // Positions in SpeechVisit.Reply.
    private static readonly string First = SpeechVisit.Sentence(0, 0, 34, 2, (0, 3, 0.0), (4, 8, 0.3), (9, 13, 1.5));
    private static readonly string Second = SpeechVisit.Sentence(1, 35, 75, 3);

    [Fact]
    public async Task Play_the_servers_voice_and_highlight_the_spoken_text()
    {
        System.Collections.Concurrent.ConcurrentQueue<System.Text.Json.JsonElement> asked = null!;
        await using var visit = await SpeechVisit.OpenAsync(
            installation,
            chromium,
            speech: "server",
            before: async page => asked = await SpeechVisit.FakeSpeechAsync(page, First + Second + SpeechVisit.Event("done")));
        await visit.Widget.OpenPanelAsync();
        visit.Widget.Requests.ShouldNotContain(request => request.AbsolutePath.Contains("/embed/speech-"));
        await visit.Widget.Listen.ClickAsync();
        await visit.Page.EvaluateAsync("""
            () => {
              window.spoken = new Set();
              setInterval(() => ['widget-sentence', 'widget-word'].forEach((name) =>
                (CSS.highlights.get(name) ?? []).forEach((range) => window.spoken.add(`${name}: ${range}`))), 20);
            }
            """);

        await visit.Widget.AskAsync(Question);
        await visit.Widget.ShownAsync(visit.Widget.Player);
        await visit.UntilAsync("() => window.loudest > 0.1");
        await Assertions.Expect(visit.Widget.Player).ToHaveCountAsync(0);

        var spoken = await visit.Page.EvaluateAsync<string[]>("() => [...window.spoken]");
        spoken.ShouldContain("widget-word: desk");
        spoken.ShouldContain(text => text.StartsWith("widget-sentence: The desk lamp costs ten euros"));
        spoken.ShouldContain("widget-sentence: It is made of solid brass and lasts.");
        (await visit.Widget.SpokenAsync()).ShouldBe("");
        asked.ShouldHaveSingleItem().GetProperty("skip").GetInt32().ShouldBe(0);
        (await visit.SaidAsync()).ShouldBeEmpty();
        visit.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Continue_with_the_browsers_voice_when_the_servers_voice_fails()
    {
        await using var visit = await SpeechVisit.OpenAsync(
            installation,
            chromium,
            speech: "server",
            before: page => SpeechVisit.FakeSpeechAsync(
                page,
                First + SpeechVisit.Event("error", new { title = "Voice is unavailable." })));
        await visit.ListenAsync();
        await visit.Widget.AskAsync(Question);

        await visit.UntilAsync("() => window.said.length > 0");
        await Assertions.Expect(visit.Widget.Player).ToHaveCountAsync(0);
        (await visit.SaidAsync()).ShouldBe(["It is made of solid brass and lasts."]);
        (await visit.Page.EvaluateAsync<double>("() => window.loudest")).ShouldBeGreaterThan(0.1);
    }

    [Fact]
    public async Task Show_an_error_when_no_voice_is_available()
    {
        await using var visit = await SpeechVisit.OpenAsync(
            installation, chromium, speech: "server", voice: false, before: page => SpeechVisit.FakeSpeechAsync(page, "{}", 503));
        await visit.ListenAsync();
        await visit.Widget.AskAsync(Question);

        await visit.Widget.ShownAsync(
            visit.Page.Locator(".speech-note", new() { HasTextString = "Reading aloud isn't available right now." }));
    }

    [Fact]
    public async Task Start_before_the_answer_is_complete()
    {
        await using var visit = await SpeechVisit.OpenAsync(
            installation,
            chromium,
            reply: ($"The desk lamp costs ten euros [1]. {string.Join(' ', Enumerable.Range(1, 60))}. It lasts.", 40));
        await visit.ListenAsync();
        await visit.Widget.SendAsync(Question);

        await visit.UntilAsync("() => window.said.length > 0");
        (await visit.Page.EvaluateAsync<bool>("() => window.said[0].writing")).ShouldBeTrue();
        await visit.UntilAsync("() => window.said.at(-1).text === 'It lasts.'");
        (await visit.SaidAsync())[0].ShouldStartWith("The desk lamp costs ten euros");
    }

    [Fact]
    public async Task Say_that_the_browser_has_no_voice()
    {
        await using var visit = await SpeechVisit.OpenAsync(installation, chromium, voice: false);
        await visit.Widget.OpenPanelAsync();
        await visit.Widget.Listen.ClickAsync();

        await visit.Widget.ShownAsync(
            visit.Page.Locator(".speech-note[role=alert]", new() { HasTextString = "This browser has no voice" }));
        await Assertions.Expect(visit.Widget.Listen).ToHaveAttributeAsync("aria-pressed", "false");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".speech-note")).ToHaveCountAsync(0);
        await visit.Widget.AskAsync(Question);
        visit.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Not_use_a_voice_of_another_language()
    {
        await using var visit = await SpeechVisit.OpenAsync(
            installation,
            chromium,
            before: page => page.Page.AddInitScriptAsync("window.voicesOf = ['de-DE']"));
        await visit.ListenAsync();
        await visit.Widget.AskAsync(Question);

        await visit.Widget.ShownAsync(
            visit.Page.Locator(".speech-note", new() { HasTextString = "no voice for the language of this answer" }));
        (await visit.SaidAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("types")]
    [InlineData("sends a message")]
    [InlineData("closes the panel")]
    [InlineData("starts a new conversation")]
    [InlineData("presses stop")]
    [InlineData("turns listening off")]
    [InlineData("asks through the page")]
    public async Task Stop_at_once_when_the_visitor(string what)
    {
        await using var visit = await SpeechVisit.OpenAsync(
            installation,
            chromium,
            before: page => page.Page.AddInitScriptAsync("window.pace = 3000"));
        await visit.ListenAsync();
        await visit.Widget.AskAsync(Question);
        await visit.UntilAsync("() => CSS.highlights.get('widget-sentence')?.size === 1");

        await (what switch
        {
            "types" => visit.Widget.Field.PressSequentiallyAsync("a"),
            "sends a message" => visit.Widget.SendAsync("And the floor lamp?"),
            "closes the panel" => visit.Widget.Launcher.ClickAsync(),
            "starts a new conversation" => visit.Widget.ChooseAsync("Start a new conversation"),
            "presses stop" => visit.Widget.Player.GetByRole(AriaRole.Button, new() { Name = "Stop reading aloud" }).ClickAsync(),
            "turns listening off" => visit.Widget.Listen.ClickAsync(),
            _ => visit.Page.EvaluateAsync("() => window.Widget.ask('And the floor lamp?')"),
        });

        await visit.UntilAsync("() => window.silenced > 0 && !CSS.highlights.get('widget-sentence')?.size");
        if (what is "types" or "closes the panel" or "starts a new conversation" or "presses stop" or "turns listening off")
        {
            await Assertions.Expect(visit.Widget.Player).ToHaveCountAsync(0);
            (await visit.SaidAsync()).ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task Be_controlled_by_keyboard()
    {
        await using var visit = await SpeechVisit.OpenAsync(
            installation,
            chromium,
            before: page => page.Page.AddInitScriptAsync("window.pace = 3000"));
        await visit.Widget.OpenPanelAsync();
        var answer = await visit.Widget.AskAsync(Question);
        (await visit.Page.EvaluateAsync<int>("() => window.said.length")).ShouldBe(0);
        await WidgetPage.ReadAloud(answer).ClickAsync();
        await visit.UntilAsync("() => [...(CSS.highlights.get('widget-word') ?? [])].join() === 'desk'");

        await Button("Pause").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Button("Resume")).ToBeFocusedAsync();
        (await visit.Page.EvaluateAsync<int>("() => window.silenced")).ShouldBe(1);
        (await visit.Widget.SpokenAsync()).ShouldStartWith("The desk lamp");

        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.UntilAsync("() => window.said.length === 2");
        // From the word that was being spoken.
        (await visit.SaidAsync())[1].ShouldStartWith("desk lamp");

        await visit.Page.Locator(".player select").SelectOptionAsync("1.5");
        await visit.UntilAsync("() => window.said.at(-1).rate === 1.5");
        await Button("Mute").PressAsync("Space");
        await visit.UntilAsync("() => window.said.at(-1).volume === 0");
        await Assertions.Expect(Button("Mute")).ToHaveAttributeAsync("aria-pressed", "true");

        await Button("Next sentence").PressAsync("Enter");
        await visit.UntilAsync("() => window.said.at(-1).text.startsWith('It is made')");
        await Button("Stop reading aloud").PressAsync("Enter");
        await Assertions.Expect(visit.Widget.Player).ToHaveCountAsync(0);
        await Assertions.Expect(visit.Page.Locator(".thread")).ToBeFocusedAsync();

        ILocator Button(string name) => visit.Widget.Player.GetByRole(AriaRole.Button, new() { Name = name });
    }

    [Fact]
    public async Task Stay_on_after_a_page_change()
    {
        await using var visit = await SpeechVisit.OpenAsync(installation, chromium);
        await visit.ListenAsync();
        await visit.Page.ReloadAsync();
        await visit.Widget.OpenPanelAsync();

        await Assertions.Expect(visit.Widget.Listen).ToHaveAttributeAsync("aria-pressed", "true");
        await visit.Widget.AskAsync(Question);
        await visit.UntilAsync("() => window.said.length === 2");

        // Earlier answers are not read again.
        await visit.Page.ReloadAsync();
        await visit.Widget.OpenPanelAsync();
        await Assertions.Expect(visit.Widget.Answers).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Widget.Listen).ToHaveAttributeAsync("aria-pressed", "true");
        (await visit.SaidAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Work_under_a_strict_content_security_policy()
    {
        await using var visit = await SpeechVisit.OpenAsync(
            installation,
            chromium,
            speech: "server",
            before: page => SpeechVisit.FakeSpeechAsync(page, First + Second + SpeechVisit.Event("done")),
            site: site =>
            {
                var api = installation.Api.GetLeftPart(UriPartial.Authority);
                site.ContentSecurityPolicy = $"default-src 'none'; script-src {api}; "
                    + $"connect-src {api} {api.Replace("http", "ws")}; img-src data:";
            });
        await visit.ListenAsync();
        await visit.Widget.AskAsync(Question);

        await visit.UntilAsync("() => window.loudest > 0.1");
        (await visit.Widget.Player.EvaluateAsync<string>("player => getComputedStyle(player).display")).ShouldBe("flex");
        visit.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Mark_the_paragraph_if_the_browser_has_no_highlights()
    {
        await using var visit = await SpeechVisit.OpenAsync(
            installation, chromium, before: page => page.Page.AddInitScriptAsync("delete CSS.highlights; window.pace = 3000"));
        await visit.ListenAsync();
        await visit.Widget.AskAsync(Question);

        await visit.Widget.ShownAsync(visit.Page.Locator(".bubble [data-spoken]", new() { HasTextString = "The desk lamp" }));
        await visit.Widget.Field.PressSequentiallyAsync("a");
        await Assertions.Expect(visit.Page.Locator("[data-spoken]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Report_the_browsers_abilities_to_the_server()
    {
        await using var visit = await SpeechVisit.OpenAsync(installation, chromium, before: page =>
        {
            page.Page.Request += (_, request) =>
            {
                if (request.Url.EndsWith("/api/widget/session") && request.PostData is { } body) Bodies.Add(body);
            };
            return page.Page.AddInitScriptAsync("delete window.RTCPeerConnection");
        });
        await visit.Widget.OpenPanelAsync();

        Bodies.ShouldHaveSingleItem().ShouldContain("\"abilities\":[\"audio\",\"microphone\"]");
    }

    private List<string> Bodies { get; } = [];

    [Theory]
    [InlineData("en-US", ColorScheme.Light, 1280)]
    [InlineData("de-DE", ColorScheme.Dark, 390)]
    [InlineData("ar", ColorScheme.Light, 390)]
    public async Task Have_no_accessibility_violations(string locale, ColorScheme scheme, int width)
    {
        await using var visit = await SpeechVisit.OpenAsync(
            installation,
            chromium,
            Screens.Of(locale, scheme, width),
            dictation: ("server", "transcription.example"),
            before: page => page.Page.AddInitScriptAsync("window.pace = 60_000"),
            site: site => site.SetLocale(locale));
        await visit.ListenAsync();
        await visit.Widget.AskAsync(Question);
        await visit.Widget.ShownAsync(visit.Widget.Player);
        await visit.Widget.ShouldBeAccessibleAsync();

        await visit.Widget.Dictate.ClickAsync();
        await visit.Widget.ShownAsync(visit.Page.Locator(".consent"));
        await visit.Widget.ShouldBeAccessibleAsync();
    }
}
