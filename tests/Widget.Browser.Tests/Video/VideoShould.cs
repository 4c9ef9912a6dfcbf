using System.Text.Json;
using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests.Video;

/// <summary>A video call from the visitor's click to the end, with the simulated Tavus.</summary>
public sealed class VideoShould(ModelInstallation installation, FullChromium chromium)
{
    [Fact]
    public async Task Request_nothing_before_the_visitor_starts_a_call()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium);
        await visit.Widget.OpenPanelAsync();
        await visit.Widget.ShownAsync(visit.Start);

        visit.Widget.Requests.ShouldNotContain(
            request => request.AbsolutePath.Contains("/embed/video-")
                || request.AbsolutePath.Contains("/embed/daily-")
                || request.AbsolutePath.StartsWith("/api/tavus"));
        (await visit.Page.EvaluateAsync<int>("() => window.tracks.length")).ShouldBe(0);
        (await visit.ConversationsAsync()).ShouldBeEmpty();
        (await visit.Start.Locator("b").InnerTextAsync()).ShouldBe("Video");
        (await visit.Start.Locator(".note").InnerTextAsync()).ShouldBe("Talk face to face");
    }

    [Fact]
    public async Task Play_the_avatars_video_and_sound()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium);
        await visit.CallAndWaitForAvatarAsync();

        // Compare two frames until they differ.
        await visit.Page.WaitForFunctionAsync("""
            () => {
              const video = document.querySelector('#widget-root').shadowRoot.querySelector('video.avatar');
              if (!video?.videoWidth) return false;
              const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 90 });
              const pen = canvas.getContext('2d');
              pen.drawImage(video, 0, 0, 160, 90);
              const look = pen.getImageData(0, 0, 160, 90).data.join();
              const before = (window.firstLook ??= look);
              return before !== look;
            }
            """);
        var energy = await visit.Page.EvaluateAsync<double>("""
            async () => {
              const { srcObject } = document.querySelector('#widget-root').shadowRoot.querySelector('audio');
              const sound = new AudioContext();
              const analyser = sound.createAnalyser();
              sound.createMediaStreamSource(srcObject).connect(analyser);
              const wave = new Float32Array(analyser.fftSize);
              for (let i = 0; i < 100; i++) {
                await new Promise((resolve) => setTimeout(resolve, 50));
                analyser.getFloatTimeDomainData(wave);
                const energy = wave.reduce((sum, value) => sum + value * value, 0) / wave.length;
                if (energy > 1e-5) return energy;
              }
              return 0;
            }
            """);
        energy.ShouldBeGreaterThan(1e-5);
        (await visit.Page.EvaluateAsync<bool>("() => document.querySelector('#widget-root').shadowRoot.querySelector('audio').paused"))
            .ShouldBeFalse();

        // The visitor sees their own picture and does not hear themselves.
        await visit.Widget.ShownAsync(visit.Page.Locator(".stage video.own"));
        (await visit.Page.EvaluateAsync<bool>(
            "() => [...document.querySelector('#widget-root').shadowRoot.querySelectorAll('video')].every((video) => video.muted)"))
            .ShouldBeTrue();
        visit.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Show_each_utterance_of_the_call_once_in_the_thread()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium);
        await visit.CallAndWaitForAvatarAsync();
        await visit.VisitorSaysAsync("I like lamps.");
        await visit.SaidAsync("visitor: I like lamps.");
        await visit.SaidAsync("assistant: You said: I like lamps.");

        // A typed message goes to the call and returns from it, and must appear once.
        await visit.Widget.SendAsync("Brass ones above all.");
        await visit.SaidAsync("visitor: Brass ones above all.");
        await visit.SaidAsync("assistant: You said: Brass ones above all.");
        (await visit.Widget.Answers.CountAsync()).ShouldBe(0);
        await visit.HangUp.ClickAsync();
        await visit.Widget.ShownAsync(visit.Page.GetByText("You ended the call."));
        await visit.EndedAsync();
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
        (await visit.ConversationAsync()).GetProperty("endedBy").GetString().ShouldBe("end_conversation_endpoint_hit");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Back to chat" }).ClickAsync();
        await Assertions.Expect(visit.Stage).ToHaveCountAsync(0);
        await visit.Widget.ShownAsync(visit.Page.GetByText("Video call ended after"));
        // Afterwards, Tavus sends the whole transcript, which contains nothing new.
        await TranscribedAsync(visit);
        await visit.Page.ReloadAsync();
        await visit.Widget.OpenPanelAsync();
        await visit.Widget.ShownAsync(visit.Page.GetByText("Video call ended after"));
        var thread = await visit.ThreadAsync();
        string[] lines =
        [
            "visitor: I like lamps.",
            "assistant: You said: I like lamps.",
            "visitor: Brass ones above all.",
            "assistant: You said: Brass ones above all.",
        ];
        foreach (var line in lines)
            thread.Count(entry => entry == line).ShouldBe(1, string.Join('\n', thread));
        thread.Count(entry => entry == "Video call started").ShouldBe(1);

        // The same conversation continues in text.
        (await (await visit.Widget.AskAsync("What does the desk lamp cost?")).InnerTextAsync()).ShouldContain("ten euros");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Show_the_sources_that_the_avatar_looks_up(bool attached)
    {
        // Tools that are attached at Tavus, or defined inline in the persona, whose calls have no ids.
        var tools = new[]
        {
            new
            {
                type = "function",
                function = new { name = "search_knowledge", description = "Looks facts up.", parameters = Parameters },
            },
        };
        var persona = (await VideoVisit.TavusAsync(installation, "personas", attached
            ? new { persona_name = "Nora", system_prompt = "Help.", default_replica_id = VideoVisit.Replica }
            : new
            {
                persona_name = "Nora",
                system_prompt = "Help.",
                default_replica_id = VideoVisit.Replica,
                layers = new { llm = new { model = "tavus-glm-4.7", tools } },
            }))
            .GetProperty("persona_id").GetString()!;
        await using var visit = await VideoVisit.OpenAsync(
            installation,
            chromium,
            settings: new() { ["tavusPersonaId"] = persona },
            simulation: new { looksUpWith = "search_knowledge" });
        if (attached)
        {
            // The way an installation that Tavus can't reach registers a tool: a browser delivers the calls.
            var tool = await VideoVisit.TavusAsync(installation, "tools", new
            {
                name = $"w_{visit.Tenant.TenantId.ToString("N")[^12..]}_search_knowledge",
                description = "Looks facts up.",
                parameters = Parameters,
                origin = "llm",
                trigger_type = "in_call",
                on_resolve = "generate_response",
                delivery = new { app_message = true },
            });
            await VideoVisit.TavusAsync(
                installation,
                $"personas/{persona}/tools",
                new { tool_ids = new[] { tool.GetProperty("tool_id").GetString() } });
        }

        await visit.CallAndWaitForAvatarAsync();
        await visit.VisitorSaysAsync("What does the desk lamp cost?");

        await visit.SaidAsync("visitor: What does the desk lamp cost?");
        var source = visit.Page.Locator(".thread .looked-up .source-chip");
        await visit.Widget.ShownAsync(source);
        (await source.InnerTextAsync()).ShouldContain("Lamps");
        await visit.Widget.ShownAsync(visit.Page.Locator(".thread .spoken.assistant", new() { HasTextString = "Here is what I found" }));
        await source.ClickAsync();
        await visit.Widget.ShownAsync(visit.Page.Locator(".source blockquote", new() { HasTextString = "ten euros" }));
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visit.Stage).ToBeVisibleAsync();

        await visit.HangUp.ClickAsync();
        await visit.EndedAsync();
        (await visit.ThreadAsync()).Count(line => line.StartsWith("visitor:")).ShouldBe(1);
    }

    [Fact]
    public async Task Show_an_utterance_once_even_if_the_room_repeats_it()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium);
        await visit.CallAndWaitForAvatarAsync();
        for (var i = 0; i < 3; i++)
            await visit.RoomAsync(
                "send",
                new
                {
                    eventType = "conversation.utterance",
                    properties = new { role = "user", speech = "Hello there." },
                    inferenceId = "same",
                });
        await visit.RoomAsync("send", new { eventType = "conversation.something_new", properties = new { role = 7 } });
        await visit.RoomAsync(
            "send",
            new { eventType = "conversation.tool_call", properties = new { name = "fly", arguments = "{", tool_call_id = "t1" } });
        await visit.VisitorSaysAsync("And again.");

        await visit.SaidAsync("assistant: You said: And again.");
        await visit.SaidAsync("visitor: Hello there.");
        await visit.Page.WaitForFunctionAsync(
            "() => window.dailyReplacement.sent.some(({ event_type: type, properties }) => type === 'conversation.tool_result' "
            + "&& properties.status === 'error' && properties.tool_call_id === 't1')");
        visit.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task End_when_the_visitor_leaves_the_page_and_allow_a_new_call()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium);
        await visit.CallAndWaitForAvatarAsync();
        await visit.Page.ReloadAsync();
        await visit.EndedAsync();
        await visit.Widget.OpenPanelAsync();
        await visit.Widget.ShownAsync(visit.Page.Locator(".thread .event", new() { HasTextString = "you left the page" }));

        await visit.Widget.StartCallAsync("video");
        await visit.Widget.ShownAsync(visit.Avatar);
        (await visit.ConversationsAsync()).Length.ShouldBe(2);
        var beacon = visit.Page.WaitForRequestAsync("**/leave");
        await visit.Page.EvaluateAsync("() => Widget.destroy()");
        (await beacon).Headers["content-type"].ShouldStartWith("text/plain");
        await visit.EndedAsync();
        (await visit.AllTracksStoppedAsync()).ShouldBeTrue();
        (await visit.Page.EvaluateAsync<int>("() => window.dailyReplacement.instances")).ShouldBe(0);
    }

    [Fact]
    public async Task Turn_microphone_and_camera_off_and_on()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium);
        await visit.CallAndWaitForAvatarAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Mute microphone" }).ClickAsync();
        await visit.Page.WaitForFunctionAsync("() => window.dailyReplacement.audioOn === false");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Unmute microphone" }).ClickAsync();
        await visit.Page.WaitForFunctionAsync("() => window.dailyReplacement.audioOn === true");

        // The camera is off, not just hidden.
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Turn camera off" }).ClickAsync();
        await visit.Page.WaitForFunctionAsync(
            "() => window.dailyReplacement.sources.video === false "
            + "&& window.tracks.filter((track) => track.kind === 'video').every((track) => track.readyState === 'ended')");
        await Assertions.Expect(visit.Page.Locator(".stage video.own")).ToHaveCountAsync(0);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Turn camera on" }).ClickAsync();
        await visit.Page.WaitForFunctionAsync(
            "() => typeof window.dailyReplacement.sources.video === 'string' && window.dailyReplacement.videoOn");
        await visit.Widget.ShownAsync(visit.Page.Locator(".stage video.own"));

        // Choose another available microphone.
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Camera, microphone and speaker" }).ClickAsync();
        var microphones = visit.Page.Locator(".settings label", new() { HasTextString = "Microphone" }).Locator("select");
        var before = await visit.Page.EvaluateAsync<string>("() => window.dailyReplacement.sources.audio");
        await microphones.SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await visit.Page.WaitForFunctionAsync("(before) => window.dailyReplacement.sources.audio !== before", before);
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visit.Page.Locator(".settings")).ToHaveCountAsync(0);
        await visit.Widget.ShownAsync(visit.Widget.Panel);
    }

    [Fact]
    public async Task Interrupt_the_avatar_and_show_captions()
    {
        await using var visit = await VideoVisit.OpenAsync(installation, chromium);
        await visit.CallAndWaitForAvatarAsync();
        var interrupt = visit.Page.GetByRole(AriaRole.Button, new() { Name = "Interrupt Nora" });
        await visit.VisitorSaysAsync("Begin.");
        await visit.SaidAsync("assistant: You said: Begin.");
        (await interrupt.IsDisabledAsync()).ShouldBeTrue();

        await visit.RoomAsync(
            "send",
            new { eventType = "conversation.started_speaking", properties = new { role = "replica" }, inferenceId = "long" });
        await visit.RoomAsync(
            "send",
            new
            {
                eventType = "conversation.utterance",
                properties = new { role = "replica", speech = "Once upon a time there was a lamp." },
                inferenceId = "long",
            });
        await visit.RoomAsync(
            "send",
            new
            {
                eventType = "conversation.utterance.streaming",
                properties = new { role = "replica", text = "Once upon a time" },
                inferenceId = "long",
            });
        await Assertions.Expect(visit.Page.Locator(".caption")).ToHaveTextAsync("Once upon a time");
        await interrupt.ClickAsync();

        // The simulated Tavus reports that it stopped. What was not heard is not in the thread.
        await visit.SaidAsync("assistant: Once upon a time");
        await visit.Widget.ShownAsync(visit.Page.Locator(".spoken", new() { HasTextString = "interrupted" }));
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Hide captions" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".caption")).ToHaveCountAsync(0);
    }

    private static JsonElement Parameters =>
        JsonSerializer.SerializeToElement(
            new { type = "object", properties = new { query = new { type = "string" } }, required = new[] { "query" } });

    private static Task TranscribedAsync(VideoVisit visit) => Eventually.TrueAsync(
        async () => (await visit.ConversationAsync()).GetProperty("callbacks").GetRawText().Contains("application.transcription_ready"),
        "there is a transcript");
}
