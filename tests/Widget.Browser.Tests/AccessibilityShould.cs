using Microsoft.Playwright;

namespace Widget.Browser.Tests;

/// <summary>The widget by keyboard, with a screen reader, in every language and on a phone (WCAG 2.2 AA).</summary>
public sealed class AccessibilityShould(DemoInstallation demo, Chromium chromium)
{
    [Theory]
    [InlineData("en-US", ColorScheme.Light, 1280)]
    [InlineData("en-US", ColorScheme.Dark, 1280)]
    [InlineData("de-DE", ColorScheme.Light, 390)]
    [InlineData("ar", ColorScheme.Dark, 390)]
    public async Task Have_no_accessibility_violations(string locale, ColorScheme scheme, int width)
    {
        await using var visit = await WidgetPage.OpenAsync(
            chromium,
            new Uri(demo.Api, "/widget/harbor"),
            new() { Locale = locale, ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 844 }, BypassCSP = true });
        await visit.ShownAsync(visit.Page.Locator(".suggestions"));
        (await visit.ViolationsAsync()).ShouldBeEmpty();

        await visit.AskAsync("What does delivery to Denmark cost?");
        await visit.AskAsync("Which plan has single sign-on?");
        (await visit.ViolationsAsync()).ShouldBeEmpty();

        await visit.Page.Locator(".source-chip").First.ClickAsync();
        (await visit.ViolationsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Have_no_accessibility_violations_on_a_customers_page()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        await visit.AskAsync("What does delivery to Denmark cost?");

        await visit.ShouldBeAccessibleAsync();
    }

    [Fact]
    public async Task Be_usable_by_keyboard_alone()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/harbor/"));
        await visit.Launcher.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.ShownAsync(visit.Page.Locator(".suggestions"));
        await Assertions.Expect(visit.Field).ToBeFocusedAsync();

        await visit.Page.Keyboard.TypeAsync("first line");
        await visit.Page.Keyboard.PressAsync("Shift+Enter");
        await visit.Page.Keyboard.TypeAsync("what does delivery to Denmark cost?");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.ShownAsync(visit.Answers.First);

        // Go back to the citation, open the source, close it, and close the panel.
        for (var i = 0; i < 12 && await visit.Page.Locator(".citation:focus").CountAsync() == 0; i++)
            await visit.Page.Keyboard.PressAsync("Shift+Tab");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator(".source .tool")).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visit.Page.Locator(".source")).ToBeHiddenAsync();
        await visit.ShownAsync(visit.Panel);
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visit.Panel).ToBeHiddenAsync();
        await Assertions.Expect(visit.Launcher).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Keep_the_focus_in_the_panel_on_a_phone()
    {
        await using var visit = await WidgetPage.OpenAsync(
            chromium,
            new Uri(demo.Demo, "/harbor/"),
            Screens.Phone);
        await visit.OpenPanelAsync();
        var box = (await visit.Panel.BoundingBoxAsync())!;
        (box.X, box.Y, box.Width, box.Height).ShouldBe((0, 0, 390, 844));
        await Assertions.Expect(visit.Panel).ToHaveAttributeAsync("aria-modal", "true");

        for (var i = 0; i < 15; i++)
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            (await visit.Page.EvaluateAsync<string>("() => document.activeElement.id")).ShouldBe("widget-root");
        }
    }

    /// <summary>The sizes of an old phone and of a desktop page at 200 % zoom (WCAG 1.4.4 and 1.4.10).</summary>
    [Theory]
    [InlineData(320, 568)]
    [InlineData(640, 400)]
    public async Task Fit_into_a_small_window(int width, int height)
    {
        await using var visit = await WidgetPage.OpenAsync(
            chromium,
            new Uri(demo.Demo, "/harbor/"),
            new() { ViewportSize = new() { Width = width, Height = height } });
        await visit.OpenPanelAsync();
        await visit.AskAsync("What does delivery to Denmark cost?");

        (await visit.Page.Locator("#widget-root .head h2").BoundingBoxAsync())!.Width.ShouldBeGreaterThan(30);
        (await visit.Page.Locator("#widget-root .thread").BoundingBoxAsync())!.Height.ShouldBeGreaterThan(100);
        foreach (var part in await visit.Page.Locator("#widget-root :is(.head button, .head h2, .thread, .field, .send)").AllAsync())
        {
            var box = (await part.BoundingBoxAsync())!;
            box.X.ShouldBeGreaterThanOrEqualTo(0);
            box.Y.ShouldBeGreaterThanOrEqualTo(0);
            (box.X + box.Width).ShouldBeLessThanOrEqualTo(width);
            (box.Y + box.Height).ShouldBeLessThanOrEqualTo(height);
        }
    }

    [Fact]
    public async Task Show_the_end_of_the_thread_when_an_on_screen_keyboard_opens()
    {
        await using var visit = await WidgetPage.OpenAsync(
            chromium,
            new Uri(demo.Demo, "/harbor/"),
            new() { ViewportSize = new() { Width = 390, Height = 700 } });
        await visit.OpenPanelAsync();
        await visit.AskAsync("What does delivery to Denmark cost?");
        await visit.AskAsync("What is the range?");

        await visit.Page.SetViewportSizeAsync(390, 540);

        await visit.Page.WaitForFunctionAsync(
            """
            () => {
              const thread = document.querySelector('#widget-root').shadowRoot.querySelector('.thread');
              return innerHeight === 540 && thread.scrollTop > 0 && thread.scrollHeight - thread.scrollTop - thread.clientHeight < 2;
            }
            """);
    }

    /// <summary>
    /// The scroll event of the last message is dispatched after the layout has changed, as when a keyboard opens in the same frame.
    /// </summary>
    [Fact]
    public async Task Show_the_end_of_the_thread_when_it_shrinks_while_scrolling()
    {
        await using var visit = await OpenLongThreadAsync();

        var fromTheEnd = await visit.Page.EvaluateAsync<double>(
            """
            async () => {
              const frames = async (count) => { while (count-- > 0) await new Promise(requestAnimationFrame); };
              const thread = document.querySelector('#widget-root').shadowRoot.querySelector('.thread');
              const end = () => thread.scrollHeight - thread.clientHeight;
              thread.scrollTop = end() - 20;
              await frames(3);
              // Outside an animation frame, so that the event is dispatched before the next layout.
              await new Promise(setTimeout);
              thread.scrollTop = end();
              thread.style.cssText = `flex: none; height: ${thread.clientHeight - 120}px`;
              await frames(3);
              return thread.scrollTop > 120 ? end() - thread.scrollTop : Infinity;
            }
            """);

        fromTheEnd.ShouldBeLessThan(2);
    }

    [Fact]
    public async Task Keep_the_scroll_position_when_the_thread_shrinks()
    {
        await using var visit = await OpenLongThreadAsync();

        var top = await visit.Page.EvaluateAsync<double>(
            """
            async () => {
              const frames = async (count) => { while (count-- > 0) await new Promise(requestAnimationFrame); };
              const thread = document.querySelector('#widget-root').shadowRoot.querySelector('.thread');
              await frames(3);
              thread.scrollTop = 0;
              await frames(3);
              thread.style.cssText = `flex: none; height: ${thread.clientHeight - 60}px`;
              await frames(3);
              return thread.scrollTop;
            }
            """);

        top.ShouldBe(0);
    }

    private async Task<WidgetPage> OpenLongThreadAsync()
    {
        var visit = await WidgetPage.OpenAsync(
            chromium,
            new Uri(demo.Demo, "/harbor/"),
            new() { ViewportSize = new() { Width = 390, Height = 500 } });
        await visit.OpenPanelAsync();
        await visit.AskAsync("What does delivery to Denmark cost?");
        await visit.AskAsync("What is the range?");
        return visit;
    }

    [Fact]
    public async Task Move_the_focus_when_the_focused_button_disappears()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        await visit.Page.Locator(".suggestions button").First.FocusAsync();

        await visit.Page.Keyboard.PressAsync("Enter");

        await visit.ShownAsync(visit.Answers.First);
        await Assertions.Expect(visit.Page.Locator(".suggestions")).ToHaveCountAsync(0);
        await Assertions.Expect(visit.Page.Locator("#widget-root .thread")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Be_laid_out_from_right_to_left_in_arabic()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/harbor/"), new() { Locale = "ar" }, visit =>
            visit.Page.AddInitScriptAsync("document.addEventListener('DOMContentLoaded', () => document.documentElement.lang = 'ar')"));
        await visit.OpenPanelAsync();

        (await visit.Panel.GetAttributeAsync("dir")).ShouldBe("rtl");
        (await visit.Field.GetAttributeAsync("placeholder")).ShouldBe("اطرح سؤالًا…");
        var (send, field) = ((await visit.Page.Locator(".send").BoundingBoxAsync())!, (await visit.Field.BoundingBoxAsync())!);
        send.X.ShouldBeLessThan(field.X);
        (await (await visit.AskAsync("ما هو الذكاء الاصطناعي؟")).InnerTextAsync()).ShouldContain("لم أجد شيئًا");
    }

    [Theory]
    [InlineData("de-DE", "Frage stellen …")]
    [InlineData("es-MX", "Haga una pregunta…")]
    [InlineData("ja-JP", "Ask a question…")]
    public async Task Use_the_visitors_language_or_english(string locale, string placeholder)
    {
        await using var hosted = await WidgetPage.OpenAsync(chromium, new Uri(demo.Api, "/widget/harbor"), new() { Locale = locale });
        await Assertions.Expect(hosted.Field).ToHaveAttributeAsync("placeholder", placeholder);

        // A customer's page without a lang attribute.
        await using var site = await CustomerSite.StartAsync();
        var tenant = await demo.AddTenantAsync(site.Origin);
        site.Html = "<script>document.documentElement.removeAttribute('lang')</script>" + CustomerSite.Tag(demo, tenant.SiteKey);
        await using var visit = await WidgetPage.OpenAsync(chromium, site.Address, new() { Locale = locale });
        await visit.OpenPanelAsync();

        await Assertions.Expect(visit.Field).ToHaveAttributeAsync("placeholder", placeholder);
    }

    [Fact]
    public async Task Respect_reduced_motion()
    {
        await using var visit = await WidgetPage.OpenAsync(
            chromium,
            new Uri(demo.Demo, "/harbor/"),
            new() { ReducedMotion = ReducedMotion.Reduce });
        await visit.OpenPanelAsync();

        (await visit.Panel.EvaluateAsync<string>("panel => getComputedStyle(panel).animationName")).ShouldBe("none");
        (await visit.Launcher.EvaluateAsync<string>(
            "launcher => getComputedStyle(launcher).transitionProperty + getComputedStyle(launcher).transitionDuration"))
            .ShouldContain("none");
    }

    [Fact]
    public async Task Announce_an_answer_once_to_screen_readers()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Demo, "/harbor/"));
        await visit.OpenPanelAsync();

        await visit.AskAsync("What does delivery to Denmark cost?");

        await Assertions.Expect(visit.Page.Locator("[aria-live=polite]")).ToContainTextAsync("Answer from Jette: ");
        (await visit.Page.Locator(".thread").GetAttributeAsync("aria-live")).ShouldBe("off");
    }
}
