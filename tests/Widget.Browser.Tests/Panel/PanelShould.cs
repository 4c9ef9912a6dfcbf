using Microsoft.Playwright;

namespace Widget.Browser.Tests.Panel;

/// <summary>What a visitor sees: Home, the conversation, the form for a person, and the screen before a call.</summary>
public sealed class PanelShould(DemoInstallation demo, Chromium chromium)
{
    private const string Question = "What does delivery to Denmark cost?";

    private Uri Page => new(demo.Demo, "/harbor/");

    [Fact]
    public async Task Begin_with_Home_that_says_who_answers_and_names_the_ways_to_talk()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, Page);
        await visit.OpenPanelAsync();
        var home = visit.Page.Locator("#widget-root .home");

        await visit.ShownAsync(home.GetByText("AI assistant", new() { Exact = true }));
        (await home.Locator("h2").InnerTextAsync()).ShouldBe("Jette");
        (await home.Locator(".way b").AllInnerTextsAsync())[0].ShouldBe("Chat");
        (await home.Locator(".way").CountAsync()).ShouldBe(await home.Locator(".way .note").CountAsync());
        await Assertions.Expect(visit.Field).ToBeFocusedAsync();

        // What is typed on Home goes to the conversation.
        await visit.AskAsync(Question);
        await Assertions.Expect(home).ToHaveCountAsync(0);
        await visit.GoHomeAsync();
        await home.Locator(".continue").ClickAsync();
        await visit.ShownAsync(visit.Answers.First);
    }

    [Fact]
    public async Task Have_one_button_that_closes_it()
    {
        await using (var desktop = await WidgetPage.OpenAsync(chromium, Page))
        {
            await desktop.OpenPanelAsync();
            await Assertions.Expect(desktop.Page.Locator("#widget-root .head .close")).ToBeHiddenAsync();
            await desktop.Launcher.ClickAsync();
            await Assertions.Expect(desktop.Panel).ToBeHiddenAsync();
        }

        await using var phone = await WidgetPage.OpenAsync(
            chromium,
            Page,
            new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true });
        await phone.OpenPanelAsync();
        await phone.Page.Locator("#widget-root .head .close").ClickAsync();
        await Assertions.Expect(phone.Panel).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Show_when_a_message_was_sent_and_that_it_was_read()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, Page);
        await visit.OpenPanelAsync();
        var answer = await visit.AskAsync(Question);

        var meta = visit.Page.Locator(".message.visitor .meta");
        await Assertions.Expect(meta.Locator(".state")).ToHaveTextAsync("Read");
        foreach (var time in new[] { meta.Locator("time"), answer.Locator("time") })
        {
            var at = DateTimeOffset.Parse((await time.GetAttributeAsync("datetime"))!, System.Globalization.CultureInfo.InvariantCulture);
            (DateTimeOffset.UtcNow - at).ShouldBeInRange(TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(10));
            (await time.GetAttributeAsync("title"))!.ShouldContain($"{at.Year}");
        }

        await Assertions.Expect(visit.Page.Locator(".thread .day")).ToHaveTextAsync("Today");
    }

    [Fact]
    public async Task Number_sources_from_one_and_make_them_large_enough_for_a_finger()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, Page);
        await visit.OpenPanelAsync();
        var answer = await visit.AskAsync(Question);

        (await answer.Locator(".citation").First.InnerTextAsync()).ShouldBe("1");
        (await answer.Locator(".source-chip b").First.InnerTextAsync()).ShouldBe("1");
        foreach (var target in await visit.Page.Locator("#widget-root :is(.citation, .source-chip, .small-tool, .head button)").AllAsync())
        {
            if (!await target.IsVisibleAsync()) continue;
            var box = (await target.BoundingBoxAsync())!;
            Math.Min(box.Width, box.Height).ShouldBeGreaterThanOrEqualTo(24);
        }
    }

    [Fact]
    public async Task Offer_the_latest_message_when_the_visitor_has_scrolled_up()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, Page, new() { ViewportSize = new() { Width = 390, Height = 560 } });
        await visit.OpenPanelAsync();
        await visit.AskAsync(Question);
        await visit.AskAsync("What is the range?");
        var latest = visit.Page.Locator("#widget-root .to-latest");
        await Assertions.Expect(latest).ToHaveCountAsync(0);

        await visit.Page.Locator("#widget-root .thread").EvaluateAsync("thread => { thread.scrollTop = 0; }");
        await latest.ClickAsync();

        await Assertions.Expect(latest).ToHaveCountAsync(0);
        await visit.Page.WaitForFunctionAsync(
            """
            () => {
              const thread = document.querySelector('#widget-root').shadowRoot.querySelector('.thread');
              return thread.scrollHeight - thread.scrollTop - thread.clientHeight < 2;
            }
            """);
    }

    [Fact]
    public async Task Ask_why_an_answer_did_not_help_and_offer_another_way()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, Page);
        await visit.OpenPanelAsync();
        var answer = await visit.AskAsync(Question);

        await answer.GetByRole(AriaRole.Button, new() { Name = "Not helpful" }).ClickAsync();
        await answer.GetByText("Something is missing").ClickAsync();
        await answer.GetByLabel("Tell us more (optional)").FillAsync("The price for Sweden.");
        var sent = visit.Page.WaitForRequestAsync(request => request.Url.EndsWith("/ratings") && request.PostData!.Contains("reason"));
        await answer.Locator(".reasons .primary").ClickAsync();

        var body = (await sent).PostDataJSON()!.Value;
        body.GetProperty("rating").GetString().ShouldBe("down");
        body.GetProperty("reason").GetString().ShouldBe("incomplete");
        body.GetProperty("comment").GetString().ShouldBe("The price for Sweden.");
        await answer.GetByRole(AriaRole.Button, new() { Name = "Rephrase the question" }).ClickAsync();
        await Assertions.Expect(visit.Field).ToHaveValueAsync(Question);
        await Assertions.Expect(visit.Field).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Ask_for_an_address_before_a_person_is_requested_outside_of_hours()
    {
        await using var visit = await AskForAPersonAsync(open: false);
        var email = visit.Page.GetByLabel("E-mail address", new() { Exact = true });
        await visit.ShouldBeAccessibleAsync();

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Send request" }).ClickAsync();
        await visit.ShownAsync(visit.Page.GetByText("Enter your e-mail address so that we can reply."));

        await RequestByMailAsync(visit, email);
    }

    [Fact]
    public async Task Ask_for_an_address_if_nobody_takes_the_request()
    {
        await using var visit = await AskForAPersonAsync(open: true);
        await visit.ShownAsync(visit.Page.GetByLabel("E-mail address (optional)"));

        var asked = visit.Page.WaitForRequestAsync("**/person");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Send request" }).ClickAsync();
        (await asked).PostDataJSON()!.Value.TryGetProperty("email", out _).ShouldBeFalse();
        await visit.ShownAsync(visit.Page.GetByText("Nobody is free right now. Leave your e-mail address, and we'll reply to you."));

        await RequestByMailAsync(visit, visit.Page.GetByLabel("E-mail address", new() { Exact = true }));
    }

    private async Task<WidgetPage> AskForAPersonAsync(bool open)
    {
        var visit = await WidgetPage.OpenAsync(chromium, Page, before: page => page.ChangeConfigAsync(config =>
        {
            config["attachments"] = true;
            config["availability"]!["open"] = open;
            config["availability"]!["opensAt"] = null;
        }));
        await visit.OpenPanelAsync();
        await visit.Page.Locator("#widget-root .home").GetByRole(AriaRole.Button, new() { Name = "Talk to a person" }).ClickAsync();
        return visit;
    }

    private static async Task RequestByMailAsync(WidgetPage visit, ILocator email)
    {
        await Assertions.Expect(email).ToBeFocusedAsync();
        await Assertions.Expect(email).ToHaveAttributeAsync("aria-invalid", "true");
        await visit.ShouldBeAccessibleAsync();

        await email.FillAsync("ada@example.com");
        var sent = visit.Page.WaitForRequestAsync("**/person");
        await email.PressAsync("Enter");

        var body = (await sent).PostDataJSON()!.Value;
        body.GetProperty("email").GetString().ShouldBe("ada@example.com");
        // The consent is the sentence that the visitor saw.
        body.GetProperty("consent").GetString()!.ShouldStartWith("Harbor Bikes uses your details to answer you.");
        await visit.ShownAsync(visit.Page.Locator(".thread .event", new() { HasTextString = "Our team will reply to ada@example.com." }));
    }

    [Fact]
    public async Task Enlarge_save_and_begin_again_from_the_menu_by_keyboard()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, Page);
        await visit.OpenPanelAsync();
        await visit.AskAsync(Question);
        var menu = visit.Page.Locator("#widget-root .menu > button");
        await menu.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator("#widget-root .menu-list button").First).ToBeFocusedAsync();
        await visit.ShouldBeAccessibleAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(menu).ToBeFocusedAsync();
        await visit.ShownAsync(visit.Panel);

        await visit.ChooseAsync("Make larger");
        await visit.Page.WaitForFunctionAsync(
            "() => document.querySelector('#widget-root').shadowRoot.querySelector('.panel').clientWidth === 640");

        var download = visit.Page.WaitForDownloadAsync();
        // This installation sends e-mails, so saving is beside them.
        await visit.ChooseAsync("E-mail the conversation");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save the conversation" }).ClickAsync();
        var text = await File.ReadAllTextAsync(await (await download).PathAsync());
        text.ShouldContain(Question);
        text.ShouldContain("89 euros");
        await visit.Page.Keyboard.PressAsync("Escape");

        await visit.ChooseAsync("Start a new conversation");
        await visit.ShownAsync(visit.Page.Locator(".thread .suggestions"));
        await visit.AskAsync("What is the range of the Tide Step?");
        await visit.ChooseAsync("Earlier conversations");
        await visit.Page.Locator(".history-list button", new() { HasTextString = Question }).ClickAsync();
        await visit.ShownAsync(visit.Page.Locator(".message.visitor", new() { HasTextString = Question }));
    }

    [Fact]
    public async Task Insert_an_emoji_by_keyboard()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, Page);
        await visit.OpenPanelAsync();
        await visit.Field.FillAsync("Hello ");
        await visit.Page.Locator("#widget-root .emoji").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#widget-root .emoji-grid button").First).ToBeFocusedAsync();

        await visit.Page.Keyboard.PressAsync("ArrowRight");
        await visit.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(visit.Field).ToHaveValueAsync("Hello 😄");
        await Assertions.Expect(visit.Field).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData("en-US", ColorScheme.Light, 1280)]
    [InlineData("de-DE", ColorScheme.Dark, 390)]
    [InlineData("ar", ColorScheme.Dark, 390)]
    [InlineData("es-ES", ColorScheme.Light, 320)]
    public async Task Say_before_a_call_who_receives_what_without_accessibility_violations(string locale, ColorScheme scheme, int width)
    {
        await using var visit = await WidgetPage.OpenAsync(
            chromium,
            new Uri(demo.Api, "/widget/harbor"),
            new() { Locale = locale, ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 844 }, BypassCSP = true });
        await visit.ShownAsync(visit.Page.Locator(".home"));
        (await visit.ViolationsAsync()).ShouldBeEmpty();
        var start = visit.Page.Locator(".start-video, .start-voice").First;

        await start.ClickAsync();
        await visit.ShownAsync(visit.Page.Locator(".prelude .facts"));
        (await visit.Page.Locator(".prelude .facts li").CountAsync()).ShouldBe(3);
        (await visit.ViolationsAsync()).ShouldBeEmpty();
        visit.Requests.Select(request => request.AbsolutePath).Intersect(["/api/tavus/session", "/api/voice/session"]).ShouldBeEmpty();

        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visit.Page.Locator(".prelude")).ToHaveCountAsync(0);
    }
}
