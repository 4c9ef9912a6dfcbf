using Microsoft.Playwright;

namespace Widget.Browser.Tests.Voice;

/// <summary>A voice call from the visitor's click to the end, over a real peer connection.</summary>
public sealed class VoiceShould(ModelInstallation installation, FullChromium chromium)
{
    private const double Audible = 1e-5;

    [Fact]
    public async Task Request_nothing_before_the_visitor_starts_a_call()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.Widget.OpenPanelAsync();
        await visit.Widget.ShownAsync(visit.Start);

        visit.Widget.Requests.ShouldNotContain(
            request => request.AbsolutePath.Contains("/embed/voice-") || request.AbsolutePath.StartsWith("/api/voice"));
        (await visit.Page.EvaluateAsync<int>("() => window.asked")).ShouldBe(0);
        (await visit.Page.EvaluateAsync<int>("() => window.near.length")).ShouldBe(0);
        (await visit.Start.Locator("b").InnerTextAsync()).ShouldBe("Call");
        (await visit.Start.Locator(".note").InnerTextAsync()).ShouldBe("Talk by voice");
    }

    [Fact]
    public async Task Transmit_sound_in_both_directions()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.CallAndConnectAsync();

        var opened = visit.Bodies("session").ShouldHaveSingleItem();
        opened.GetProperty("sdp").GetString()!.ShouldContain("m=audio");
        opened.GetProperty("sdp").GetString()!.ShouldContain("m=application");
        opened.GetProperty("locale").GetString().ShouldBe("en");
        opened.GetProperty("threadId").GetGuid().ShouldNotBe(Guid.Empty);
        (await visit.HeardPowerAsync()).ShouldBeGreaterThan(Audible);
        (await visit.Page.EvaluateAsync<double>(
            "() => powerOf(document.querySelector('#widget-root').shadowRoot.querySelector('audio').srcObject, 5)"))
            .ShouldBeGreaterThan(Audible);
        (await visit.Page.EvaluateAsync<bool>("""
            () => {
              const { paused, muted } = document.querySelector('#widget-root').shadowRoot.querySelector('audio');
              return !paused && !muted;
            }
            """)).ShouldBeTrue();
        // The meters move, because the far end sends a continuous tone.
        await visit.Page.WaitForFunctionAsync(
            "() => Number(document.querySelector('#widget-root').shadowRoot.querySelector('.speaker-level')"
            + ".style.getPropertyValue('--level')) > 0.3");
        (await visit.Page.EvaluateAsync<string>("() => window.far[0].channel.label")).ShouldBe("oai-events");
        visit.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Show_who_speaks_with_captions()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.CallAndConnectAsync();
        await visit.Widget.ShownAsync(visit.Stage.GetByText("Nora is listening"));

        visit.Tell("hearing", "visitor", "What does");
        await visit.Widget.ShownAsync(visit.Stage.GetByText("Nora hears you"));
        visit.Tell("thinking", "visitor", "What does the lamp cost?");
        await visit.Widget.ShownAsync(visit.Stage.GetByText("Nora is thinking…"));
        await visit.Widget.ShownAsync(visit.Page.Locator(".captions .visitor", new() { HasTextString = "What does the lamp cost?" }));
        visit.Tell("speaking", "assistant", "It costs ten euros.");
        await visit.Widget.ShownAsync(visit.Stage.GetByText("Nora is speaking"));
        await visit.Widget.ShownAsync(visit.Page.Locator(".captions .assistant", new() { HasTextString = "It costs ten euros." }));

        // Once it is in the thread, it is no longer a caption. The sources are in the thread too.
        visit.Log(
            1001,
            new { kind = "utterance", speaker = "visitor", text = "What does the lamp cost?", interrupted = false, mode = "voice" });
        visit.Log(
            1002,
            new
            {
                kind = "knowledge_shown",
                query = "lamp",
                citations = new[]
                {
                    new
                    {
                        number = 1,
                        title = "Lamps",
                        url = (string?)null,
                        headings = Array.Empty<string>(),
                        page = (int?)null,
                        text = "Ten euros.",
                        origins = new[] { "own" },
                    },
                },
            });
        await visit.Widget.ShownAsync(visit.Page.Locator(".thread .spoken.visitor"));
        await visit.Widget.ShownAsync(visit.Page.Locator(".thread .looked-up .source-chip", new() { HasTextString = "Lamps" }));
        await Assertions.Expect(visit.Page.Locator(".captions .visitor")).ToHaveCountAsync(0);
        await visit.Widget.ShownAsync(visit.Page.Locator(".captions .assistant"));
    }

    [Fact]
    public async Task Let_the_visitor_mute_the_microphone()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.CallAndConnectAsync();
        (await visit.HeardPowerAsync()).ShouldBeGreaterThan(Audible);

        await visit.Button("Mute microphone").ClickAsync();
        await visit.Widget.ShownAsync(visit.Stage.GetByText("You're muted"));
        // Buffered audio still plays for a moment.
        for (var i = 0; await visit.HeardPowerAsync(2) >= 1e-7; i++) i.ShouldBeLessThan(7, "The muted visitor is still heard.");
        (await visit.AllTracksStoppedAsync()).ShouldBeFalse();

        await visit.Button("Unmute microphone").ClickAsync();
        (await visit.HeardPowerAsync()).ShouldBeGreaterThan(Audible);
        (await visit.Page.EvaluateAsync<int>("() => window.asked")).ShouldBe(1);
    }

    [Fact]
    public async Task Support_push_to_talk()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.CallAndConnectAsync();
        await visit.Button("Push to talk").ClickAsync();
        await Assertions.Expect(visit.Hold).ToBeEnabledAsync();
        visit.Bodies("session").Select(body => body.GetProperty("pushToTalk").GetBoolean()).ShouldBe([false, true]);
        visit.Count("end").ShouldBe(1);
        (await OpenAsync()).ShouldBeFalse();

        await visit.Hold.HoverAsync();
        await visit.Page.Mouse.DownAsync();
        await Assertions.Expect(visit.Hold).ToHaveAttributeAsync("aria-pressed", "true");
        await visit.Page.WaitForFunctionAsync("() => window.tracks[0].enabled");
        (await visit.HeardPowerAsync()).ShouldBeGreaterThan(Audible);
        await visit.Page.Mouse.UpAsync();
        (await OpenAsync()).ShouldBeFalse();
        await visit.RequestedAsync("talk", 2);

        await visit.Hold.FocusAsync();
        await visit.Page.Keyboard.DownAsync("Space");
        await visit.Page.WaitForFunctionAsync("() => window.tracks[0].enabled");
        // Held keys repeat, but count as one press.
        await visit.Page.Keyboard.DownAsync("Space");
        await visit.Page.Keyboard.UpAsync("Space");
        (await OpenAsync()).ShouldBeFalse();
        await visit.RequestedAsync("talk", 4);

        // Losing the focus releases the button.
        await visit.Page.Keyboard.DownAsync("Enter");
        await visit.Page.WaitForFunctionAsync("() => window.tracks[0].enabled");
        await visit.Widget.Field.FocusAsync();
        (await OpenAsync()).ShouldBeFalse();
        await visit.Page.Keyboard.UpAsync("Enter");
        await visit.RequestedAsync("talk", 6);
        visit.Bodies("talk").Select(body => body.GetProperty("pressed").GetBoolean()).ShouldBe([true, false, true, false, true, false]);

        await visit.Button("Talk hands-free").ClickAsync();
        await visit.Widget.ShownAsync(visit.Button("Mute microphone"));
        await visit.Page.WaitForFunctionAsync("() => window.tracks[0].enabled");
        (await visit.Page.EvaluateAsync<int>("() => window.asked")).ShouldBe(1);

        Task<bool> OpenAsync() => visit.Page.EvaluateAsync<bool>("() => window.tracks[0].enabled");
    }

    [Fact]
    public async Task Interrupt_the_assistant()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.CallAndConnectAsync();
        await Assertions.Expect(visit.Button("Interrupt Nora")).ToBeDisabledAsync();
        visit.Tell("speaking", "assistant", "There is so much to say");

        await visit.Button("Interrupt Nora").ClickAsync();
        await visit.RequestedAsync("interrupt");
    }

    [Fact]
    public async Task Let_the_visitor_choose_the_devices()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.CallAndConnectAsync();
        await visit.Button("Microphone and speaker").ClickAsync();
        var microphones = visit.Page.Locator(".settings select").First;
        var other = await microphones.Locator("option:not(:checked)").Last.GetAttributeAsync("value");
        await microphones.SelectOptionAsync(other!);
        await visit.Page.WaitForFunctionAsync("(id) => window.near[0].getSenders()[0].track?.getSettings().deviceId === id", other);
        (await visit.Page.EvaluateAsync<string>("() => window.tracks[0].readyState")).ShouldBe("ended");
        (await visit.HeardPowerAsync()).ShouldBeGreaterThan(Audible);

        var speakers = visit.Page.Locator(".settings select").Last;
        var speaker = await speakers.Locator("option").Last.GetAttributeAsync("value");
        await speakers.SelectOptionAsync(speaker!);
        await visit.Page.WaitForFunctionAsync(
            "(id) => document.querySelector('#widget-root').shadowRoot.querySelector('audio').sinkId === id",
            speaker);
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visit.Page.Locator(".settings")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Speak_typed_messages()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.CallAndConnectAsync();
        await visit.Widget.SendAsync("Is it made of brass?");

        await visit.RequestedAsync("say");
        visit.Bodies("say").ShouldHaveSingleItem().GetProperty("text").GetString().ShouldBe("Is it made of brass?");
        await visit.Widget.ShownAsync(visit.Page.Locator(".captions .visitor", new() { HasTextString = "Is it made of brass?" }));
        (await visit.Widget.CountAsync("Is it made of brass?")).ShouldBe(0);
    }

    [Fact]
    public async Task Release_everything_when_the_visitor_hangs_up()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.Widget.OpenPanelAsync();
        await visit.Widget.AskAsync("What does the desk lamp cost?");
        await visit.Widget.StartCallAsync("voice");
        await visit.Widget.ShownAsync(visit.Live);
        await visit.HangUp.ClickAsync();

        await visit.Widget.ShownAsync(visit.Stage.GetByText("You ended the call."));
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
        (await visit.AllConnectionsClosedAsync()).ShouldBeTrue();
        await visit.RequestedAsync("end");

        await visit.Button("Call again").ClickAsync();
        await visit.Widget.ShownAsync(visit.Live);
        await visit.HangUp.ClickAsync();
        await visit.Button("Back to chat").ClickAsync();
        await Assertions.Expect(visit.Stage).ToHaveCountAsync(0);
        await Assertions.Expect(visit.Widget.Field).ToBeFocusedAsync();
        (await (await visit.Widget.AskAsync("And what is it made of?")).InnerTextAsync()).ShouldContain("brass");
        (await visit.Widget.CountAsync("What does the desk lamp cost?")).ShouldBe(1);
        visit.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task End_when_the_visitor_leaves_the_page()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.CallAndConnectAsync();
        await visit.Page.EvaluateAsync("() => window.dispatchEvent(new PageTransitionEvent('pagehide'))");

        await visit.RequestedAsync("leave");
        visit.Bodies("leave").ShouldHaveSingleItem().GetProperty("leaveToken").GetString().ShouldBe($"leave {visit.SessionId}");
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
        (await visit.AllConnectionsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Announce_the_last_minute_and_end_at_the_time_limit()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        visit.Answer["remainingSeconds"] = 50;
        await visit.CallAndConnectAsync();
        await Assertions.Expect(visit.Page.Locator(".clock.last [role=status]")).ToHaveTextAsync("One minute left.");

        visit.Log(1001, new { kind = "voice_call_started", continues = (string?)null });
        visit.Log(1002, new { kind = "voice_call_ended", reason = "time_limit", seconds = 900 });
        await visit.Widget.ShownAsync(visit.Stage.GetByText("The call has reached its time limit."));
        await visit.Widget.ShownAsync(visit.Page.Locator(".thread .event", new() { HasTextString = "Voice call started" }));
        await visit.Widget.ShownAsync(
            visit.Page.Locator(".thread .event", new() { HasTextString = "Voice call ended after 15:00: time limit reached" }));
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
        visit.Count("end").ShouldBe(0);
    }
}
