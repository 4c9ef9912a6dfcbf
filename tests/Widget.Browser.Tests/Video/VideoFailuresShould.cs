using Microsoft.Playwright;

namespace Widget.Browser.Tests.Video;

/// <summary>Video calls with problems: devices, the page, the network, a queue, or Tavus itself.</summary>
public sealed class VideoFailuresShould(ModelInstallation installation, FullChromium chromium)
{
    [Theory]
    [InlineData("NotAllowedError", "Microphone access was denied.")]
    [InlineData("NotFoundError", "No microphone was found.")]
    [InlineData("NotReadableError", "Another program is using the microphone.")]
    public async Task Say_why_there_is_no_microphone_and_continue_without_it(string error, string words)
    {
        await using var visit = await VideoVisit.OpenAsync(
            installation, chromium, before: page => page.Page.AddInitScriptAsync($"window.devicesFail = () => '{error}'"));
        await visit.CallAsync();
        await visit.Widget.ShownAsync(visit.Page.Locator(".stage").GetByText(words));
        // Nothing is charged while the visitor decides.
        (await visit.ConversationsAsync()).ShouldBeEmpty();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Join without microphone" })).ToBeFocusedAsync();

        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Widget.ShownAsync(visit.Avatar);
        await visit.Widget.SendAsync("I type instead.");
        await visit.SaidAsync("visitor: I type instead.");
        await visit.SaidAsync("assistant: You said: I type instead.");
    }

    [Fact]
    public async Task Return_to_text_when_the_visitor_denies_the_devices()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium, devices: false);
        await visit.CallAsync();
        await visit.Widget.ShownAsync(visit.Page.GetByText("Microphone access was denied."));

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Back to chat" }).ClickAsync();
        await Assertions.Expect(visit.Stage).ToHaveCountAsync(0);
        await visit.Widget.GoHomeAsync();
        await visit.Widget.ShownAsync(visit.Start);
        (await visit.ConversationsAsync()).ShouldBeEmpty();
        visit.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Say_that_the_page_forbids_the_devices()
    {
        await using var visit = await VideoVisit.OpenAsync(
            installation,
            chromium,
            site: site => site.PermissionsPolicy = "camera=(), microphone=()");
        await visit.CallAsync();

        await visit.Widget.ShownAsync(visit.Page.GetByText("This page doesn't allow the chat to use the microphone."));
    }

    [Fact]
    public async Task Continue_without_a_camera()
    {
        await using var visit = await VideoVisit.OpenAsync(
            installation,
            chromium,
            before: page => page.Page.AddInitScriptAsync("window.devicesFail = (constraints) => constraints.video && 'NotFoundError'"));
        await visit.CallAndWaitForAvatarAsync();

        await visit.Widget.ShownAsync(visit.Page.GetByText("No camera was found. The call continues without it."));
        (await visit.Page.EvaluateAsync<bool>(
            "() => typeof window.dailyReplacement.sources.audio === 'string' && window.dailyReplacement.sources.video === false"))
            .ShouldBeTrue();
    }

    [Theory]
    [InlineData("The replacement cannot join")]
    [InlineData("The chunk is blocked")]
    [InlineData("The room isn't at Daily")]
    public async Task Show_the_room_in_a_frame_if_dailys_client_cannot_be_loaded(string why)
    {
        var settings = new Dictionary<string, object> { ["tavusPrivateRoom"] = true };
        await using var visit = await VideoVisit.OpenAsync(installation, chromium, settings: settings, before: async page =>
        {
            if (why.Contains("replacement")) await page.Page.AddInitScriptAsync("window.dailyReplacement = { joinFails: true }");
            else if (why.Contains("blocked")) await page.Page.RouteAsync("**/embed/daily-*.js", route => route.AbortAsync());
            else await page.Page.RouteAsync("**/embed/daily-*.js", route => route.ContinueAsync());
            await page.Page.RouteAsync("https://**", route => route.AbortAsync());
        });
        await visit.CallAsync();

        var room = visit.Page.FrameLocator("#widget-root iframe.room");
        await visit.Widget.ShownAsync(room.GetByText("The avatar is here."));
        // The frame passes the click on, and the widget does not stop it.
        await visit.Widget.ShownAsync(room.GetByText("Camera and microphone are on."));
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
        await visit.Widget.ShownAsync(visit.Page.Locator(".stage .clock"));

        // The room's page passes the call's messages on.
        await visit.Widget.SendAsync("I like lamps.");
        await visit.Widget.ShownAsync(visit.Page.Locator(".caption", new() { HasTextString = "You said" }));
        await visit.SaidAsync("visitor: I like lamps.");
        await visit.SaidAsync("assistant: You said: I like lamps.");
        await visit.HangUp.ClickAsync();
        await Assertions.Expect(visit.Page.Locator("iframe.room")).ToHaveCountAsync(0);
        await visit.EndedAsync();
        (await visit.ThreadAsync()).Count(line => line == "visitor: I like lamps.").ShouldBe(1);
    }

    [Fact]
    public async Task Show_dailys_own_page_if_its_servers_are_unreachable_and_answer_typed_messages_in_text()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium, before: async page =>
        {
            await page.Page.RouteAsync("**/embed/daily-*.js", route => route.ContinueAsync());
            await page.Page.RouteAsync("https://**", route => route.AbortAsync());
            await page.Page.RouteAsync(
                "https://tavus.daily.co/**",
                route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<p>Daily's page</p>" }));
            await page.Page.RouteAsync("**/api/tavus/session**", async route =>
            {
                var response = await route.FetchAsync();
                var text = await response.TextAsync();
                await route.FulfillAsync(new()
                {
                    Response = response,
                    Body = text.Replace($"{installation.Simulators}tavus/rooms/", "https://tavus.daily.co/"),
                });
            });
        });
        await visit.CallAsync();

        await visit.Widget.ShownAsync(
            visit.Page.FrameLocator("#widget-root iframe.room").GetByText("Daily's page"));
        await visit.Widget.ShownAsync(visit.Page.GetByText("Simple view"));
        (await (await visit.Widget.AskAsync("What does the desk lamp cost?")).InnerTextAsync()).ShouldContain("ten euros");
    }

    [Fact]
    public async Task Wait_in_the_queue_until_a_slot_is_free()
    {
        await using var first = await VideoVisit.OpenAsync(installation, chromium);
        await using var second = await VideoVisit.OpenAsync(installation, chromium);
        await VideoVisit.SetAsync(installation, $"/control/tavus/accounts/{Installation.TavusKey}", new { slots = 1 });
        await first.CallAndWaitForAvatarAsync();
        await second.CallAsync();
        await second.Widget.ShownAsync(second.Page.GetByText("All lines are busy. You're number 1 in the queue."));
        // Text is available meanwhile.
        (await (await second.Widget.AskAsync("What does the desk lamp cost?")).InnerTextAsync()).ShouldContain("ten euros");

        await first.HangUp.ClickAsync();
        await second.Widget.ShownAsync(second.Avatar);
        await second.HangUp.ClickAsync();
        await second.EndedAsync();
        (await second.ConversationsAsync()).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Leave_the_queue_when_the_visitor_hangs_up()
    {
        await using var first = await VideoVisit.OpenAsync(installation, chromium);
        await using var second = await VideoVisit.OpenAsync(installation, chromium);
        await VideoVisit.SetAsync(installation, $"/control/tavus/accounts/{Installation.TavusKey}", new { slots = 1 });
        await first.CallAndWaitForAvatarAsync();
        await second.CallAsync();
        await second.Widget.ShownAsync(second.Page.GetByText("All lines are busy."));
        await second.HangUp.ClickAsync();
        await second.Widget.ShownAsync(second.Page.GetByText("You ended the call."));

        (await second.AllTracksStoppedAsync()).ShouldBeTrue();
        await first.HangUp.ClickAsync();
        await first.EndedAsync();
        (await second.ConversationsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Show_why_a_call_could_not_be_started_and_allow_a_retry()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium);
        await visit.Widget.OpenPanelAsync();
        await VideoVisit.SetAsync(installation, $"/control/tavus/accounts/{Installation.TavusKey}", new { slots = 15, credits = 0 });
        await visit.Widget.StartCallAsync("video");

        var card = visit.Page.Locator(".stage .card strong");
        await visit.Widget.ShownAsync(card);
        (await card.InnerTextAsync()).ShouldContain("video", Case.Insensitive);
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
        await VideoVisit.SetAsync(installation, $"/control/tavus/accounts/{Installation.TavusKey}", new { slots = 15 });
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Call again" }).ClickAsync();
        await visit.Widget.ShownAsync(visit.Avatar);
    }

    [Fact]
    public async Task Show_why_the_other_side_ended_the_call()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium);
        await visit.CallAndWaitForAvatarAsync();
        var id = (await visit.ConversationAsync()).GetProperty("id").GetString();
        var shutdown = new Uri(
            installation.Simulators,
            $"/control/tavus/conversations/{id}/shutdown?reason=max_call_duration%20reached");
        (await installation.Http.PostAsync(shutdown, null)).EnsureSuccessStatusCode();

        await visit.Widget.ShownAsync(visit.Page.Locator(".stage").GetByText("The call has reached its time limit."));
        await visit.Widget.ShownAsync(visit.Page.Locator(".thread .event", new() { HasTextString = "time limit reached" }));
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task End_the_call_when_the_connection_breaks()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium);
        await visit.CallAndWaitForAvatarAsync();
        await visit.RoomAsync("throw-out");

        await visit.Widget.ShownAsync(visit.Page.Locator(".stage[data-phase=over]"));
        await visit.EndedAsync();
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
    }
}
