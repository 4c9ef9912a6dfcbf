using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Widget.Browser.Tests.Console;
using Widget.Testing;
using static Microsoft.Playwright.Assertions;

namespace Widget.Browser.Tests.Calls;

/// <summary>A call that its host's page records.</summary>
public sealed class CallRecordingsShould(DemoInstallation installation, FullChromium chromium)
{
    // The mark of a recording that is paused looks different.
    private const string Running = ".recording:not(.paused)";

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task Begin_when_all_agree_and_play_in_full_in_the_console()
    {
        await using var company = await ConsoleCompany.OpenAsync(installation, chromium, "recordings");
        await company.SeeAsync("No recordings yet");
        var room = await TestRoom.CreateAsync(installation, company.Tenant, new { name = "Tide Cargo", waitingRoom = false });
        // The browser itself says how long it recorded.
        await using var host = await CallVisit.OpenAsync(
            chromium.Browser,
            room.HostLink,
            before: page => page.AddInitScriptAsync(
                """
                const { start, stop } = MediaRecorder.prototype;
                MediaRecorder.prototype.start = function (...given) { window.recordedFrom = performance.now(); start.apply(this, given); };
                MediaRecorder.prototype.stop = function () { window.recordedTo = performance.now(); stop.apply(this); };
                """));
        await using var guest = await CallVisit.OpenAsync(chromium.Browser, await room.GuestLinkAsync());
        await host.JoinAsync("Jana");
        await guest.JoinAsync("Ada");
        await host.SeesAndHearsAsync();

        await host.Page.Locator(".record-button").ClickAsync();
        await Expect(host.Page.Locator(".alert")).ToContainTextAsync("Waiting until everybody has agreed");
        (await host.Page.EvaluateAsync<bool>("() => window.recordedFrom !== undefined")).ShouldBeFalse();
        await guest.Page.GetByRole(AriaRole.Button, new() { Name = "Agree", Exact = true }).ClickAsync();
        foreach (var page in new[] { host.Page, guest.Page }) await Expect(page.Locator(Running)).ToBeVisibleAsync();
        await Eventually.TrueAsync(
            async () => await host.Page.EvaluateAsync<double>("() => performance.now() - window.recordedFrom") > Length.TotalMilliseconds,
            "the recording is long enough");
        await host.Page.Locator(".record-button").ClickAsync();
        foreach (var page in new[] { host.Page, guest.Page }) await Expect(page.Locator(Running)).ToHaveCountAsync(0);

        var recorded = await host.Page.EvaluateAsync<double>("() => (window.recordedTo - window.recordedFrom) / 1000");
        var recording = await FinishedAsync(company, room.Id);
        recording.GetProperty("chunks").GetInt32().ShouldBeGreaterThan(1);
        recording.GetProperty("seconds").GetDouble().ShouldBe(recorded, 1);
        await company.GoAsync("recordings");
        await company.Page.GetByRole(AriaRole.Link, new() { Name = "Tide Cargo", Exact = true }).ClickAsync();
        await company.Page.Locator("main video").WaitForAsync();
        (await company.Page.EvaluateAsync<double>(PlayScript)).ShouldBe(recorded, 1);
        (await company.Page.ViolationsAsync()).ShouldBeEmpty();

        await company.PressAsync("Delete");
        await company.Page.ConfirmAsync("Delete");
        await company.SeeAsync("No recordings yet");
    }

    [Fact]
    public async Task Ask_somebody_who_comes_later()
    {
        var room = await TestRoom.CreateAsync(installation, await installation.AddTenantAsync("https://company.example"));
        await using var host = await CallVisit.OpenAsync(chromium.Browser, room.HostLink);
        await host.JoinAsync("Jana");
        await host.Page.Locator(".record-button").ClickAsync();
        await Expect(host.Page.Locator(Running)).ToBeVisibleAsync();

        await using var late = await CallVisit.OpenAsync(chromium.Browser, await room.GuestLinkAsync());
        await late.JoinAsync("Ada");
        await Expect(host.Page.Locator(Running)).ToHaveCountAsync(0);
        // A person who declined can still agree.
        await late.Page.GetByRole(AriaRole.Button, new() { Name = "Don't record", Exact = true }).ClickAsync();
        await Expect(late.Page.Locator(".alert")).ToContainTextAsync("The recording is paused because you declined it.");
        (await late.Page.ViolationsAsync()).ShouldBeEmpty();
        await late.Page.GetByRole(AriaRole.Button, new() { Name = "Agree", Exact = true }).ClickAsync();

        foreach (var page in new[] { host.Page, late.Page }) await Expect(page.Locator(Running)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Say_that_it_does_not_begin_if_somebody_declines_and_ask_again()
    {
        var room = await TestRoom.CreateAsync(installation, await installation.AddTenantAsync("https://company.example"));
        await using var host = await CallVisit.OpenAsync(chromium.Browser, room.HostLink);
        await using var guest = await CallVisit.OpenAsync(chromium.Browser, await room.GuestLinkAsync());
        await host.JoinAsync("Jana");
        await guest.JoinAsync("Ada");
        await host.Page.Locator(".record-button").ClickAsync();

        await guest.Page.GetByRole(AriaRole.Button, new() { Name = "Don't record", Exact = true }).ClickAsync();

        await Expect(host.Page.Locator(".alert")).ToContainTextAsync("The recording didn't start. Nothing was recorded.");
        await Expect(host.Page.Locator(".recording")).ToHaveCountAsync(0);
        await Expect(host.Page.Locator(".record-button")).ToHaveTextAsync("Record the call");
        // The next recording asks the guest again.
        await host.Page.Locator(".record-button").ClickAsync();
        await guest.Page.GetByRole(AriaRole.Button, new() { Name = "Agree", Exact = true }).ClickAsync();
        foreach (var page in new[] { host.Page, guest.Page }) await Expect(page.Locator(Running)).ToBeVisibleAsync();
    }

    // Seeks to the end of the recording, and returns its length if picture and sound are in it.
    private const string PlayScript =
        """
        async () => {
          const video = document.querySelector('video');
          const once = (name) => new Promise((resolve) => video.addEventListener(name, resolve, { once: true }));
          if (video.readyState < 2) await once('loadeddata');
          const canvas = document.createElement('canvas');
          [canvas.width, canvas.height] = [64, 36];
          const context = canvas.getContext('2d', { willReadFrequently: true });
          const look = async (time) => {
            const seeked = once('seeked');
            video.currentTime = time;
            await seeked;
            context.drawImage(video, 0, 0, 64, 36);
            return context.getImageData(0, 0, 64, 36).data;
          };
          const first = await look(1);
          const last = await look(video.duration - 1.5);
          if (!last.some((value, i) => Math.abs(value - first[i]) > 40)) throw new Error('The picture does not move.');
          const sound = new AudioContext();
          const samples = (await sound.decodeAudioData(await (await fetch(video.src)).arrayBuffer())).getChannelData(0);
          if (!samples.some((value) => Math.abs(value) > 0.01)) throw new Error('Nothing is heard.');
          return video.duration;
        }
        """;

    private static async Task<JsonElement> FinishedAsync(ConsoleCompany company, string room)
    {
        var recording = default(JsonElement);
        await Eventually.TrueAsync(
            async () =>
            {
                var list = await company.Staff.GetFromJsonAsync<JsonElement>($"/api/video/recordings?room={room}");
                recording = list.GetProperty("recordings").EnumerateArray().Single();
                // The file gets its length after the last chunk.
                var hasLength = recording.GetProperty("seconds").ValueKind == JsonValueKind.Number;
                return hasLength && recording.GetProperty("state").GetString() == "finished";
            },
            "the recording is finished");
        return recording;
    }
}
