using System.Diagnostics;
using System.Text.Json;
using Microsoft.Playwright;
using Widget.Testing;
using static Microsoft.Playwright.Assertions;

namespace Widget.Browser.Tests.Calls;

/// <summary>Calls between two real browsers, with cameras and microphones that Chromium simulates.</summary>
public sealed class CallsShould(DemoInstallation installation) : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _first = null!;
    private IBrowser _second = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        string[] switches = ["--use-fake-ui-for-media-stream", "--auto-select-desktop-capture-source=Entire screen"];
        _first = await Chromium.LaunchAsync(_playwright, switches);
        _second = await Chromium.LaunchAsync(_playwright, switches);
    }

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _playwright.Dispose();
    }

    [Fact]
    public async Task Carry_picture_sound_messages_and_screens_both_ways()
    {
        var room = await RoomAsync();
        await using var host = await CallVisit.OpenAsync(_first, room.HostLink);
        await using var guest = await CallVisit.OpenAsync(_second, await room.GuestLinkAsync(), Screens.Phone);
        await host.JoinAsync("Jana");
        await guest.JoinAsync("Ada");

        (await host.SeesAndHearsAsync()).ShouldBeGreaterThan(0.01);
        (await guest.SeesAndHearsAsync()).ShouldBeGreaterThan(0.01);

        await guest.WriteAsync("Hello from Ada");
        await Expect(host.Page.Locator(".toggle-chat .badge")).ToHaveTextAsync("1");
        await host.WriteAsync("Hello from Jana");
        await Expect(guest.Page.Locator(".line .text")).ToHaveTextAsync(["Hello from Ada", "Hello from Jana"]);
        await Expect(host.Page.Locator(".line .text")).ToHaveTextAsync(["Hello from Ada", "Hello from Jana"]);

        await guest.Page.Locator(".side .small").ClickAsync();
        await guest.Page.Locator(".toggle-microphone").ClickAsync();
        await Expect(host.Others.Locator(".muted-mark")).ToBeVisibleAsync();
        await guest.Page.Locator(".toggle-camera").ClickAsync();
        await Expect(host.Others.Locator("video")).ToHaveCountAsync(0);
        await guest.Page.Locator(".toggle-camera").ClickAsync();
        await guest.Page.Locator(".toggle-microphone").ClickAsync();
        (await host.SeesAndHearsAsync()).ShouldBeGreaterThan(0.01);

        await host.Page.Locator(".toggle-screen").ClickAsync();
        await Expect(guest.Others.Locator(".tile-name")).ToContainTextAsync("shares the screen");
        await host.Page.Locator(".toggle-screen").ClickAsync();
        await Expect(guest.Others.Locator(".tile-name")).Not.ToContainTextAsync("shares the screen");

        await host.Page.Locator(".end-all").ClickAsync();
        await Expect(guest.Card).ToContainTextAsync("The call has ended.");
        await Expect(guest.Card).ToHaveAttributeAsync("role", "status");
        await Expect(host.Card).ToContainTextAsync("You were in the call for");
    }

    [Fact]
    public async Task Heal_after_the_network_was_gone()
    {
        var room = await RoomAsync();
        await using var host = await CallVisit.OpenAsync(_first, room.HostLink);
        await using var guest = await CallVisit.OpenAsync(_second, await room.GuestLinkAsync());
        await host.JoinAsync("Jana");
        await guest.JoinAsync("Ada");
        await host.SeesAndHearsAsync();

        await guest.Context.SetOfflineAsync(true);
        await Expect(guest.Page.Locator(".alert")).ToContainTextAsync("The call continues");
        await guest.Context.SetOfflineAsync(false);

        await Expect(guest.Page.Locator(".alert")).ToHaveCountAsync(0);
        await guest.WriteAsync("I am back");
        await host.Page.Locator(".toggle-chat").ClickAsync();
        await Expect(host.Page.Locator(".line .text")).ToHaveTextAsync("I am back");
        (await host.SeesAndHearsAsync()).ShouldBeGreaterThan(0.01);
        (await guest.SeesAndHearsAsync()).ShouldBeGreaterThan(0.01);
    }

    [Fact]
    public async Task Go_on_when_a_third_person_joins_and_the_first_leaves()
    {
        var room = await RoomAsync();
        await using var host = await CallVisit.OpenAsync(_first, room.HostLink);
        await using var guest = await CallVisit.OpenAsync(_second, await room.GuestLinkAsync());
        await using var third = await CallVisit.OpenAsync(_second, await room.GuestLinkAsync());
        await host.JoinAsync("Jana");
        await guest.JoinAsync("Ada");
        await third.JoinAsync("Grace");
        await Expect(guest.Connected).ToHaveCountAsync(2);
        await Expect(third.Connected).ToHaveCountAsync(2);

        await host.Page.Locator(".hang-up").ClickAsync();

        await Expect(host.Card).ToContainTextAsync("You have left the call.");
        await Expect(guest.Others).ToHaveCountAsync(1);
        await Expect(third.Others.Locator(".tile-name")).ToContainTextAsync("Ada");
        (await guest.SeesAndHearsAsync()).ShouldBeGreaterThan(0.01);
    }

    [Fact]
    public async Task Let_nobody_in_without_the_host_or_a_link()
    {
        var room = await RoomAsync(new { name = "Call", waitingRoom = true });
        await using var host = await CallVisit.OpenAsync(_first, room.HostLink);
        await using var guest = await CallVisit.OpenAsync(_second, await room.GuestLinkAsync());
        await host.JoinAsync("Jana");
        await guest.JoinAsync("Ada");
        await Expect(guest.Card).ToContainTextAsync("Nobody can see or hear you yet.");
        await Expect(host.Others).ToHaveCountAsync(0);

        await host.Page.GetByRole(AriaRole.Button, new() { Name = "Let in" }).ClickAsync();
        await host.SeesAndHearsAsync();
        await guest.SeesAndHearsAsync();
        await host.Page.Locator(".toggle-people").ClickAsync();
        await host.Page.Locator(".people .actions button").Last.ClickAsync();
        await Expect(guest.Card).ToContainTextAsync("The host has removed you from the call.");

        await using var stranger = await CallVisit.OpenAsync(_second, $"{installation.Api}meet/rt_{room.Id}");
        await Expect(stranger.Card).ToContainTextAsync("This link is not valid.");
        var refused = await installation.Http.GetAsync(new Uri(installation.Api, $"/api/video/rooms/{room.Id}"));
        refused.StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Let_the_failure_of_an_agent_be_closed()
    {
        var room = await RoomAsync();
        await using var host = await CallVisit.OpenAsync(_first, room.HostLink);
        await host.JoinAsync("Jana");
        var failure = host.Page.Locator("[data-agent=failed]");

        await host.Page.Locator(".agent-button").ClickAsync();
        await Expect(failure).ToContainTextAsync("The AI agent couldn't join.");
        (await host.Page.ViolationsAsync()).ShouldBeEmpty();
        await failure.GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).ClickAsync();
        await Expect(failure).ToHaveCountAsync(0);

        await host.Page.Locator(".agent-button").ClickAsync();
        await Expect(failure).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Say_that_the_call_is_over()
    {
        var room = await RoomAsync();
        await using var host = await CallVisit.OpenAsync(_first, room.HostLink);
        await host.JoinAsync("Jana");
        await host.Page.Locator(".end-all").ClickAsync();
        await Expect(host.Card).ToContainTextAsync("The call has ended.");

        await using var late = await CallVisit.OpenAsync(_second, room.HostLink);
        await Expect(late.Card).ToContainTextAsync("This call is over.");
    }

    [Fact]
    public async Task Name_the_browsers_own_error_and_go_on_with_chat_only()
    {
        var room = await RoomAsync();
        await using var guest = await CallVisit.OpenAsync(
            _second,
            await room.GuestLinkAsync("Ada"),
            before: page => page.AddInitScriptAsync(
                "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'))"));

        await Expect(guest.Page.Locator(".problem-box")).ToContainTextAsync("The browser says: NotReadableError");
        await Expect(guest.Page.Locator(".problem-box")).ToContainTextAsync("Another program is using your camera and microphone.");
        await Expect(guest.Page.Locator(".join")).ToHaveTextAsync("Join with chat only");
        await guest.Page.Locator(".join").ClickAsync();
        await guest.WriteAsync("I can only write");
        await Expect(guest.Page.Locator(".line .text")).ToHaveTextAsync("I can only write");
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task Work_through_a_relay_only(string transport)
    {
        var port = FreePorts.Next();
        using var relay = Process.Start(new ProcessStartInfo("turnserver",
        [
            "-n", "--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--listening-port", $"{port}", "--no-tls", "--no-dtls",
            "--allow-loopback-peers", "--no-cli", "--lt-cred-mech", "--user", "ada:secret", "--realm", "widget", "--no-rfc5780",
            "--log-file", "stdout",
        ])
        { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        relay.OutputDataReceived += (_, _) => { };
        relay.BeginOutputReadLine();
        try
        {
            var servers = JsonSerializer.Serialize(new
            {
                iceServers = new[]
                {
                    new { urls = $"turn:127.0.0.1:{port}?transport={transport}", username = "ada", credential = "secret" },
                },
            });
            Task Relay(IPage page) => page.RouteAsync(
                "**/api/webrtc/config",
                route => route.FulfillAsync(new() { ContentType = "application/json", Body = servers }));
            var room = await RoomAsync();
            await using var host = await CallVisit.OpenAsync(_first, $"{room.HostLink}&relay=only", before: Relay);
            await using var guest = await CallVisit.OpenAsync(_second, $"{await room.GuestLinkAsync()}&relay=only", before: Relay);
            await host.JoinAsync("Jana");
            await guest.JoinAsync("Ada");

            (await host.SeesAndHearsAsync()).ShouldBeGreaterThan(0.01);
            (await guest.SeesAndHearsAsync()).ShouldBeGreaterThan(0.01);
        }
        finally
        {
            relay.Kill();
        }
    }

    [Fact]
    public async Task Start_with_an_invitation_in_the_widget()
    {
        await using var site = await CustomerSite.StartAsync();
        var keys = await installation.AddTenantAsync(site.Origin);
        site.Html = CustomerSite.Tag(installation, keys.SiteKey);
        await using var widget = await WidgetPage.OpenAsync(
            _second,
            site.Address,
            new() { Permissions = ["camera", "microphone"] },
            before: null);
        var session = await widget.Page.RunAndWaitForResponseAsync(
            () => widget.Launcher.ClickAsync(),
            response => response.Url.EndsWith("/api/widget/session", StringComparison.Ordinal));
        var conversation = (await session.JsonAsync())!.Value.GetProperty("conversationId").GetGuid();
        await widget.Field.FillAsync("Can I talk to somebody?");
        await widget.Page.Keyboard.PressAsync("Enter");
        await widget.Answers.First.WaitForAsync();
        var room = await TestRoom.CreateAsync(installation, keys, new { conversationId = conversation });

        var opening = widget.Context.WaitForPageAsync();
        await widget.Page.Locator(".join-call").ClickAsync();
        var page = await opening;
        await page.Locator(".preview video").WaitForAsync();
        await page.Locator(".join").ClickAsync();
        await using var host = await CallVisit.OpenAsync(_first, room.HostLink);
        await host.JoinAsync("Jana");

        (await host.SeesAndHearsAsync()).ShouldBeGreaterThan(0.01);
        await host.Page.Locator(".end-all").ClickAsync();
        await Expect(widget.Page.Locator(".event").Last).ToContainTextAsync("The call lasted");
    }

    private async Task<TestRoom> RoomAsync(object? request = null) =>
        await TestRoom.CreateAsync(installation, await installation.AddTenantAsync("https://company.example"), request);
}
