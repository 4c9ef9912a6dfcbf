using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Widget.Testing;
using static Microsoft.Playwright.Assertions;

namespace Widget.Browser.Tests.Calls;

/// <summary>A call that moves to LiveKit, simulated with real WebRTC (tests/livekit-server), when the fifth person comes.</summary>
[Collection(typeof(Alone)), Trait("Category", "Long")]
public sealed class LargeCallsShould(DemoInstallation installation) : IAsyncLifetime
{
    // Five people's pictures are compressed and drawn on one machine, so they are small and few.
    private const string SmallCamera =
        """
        const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = (wanted) =>
          open(wanted.video ? { ...wanted, video: { width: 480, height: 270, frameRate: 5 } } : wanted);
        """;

    private static readonly string[] Switches = ["--use-fake-ui-for-media-stream", "--auto-select-desktop-capture-source=Entire screen"];

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright, Switches);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    [Fact]
    public async Task Go_on_at_livekit_when_a_fifth_person_comes()
    {
        var room = await TestRoom.CreateAsync(installation, await installation.AddTenantAsync("https://company.example"));
        string[] names = ["Jana", "Ada", "Grace", "Alan", "Edsger"];
        var people = new List<CallVisit>();
        try
        {
            foreach (var name in names)
            {
                people.Add(await CallVisit.OpenAsync(
                    _browser,
                    people.Count == 0 ? room.HostLink : await room.GuestLinkAsync(),
                    new() { ViewportSize = new() { Width = 800, Height = 500 } },
                    page => page.AddInitScriptAsync(SmallCamera)));
                await people[^1].JoinAsync(name);
                // Four are connected to one another.
                if (people.Count == 4)
                    foreach (var person in people) await Expect(person.Connected).ToHaveCountAsync(3);
            }

            await Task.WhenAll(people.Select(person => person.SeesAndHearsAllAsync(4)));
            (await ServerAsync()).ShouldBe(5);
            var (host, ada, removed, left) = (people[0], people[1], people[2], people[3]);

            await left.Page.Locator(".hang-up").ClickAsync();
            await Expect(host.Others).ToHaveCountAsync(3);
            await ada.Page.ReloadAsync();
            await ada.JoinAsync();
            await Task.WhenAll(host.SeesAndHearsAllAsync(3), ada.SeesAndHearsAllAsync(3));

            await ada.Page.Locator(".toggle-microphone").ClickAsync();
            await Expect(host.Others.Locator(".muted-mark")).ToHaveCountAsync(1);
            await ada.Page.Locator(".toggle-camera").ClickAsync();
            await Expect(host.Others.Locator("video")).ToHaveCountAsync(2);
            await ada.Page.Locator(".toggle-screen").ClickAsync();
            await Expect(host.Others.Locator("video")).ToHaveCountAsync(3);
            await ada.Page.Locator(".toggle-screen").ClickAsync();
            await ada.Page.Locator(".toggle-camera").ClickAsync();
            await ada.Page.Locator(".toggle-microphone").ClickAsync();
            await host.SeesAndHearsAllAsync(3);

            await installation.Http.PostAsync(new Uri($"http://localhost:{installation.LiveKitPort}/control/drop"), null, Ct);
            await Expect(host.Connected).ToHaveCountAsync(0);
            await Task.WhenAll(host.SeesAndHearsAllAsync(3), ada.SeesAndHearsAllAsync(3));

            await host.Page.Locator(".toggle-people").ClickAsync();
            await host.Page.Locator(".people li").Filter(new() { HasText = "Grace" }).Locator(".actions button").Last.ClickAsync();
            await Expect(removed.Card).ToContainTextAsync("The host has removed you from the call.");
            await Expect(removed.Page.Locator(".tile audio, .tile video")).ToHaveCountAsync(0);
            await Eventually.TrueAsync(async () => await ServerAsync() == 3, "the removed person is no longer at the server");
            await host.SeesAndHearsAllAsync(2);
            await host.Page.Locator(".end-all").ClickAsync();
            await Expect(ada.Card).ToContainTextAsync("The call has ended.");
            await Eventually.TrueAsync(async () => await ServerAsync() == 0, "nobody is at the server");
        }
        finally
        {
            foreach (var person in people) await person.DisposeAsync();
        }
    }

    // How many people are connected to the simulated server.
    private async Task<int> ServerAsync()
    {
        var rooms = await installation.Http.GetFromJsonAsync<JsonElement[]>(
            $"http://localhost:{installation.LiveKitPort}/control/rooms",
            Ct);
        return rooms!.Sum(room => room.GetProperty("people").GetArrayLength());
    }
}
