using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests.Voice;

/// <summary>Voice calls with problems: the microphone, the page, the network or the provider.</summary>
public sealed class VoiceFailuresShould(ModelInstallation installation, FullChromium chromium)
{
    [Theory]
    [InlineData("NotAllowedError", "Microphone access was denied.")]
    [InlineData("NotFoundError", "No microphone was found.")]
    [InlineData("NotReadableError", "Another program is using the microphone.")]
    public async Task Say_why_there_is_no_microphone(string error, string words)
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium, script: $"window.devicesFail = () => '{error}';");
        await visit.CallAsync();
        await visit.Widget.ShownAsync(visit.Stage.GetByText(words));
        await Assertions.Expect(visit.Button("Back to chat")).ToBeFocusedAsync();
        visit.Count("session").ShouldBe(0);

        await visit.Page.EvaluateAsync("() => { window.devicesFail = undefined; }");
        await visit.Button("Try again").ClickAsync();
        await visit.Widget.ShownAsync(visit.Live);
    }

    [Fact]
    public async Task Return_to_text_when_the_visitor_denies_the_microphone()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium, devices: []);
        await visit.CallAsync();
        await visit.Widget.ShownAsync(visit.Stage.GetByText("Microphone access was denied."));

        await visit.Button("Back to chat").ClickAsync();
        await Assertions.Expect(visit.Stage).ToHaveCountAsync(0);
        (await (await visit.Widget.AskAsync("What does the desk lamp cost?")).InnerTextAsync()).ShouldContain("ten euros");
        visit.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Offer_a_new_tab_when_the_page_forbids_the_microphone()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium, site: site => site.PermissionsPolicy = "microphone=()");
        await visit.CallAsync();
        await visit.Widget.ShownAsync(visit.Stage.GetByText("This page doesn't allow the chat to use the microphone."));
        // The browser would refuse without asking.
        (await visit.Page.EvaluateAsync<int>("() => window.asked")).ShouldBe(0);

        var opened = await visit.Page.Context.RunAndWaitForPageAsync(
            () => visit.Stage.GetByRole(AriaRole.Link, new() { Name = "Open in a new tab" }).ClickAsync());
        new Uri(opened.Url).ShouldBe(new Uri(installation.Api, $"/widget/{visit.Tenant.Slug}"));
        await Assertions.Expect(visit.Stage).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Point_out_an_unanswered_permission_prompt()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium, script: "window.devicesSilent = true;");
        await visit.CallAsync();
        await visit.Widget.ShownAsync(visit.Stage.GetByText("Your browser is asking to use your microphone."));
        await visit.Widget.ShownAsync(visit.Stage.GetByText("Waiting for your permission."));

        await visit.HangUp.ClickAsync();
        await visit.Button("Back to chat").ClickAsync();
        await Assertions.Expect(visit.Widget.Field).ToBeFocusedAsync();
        visit.Count("session").ShouldBe(0);
    }

    [Fact]
    public async Task Show_the_servers_message_when_it_refuses_the_call()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        visit.Refusal = "There are no minutes left for voice this month.";
        await visit.CallAsync();

        await visit.Widget.ShownAsync(visit.Stage.GetByText("There are no minutes left for voice this month."));
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Continue_in_text_when_the_network_blocks_sound()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        visit.Blocked = true;
        await visit.Widget.OpenPanelAsync();
        await visit.Widget.AskAsync("What does the desk lamp cost?");
        await visit.Widget.StartCallAsync("voice");
        await visit.Widget.ShownAsync(visit.Stage.GetByText("Connecting to Nora…"));

        await visit.Widget.ShownAsync(visit.Stage.GetByText("No sound came through. Your network may be blocking calls."));
        await visit.RequestedAsync("end");
        visit.Count("session").ShouldBe(1);
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
        await visit.Button("Back to chat").ClickAsync();
        (await (await visit.Widget.AskAsync("And what is it made of?")).InnerTextAsync()).ShouldContain("brass");
        (await visit.Widget.CountAsync("What does the desk lamp cost?")).ShouldBe(1);
    }

    [Fact]
    public async Task Reconnect_once_when_the_provider_fails()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.CallAndConnectAsync();
        await visit.CloseFarEndAsync();
        await visit.Widget.ShownAsync(visit.Stage.GetByText("Reconnecting…"));
        await visit.Widget.ShownAsync(visit.Live);
        visit.Bodies("session").Select(body => body.GetProperty("clientId").GetString()).Distinct().Count().ShouldBe(2);
        (await visit.Page.EvaluateAsync<int>("() => window.asked")).ShouldBe(1);
        (await visit.HeardPowerAsync()).ShouldBeGreaterThan(1e-5);

        await visit.CloseFarEndAsync();
        await visit.Widget.ShownAsync(visit.Stage.GetByText("The connection to the call was lost."));
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
        (await visit.AllConnectionsClosedAsync()).ShouldBeTrue();
        await visit.Button("Back to chat").ClickAsync();
        (await (await visit.Widget.AskAsync("What does the desk lamp cost?")).InnerTextAsync()).ShouldContain("ten euros");
    }

    [Fact]
    public async Task Show_the_reason_that_the_server_reports()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.CallAndConnectAsync();
        visit.Answer["state"] = "ended";
        visit.Answer["endReason"] = "provider";
        await visit.CloseFarEndAsync();

        await visit.Widget.ShownAsync(visit.Stage.GetByText("The voice service ended the call."));
        visit.Count("session").ShouldBe(1);
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Continue_automatically_at_the_providers_time_limit()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.CallAndConnectAsync();
        var first = visit.SessionId;
        visit.Log(1001, new { kind = "voice_call_started", continues = (string?)null });
        visit.Log(1002, new { kind = "voice_call_ended", reason = "continued", seconds = 1800 });

        await visit.RequestedAsync("session", 2);
        await visit.Widget.ShownAsync(visit.Live);
        visit.SessionId.ShouldNotBe(first);
        visit.Log(1003, new { kind = "voice_call_started", continues = first });
        visit.Log(1004, new { kind = "utterance", speaker = "assistant", text = "Where were we?", interrupted = false, mode = "voice" });
        await visit.Widget.ShownAsync(visit.Page.Locator(".thread .spoken", new() { HasTextString = "Where were we?" }));
        // For the visitor, it is one call.
        (await visit.Page.Locator(".thread .event").AllInnerTextsAsync()).ShouldBe(["Voice call started"]);
        (await visit.HeardPowerAsync()).ShouldBeGreaterThan(1e-5);
        visit.Count("end").ShouldBe(0);
        (await visit.Page.EvaluateAsync<int>("() => window.asked")).ShouldBe(1);
    }

    [Fact]
    public async Task Relay_the_data_channel_if_the_provider_has_no_server_connection()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        visit.Answer["relay"] = true;
        await visit.CallAndConnectAsync();
        await Eventually.TrueAsync(() => visit.Hub.Relaying);
        await visit.Page.WaitForFunctionAsync("() => window.far[0].channel?.readyState === 'open'");

        await visit.Page.EvaluateAsync("() => window.far[0].channel.send('{\"type\":\"session.created\"}')");
        await Eventually.TrueAsync(() => visit.Hub.Relayed.Count == 1);
        visit.Hub.Relayed.ShouldBe(["{\"type\":\"session.created\"}"]);
        visit.Hub.Relay("{\"type\":\"response.create\"}");
        await visit.Page.WaitForFunctionAsync("() => window.far[0].messages[0] === '{\"type\":\"response.create\"}'");
    }

    [Fact]
    public async Task Say_that_the_network_blocks_the_relay()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium, websockets: false);
        visit.Answer["relay"] = true;
        await visit.Widget.OpenPanelAsync();
        // Over plain HTTP, after WebSockets failed.
        await visit.Widget.AskAsync("What does the desk lamp cost?");
        await visit.Widget.StartCallAsync("voice");

        await visit.Widget.ShownAsync(visit.Stage.GetByText("Your network is blocking voice calls."));
        await visit.RequestedAsync("end");
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Replace_a_video_call_that_fails()
    {
        var settings = new Dictionary<string, object> { ["useTavusVideo"] = true, ["tavusReplicaId"] = Video.VideoVisit.Replica };
        string[] devices = ["microphone", "camera"];
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium, settings: settings, devices: devices, before: page =>
            page.Page.RouteAsync("**/api/tavus/session", route => route.FulfillAsync(new()
            {
                Status = 503,
                ContentType = "application/problem+json",
                Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*", ["Access-Control-Allow-Headers"] = "*" },
                Body = "{\"title\":\"All avatars are asleep.\",\"status\":503}",
            })));
        await visit.Widget.OpenPanelAsync();
        await visit.Widget.StartCallAsync("video");
        await visit.Widget.ShownAsync(visit.Page.GetByText("All avatars are asleep."));
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Talk without video" }).ClickAsync();
        await visit.Widget.ShownAsync(visit.Live);
        await Assertions.Expect(visit.Page.Locator(".stage")).ToHaveCountAsync(1);

        // The other way around: one call at a time.
        await visit.Widget.StartCallAsync("video");
        await visit.RequestedAsync("leave");
        await visit.Widget.ShownAsync(visit.Page.GetByText("All avatars are asleep."));
        await Assertions.Expect(visit.Stage).ToHaveCountAsync(0);
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
        (await visit.AllConnectionsClosedAsync()).ShouldBeTrue();
    }
}
