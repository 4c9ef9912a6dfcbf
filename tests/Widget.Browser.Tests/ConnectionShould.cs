using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests;

/// <summary>No message is lost or duplicated when the connection or the server fails.</summary>
public sealed class ConnectionShould(ModelInstallation installation, Chromium chromium)
{
    private const string Question = "What does delivery to Denmark cost?";

    [Fact]
    public async Task Resume_after_the_api_is_killed_in_the_middle_of_an_answer()
    {
        await installation.ModelAsync(new { reply = string.Join(' ', Enumerable.Range(1, 400)) + " [1]", tokenDelayMs = 30 });
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        await visit.SendAsync(Question);
        await visit.ShownAsync(visit.Page.Locator(".streaming", new() { HasTextString = "1 2 3 4 5 6 7 8 9 10" }));

        var restart = await installation.KillApiAsync();
        await visit.ShownAsync(visit.Status);
        // A question asked meanwhile waits.
        await visit.SendAsync("And to Austria?");
        await visit.ShownAsync(visit.Page.GetByText("Not sent yet"));
        await installation.ModelAsync(new { reply = "It costs 89 euros [1]." });
        await restart();

        await visit.ShownAsync(visit.Answers.Nth(1));
        (await visit.CountAsync(Question)).ShouldBe(1);
        (await visit.CountAsync("And to Austria?")).ShouldBe(1);
        (await visit.CountAsync("It costs 89 euros")).ShouldBe(2);
        (await visit.CountAsync("1 2 3")).ShouldBe(0);
        (await visit.Status.CountAsync()).ShouldBe(0);

        // The log contains two questions and two answers, once each.
        await visit.Page.ReloadAsync();
        await visit.OpenPanelAsync();
        await visit.ShownAsync(visit.Answers.Nth(1));
        (await visit.Page.Locator(".message.visitor").CountAsync()).ShouldBe(2);
        (await visit.Answers.CountAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task Use_plain_http_when_websockets_are_blocked()
    {
        await installation.ModelAsync();
        await using var visit = await WidgetPage.OpenAsync(
            chromium,
            new Uri(installation.Demo, "/harbor/"),
            before: BlockWebSocketsAsync);
        await visit.OpenPanelAsync();

        (await (await visit.AskAsync(Question)).InnerTextAsync()).ShouldContain("89 euros");

        visit.Requests.ShouldContain(request => request.AbsolutePath.EndsWith("/messages"));
        visit.Requests.ShouldContain(request => request.AbsolutePath.EndsWith("/events"));
    }

    [Fact]
    public async Task Send_messages_when_the_visitor_is_online_again()
    {
        await installation.ModelAsync();
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        await visit.AskAsync(Question);

        var tries = visit.Requests.Count;
        await visit.Context.SetOfflineAsync(true);
        await visit.ShownAsync(visit.Page.GetByText("You're offline."));
        await visit.SendAsync("How long does charging take?");
        await visit.ShownAsync(visit.Page.GetByText("Not sent yet"));
        // Wait for several failed attempts.
        await Eventually.TrueAsync(() => visit.Requests.Count > tries + 3);
        await visit.Context.SetOfflineAsync(false);

        await visit.ShownAsync(visit.Answers.Nth(1));
        (await visit.CountAsync("How long does charging take?")).ShouldBe(1);
        (await visit.Status.CountAsync()).ShouldBe(0);
        // Being offline must not count as blocked WebSockets.
        visit.Requests.ShouldNotContain(request => request.AbsolutePath.EndsWith("/messages"));
    }

    [Fact]
    public async Task Resend_a_message_that_failed()
    {
        await installation.ModelAsync();
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"), before: BlockWebSocketsAsync);
        await visit.OpenPanelAsync();
        await visit.AskAsync(Question);
        foreach (var status in new[] { 401, 500 })
        {
            await visit.Page.RouteAsync(
                "**/messages",
                route => route.FulfillAsync(new() { Status = status, Body = "{}" }),
                new() { Times = 1 });
            await visit.AskAsync($"And to Austria, after {status}?");
        }

        (await visit.CountAsync("And to Austria")).ShouldBe(2);
        (await visit.Answers.CountAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task Send_a_message_written_before_the_conversation_started()
    {
        await installation.ModelAsync();
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"));
        await visit.Page.RouteAsync("**/api/**", route => route.AbortAsync());
        await visit.Launcher.ClickAsync();
        await visit.SendAsync(Question);
        await visit.ShownAsync(visit.Page.GetByText("Not sent yet"));

        await visit.Page.UnrouteAllAsync();
        await visit.Page.ReloadAsync();
        await visit.OpenPanelAsync();

        await visit.ShownAsync(visit.Answers.First);
        (await visit.CountAsync(Question)).ShouldBe(1);
    }

    [Fact]
    public async Task Send_the_pages_context_before_the_question()
    {
        await installation.ModelAsync();
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        await visit.Page.RouteAsync("**/context", async route =>
        {
            await Task.Delay(700);
            await route.ContinueAsync();
        });

        await visit.Page.EvaluateAsync(
            "() => { Widget.setContext({ product: 'Tide Step', price: 2490, cart: null }); "
            + "Widget.ask('What does delivery to Denmark cost?'); }");
        await visit.ShownAsync(visit.Answers.First);

        var asked = await installation.LastModelRequestAsync();
        asked.ShouldContain("product: Tide Step");
        asked.ShouldContain("price: 2490");
    }

    [Fact]
    public async Task Deliver_a_request_for_a_person_exactly_once()
    {
        // The widget offers a person below an answer without sources.
        await installation.ModelAsync(new { reply = "The sources do not say." });
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        await visit.AskAsync("Who won the football world cup of 1974?");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Talk to a person" }).ClickAsync();
        await visit.Page.GetByLabel("E-mail address").FillAsync("ada@example.com");
        // The first request is lost, and then the server's reply to the second.
        var requests = 0;
        await visit.Page.RouteAsync("**/person", async route =>
        {
            if (++requests == 2) await route.FetchAsync();
            if (requests > 2) await route.ContinueAsync();
            else await route.AbortAsync();
        });
        var send = visit.Page.GetByRole(AriaRole.Button, new() { Name = "Send request" });
        await send.ClickAsync();
        await visit.ShownAsync(visit.Page.GetByRole(AriaRole.Alert));
        await send.ClickAsync();
        await Assertions.Expect(send).ToBeEnabledAsync();
        await send.ClickAsync();

        var confirmation = visit.Page.GetByText("Thanks. Our team will reply to ada@example.com.");
        await visit.ShownAsync(confirmation);
        await visit.Page.ReloadAsync();
        await visit.OpenPanelAsync();
        await visit.ShownAsync(confirmation);
        (await confirmation.CountAsync()).ShouldBe(1);
        requests.ShouldBe(3);
    }

    [Fact]
    public async Task Show_that_an_answer_was_stopped_before_its_first_word()
    {
        await installation.ModelAsync(new { reply = "89 euros [1].", delayMs = 20_000 });
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        await visit.SendAsync(Question);

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop answering" }).ClickAsync();

        await visit.ShownAsync(visit.Page.Locator(".message.stopped").GetByText("Stopped", new() { Exact = true }));
    }

    [Fact]
    public async Task Send_unsent_messages_after_a_reload()
    {
        await installation.ModelAsync();
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        await visit.AskAsync(Question);
        await visit.Page.RouteAsync("**/api/**", route => route.AbortAsync());
        await visit.Context.SetOfflineAsync(true);
        await visit.ShownAsync(visit.Page.GetByText("You're offline."));
        await visit.SendAsync("How long does charging take?");
        await visit.ShownAsync(visit.Page.GetByText("Not sent yet"));

        await visit.Context.SetOfflineAsync(false);
        await visit.Page.UnrouteAllAsync();
        await visit.Page.ReloadAsync();
        await visit.OpenPanelAsync();

        await visit.ShownAsync(visit.Answers.Nth(1));
        (await visit.CountAsync("How long does charging take?")).ShouldBe(1);
    }

    [Fact]
    public async Task Show_one_conversation_in_two_tabs()
    {
        await installation.ModelAsync(new { reply = string.Join(' ', Enumerable.Range(1, 200)) + " [1]", tokenDelayMs = 20 });
        await using var first = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"));
        await first.OpenPanelAsync();
        var second = await first.Context.NewPageAsync();
        await second.GotoAsync(new Uri(installation.Demo, "/harbor/prices.html").AbsoluteUri);
        await second.Locator(".launcher").ClickAsync();
        // An empty conversation begins with Home.
        await second.Locator(".way.chat").ClickAsync();
        await first.ShownAsync(second.Locator(".message.assistant").First);

        await first.SendAsync(Question);

        // The other tab also shows the answer while it is written.
        await first.ShownAsync(second.Locator(".streaming", new() { HasTextString = "1 2 3" }));
        await first.ShownAsync(second.Locator(".message.assistant .after"));
        (await second.Locator(".message.visitor").InnerTextAsync()).ShouldContain(Question);
    }

    [Fact]
    public async Task Stop_an_answer()
    {
        await installation.ModelAsync(new { reply = string.Join(' ', Enumerable.Range(1, 500)), tokenDelayMs = 30 });
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        await visit.SendAsync(Question);
        await visit.ShownAsync(visit.Page.Locator(".streaming", new() { HasTextString = "1 2 3" }));

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop answering" }).PressAsync("Enter");

        await visit.ShownAsync(visit.Page.GetByText("Stopped", new() { Exact = true }));
        // The button is gone. After a key press, the focus is in the text field.
        await Assertions.Expect(visit.Field).ToBeFocusedAsync();
        (await visit.Answers.First.InnerTextAsync()).ShouldNotContain("400");
    }

    [Fact]
    public async Task Count_unread_answers_while_the_panel_is_closed()
    {
        await installation.ModelAsync(new { reply = "It costs 89 euros [1].", delayMs = 2000 });
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        await visit.SendAsync(Question);
        await visit.Page.Keyboard.PressAsync("Escape");

        await Assertions.Expect(visit.Page.Locator(".badge")).ToHaveTextAsync("1");
        (await visit.Launcher.GetAttributeAsync("aria-label")).ShouldBe("Open chat, 1 unread");
        await visit.Launcher.ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".badge")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Start_a_new_conversation()
    {
        await installation.ModelAsync();
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        await visit.AskAsync(Question);

        await visit.ChooseAsync("Start a new conversation");

        await visit.ShownAsync(visit.Page.Locator(".suggestions"));
        (await visit.CountAsync(Question)).ShouldBe(0);
        (await (await visit.AskAsync("How long does charging take?")).InnerTextAsync()).ShouldContain("four and a half hours");
        await visit.Page.ReloadAsync();
        await visit.OpenPanelAsync();
        await visit.ShownAsync(visit.Answers.First);
        (await visit.CountAsync(Question)).ShouldBe(0);
    }

    [Fact]
    public async Task Keep_ratings()
    {
        await installation.ModelAsync();
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        var answer = await visit.AskAsync(Question);

        var saved = visit.Page.WaitForResponseAsync(response => response.Url.EndsWith("/ratings"));
        await answer.GetByRole(AriaRole.Button, new() { Name = "Helpful", Exact = true }).ClickAsync();
        (await saved).Status.ShouldBe(200);
        await visit.Page.ReloadAsync();
        await visit.OpenPanelAsync();

        await Assertions.Expect(
            visit.Page.GetByRole(AriaRole.Button, new() { Name = "Helpful", Exact = true })).ToHaveAttributeAsync("aria-pressed", "true");
    }

    [Fact]
    public async Task Render_markdown_without_executing_anything()
    {
        var home = new Uri(installation.Demo, "/").AbsoluteUri;
        await installation.ModelAsync(new
        {
            reply = $"**Bold** and a list:\n\n- one\n- [safe]({home})\n"
                + "- [evil](javascript:alert(1)) or [made up](https://example.com/x)\n\n"
                + "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>\n\n"
                + "| a | b |\n|---|---|\n| 1 | 2 |\n\nDone [1]. [2](https://example.com)",
        });
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(installation.Demo, "/harbor/"));
        await visit.OpenPanelAsync();
        var answer = await visit.AskAsync(Question);

        (await answer.Locator("strong").InnerTextAsync()).ShouldBe("Bold");
        (await answer.Locator(".bubble li").CountAsync()).ShouldBe(3);
        (await answer.Locator("td").AllInnerTextsAsync()).ShouldBe(["1", "2"]);
        (await answer.Locator(".bubble a").EvaluateAllAsync<string[]>("links => links.map((link) => link.href)")).ShouldBe([home]);
        (await answer.Locator("img, script").CountAsync()).ShouldBe(0);
        (await answer.InnerTextAsync()).ShouldContain("<img src=x");
        (await visit.Page.EvaluateAsync<bool>("() => 'hacked' in window")).ShouldBeFalse();
    }

    private static Task BlockWebSocketsAsync(WidgetPage visit) => visit.Page.AddInitScriptAsync(
        "window.WebSocket = class { constructor() { setTimeout(() => { "
        + "this.onerror?.(new Event('error')); this.onclose?.({ code: 1006 }); }, 5); } close() {} };");
}
