using Microsoft.Playwright;

namespace Widget.Browser.Tests.Video;

/// <summary>The video call of ./run without a key: the simulated room's own page in a frame, with a drawn avatar.</summary>
public sealed class SimulatedRoomShould(DemoInstallation demo, FullChromium chromium)
{
    [Theory]
    [InlineData("harbor")]
    [InlineData("lumen")]
    public async Task Show_a_drawn_person_with_captions_who_takes_typed_messages(string site)
    {
        await using var visit = await WidgetPage.OpenAsync(
            chromium,
            new Uri(demo.Demo, $"/{site}/"),
            before: page => page.Context.GrantPermissionsAsync(["camera", "microphone"]));
        await visit.OpenPanelAsync();
        await visit.StartCallAsync("video");

        var room = visit.Page.FrameLocator("#widget-root iframe.room");
        // Daily's client isn't tried first: the room isn't at Daily.
        await visit.ShownAsync(room.GetByText("The avatar is here."));
        await visit.ShownAsync(room.GetByText("Simulated avatar"));
        await visit.ShownAsync(room.GetByText("Camera and microphone are on."));

        await visit.SendAsync("I like the sea.");
        var caption = visit.Page.Locator(".stage .caption");
        await visit.ShownAsync(caption);
        await visit.ShownAsync(visit.Page.Locator(".thread .spoken.visitor", new() { HasTextString = "I like the sea." }));
        // The mouth follows the sound.
        var canvas = room.Locator("canvas");
        await Assertions.Expect(canvas).ToHaveAttributeAsync("data-mouth", new System.Text.RegularExpressions.Regex(@"^0\.[2-9]|^1"));
        await visit.ShownAsync(visit.Page.Locator(".thread .spoken.assistant").First);
        await Assertions.Expect(canvas).ToHaveAttributeAsync("data-mouth", new System.Text.RegularExpressions.Regex(@"^0\.0"));
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Hide captions" }).ClickAsync();
        await Assertions.Expect(caption).ToHaveCountAsync(0);

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "End the call" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("iframe.room")).ToHaveCountAsync(0);
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Draw_a_person_who_blinks_and_speaks()
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, new Uri(demo.Simulators, "/health"));

        // The share of the picture that changes when the mouth opens, and while a silent person is watched for ten seconds.
        var shares = await visit.Page.EvaluateAsync<double[]>("""
            async () => {
              const { DrawnAvatar, lookOf } = await import('/tavus/rooms/avatar.js');
              const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
              let loudness = 0;
              const analyser = { fftSize: 64, getFloatTimeDomainData: (wave) => wave.fill(loudness) };
              const person = new DrawnAvatar(canvas, { look: lookOf('r4dcf31b60e1'), analyser });
              const look = (x, y, width, height) => canvas.getContext('2d').getImageData(x, y, width, height).data;
              const difference = (one, other) => one.filter((value, index) => Math.abs(value - other[index]) > 40).length / one.length;
              const at = (now) => (person.draw(now, true), look(285, 205, 70, 60));
              const closed = at(0);
              loudness = 0.15;
              let open;
              for (let now = 16; now < 500; now += 16) open = at(now);
              loudness = 0;
              const eyes = (now) => (person.draw(now, true), look(265, 140, 110, 40));
              let blink = 0;
              const first = eyes(600);
              for (let now = 616; now < 10_000; now += 33) blink = Math.max(blink, difference(first, eyes(now)));
              return [difference(closed, open), blink];
            }
            """);

        shares[0].ShouldBeGreaterThan(0.1);
        shares[1].ShouldBeGreaterThan(0.05);
    }
}
