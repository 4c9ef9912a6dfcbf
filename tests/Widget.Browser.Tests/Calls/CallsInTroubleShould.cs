using System.Net;
using Microsoft.Playwright;
using Widget.Testing;
using static Microsoft.Playwright.Assertions;

namespace Widget.Browser.Tests.Calls;

/// <summary>What people see when a link has expired, or when the server can't be reached by WebSocket.</summary>
public sealed class CallsInTroubleShould(DemoInstallation installation) : IAsyncLifetime
{
    private const string Expired = "This link has expired. Please ask for a new one.";

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright, "--use-fake-ui-for-media-stream");
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    [Fact]
    public async Task Bring_back_only_those_who_joined_before_their_link_expired()
    {
        var room = await RoomAsync();
        await using var host = await CallVisit.OpenAsync(_browser, room.HostLink);
        await host.JoinAsync("Jana");
        var used = await room.GuestLinkAsync("Ada", minutes: 1);
        await using var guest = await CallVisit.OpenAsync(_browser, used);
        await guest.JoinAsync();
        await host.SeesAndHearsAsync();
        var unused = await room.GuestLinkAsync("Grace", minutes: 1);
        await using var hesitant = await CallVisit.OpenAsync(_browser, unused);
        await hesitant.Page.Locator(".preview video").WaitForAsync();
        await WaitUntilExpiredAsync(used);
        await WaitUntilExpiredAsync(unused);

        await guest.Page.ReloadAsync();
        await guest.JoinAsync();
        (await guest.SeesAndHearsAsync()).ShouldBeGreaterThan(0.01);
        (await host.SeesAndHearsAsync()).ShouldBeGreaterThan(0.01);
        await Expect(host.Others.Locator(".tile-name")).ToContainTextAsync("Ada");

        await hesitant.Page.Locator(".join").ClickAsync();
        await Expect(hesitant.Card).ToContainTextAsync(Expired);
        await using var late = await CallVisit.OpenAsync(_browser, unused);
        await Expect(late.Card).ToContainTextAsync(Expired);
        await using var stranger = await CallVisit.OpenAsync(_browser, used);
        await Expect(stranger.Card).ToContainTextAsync(Expired);
    }

    [Fact]
    public async Task Send_messages_under_the_senders_name_while_the_hub_cannot_be_reached()
    {
        var blocked = false;
        IWebSocketRoute? socket = null, server = null;
        var room = await RoomAsync();
        await using var host = await CallVisit.OpenAsync(_browser, room.HostLink);
        await using var guest = await CallVisit.OpenAsync(
            _browser,
            await room.GuestLinkAsync(),
            before: page => page.RouteWebSocketAsync("**/hubs/rooms**", route =>
            {
                if (blocked) _ = route.CloseAsync();
                else (socket, server) = (route, route.ConnectToServer());
            }));
        await host.JoinAsync("Jana");
        await guest.JoinAsync("Ada");
        await host.Connected.WaitForAsync();
        await host.Page.Locator(".toggle-chat").ClickAsync();

        blocked = true;
        await server!.CloseAsync();
        await socket!.CloseAsync();
        await Expect(guest.Page.Locator(".alert")).ToContainTextAsync("The call continues");
        var sent = await guest.Page.RunAndWaitForResponseAsync(
            () => guest.WriteAsync("Over plain HTTP"),
            response => response.Url.EndsWith("/api/chat/messages", StringComparison.Ordinal));
        sent.Status.ShouldBe(200);
        await Expect(host.Page.Locator(".line .text")).ToHaveTextAsync("Over plain HTTP");
        await Expect(host.Page.Locator(".line .who bdi")).ToHaveTextAsync("Ada");

        blocked = false;
        await Expect(guest.Page.Locator(".alert")).ToHaveCountAsync(0);
        await guest.WriteAsync("Over the hub again");
        await Expect(host.Page.Locator(".line .who bdi")).ToHaveTextAsync(["Ada", "Ada"]);
        await Expect(guest.Page.Locator(".line .text")).ToHaveTextAsync(["Over plain HTTP", "Over the hub again"]);
        await Expect(guest.Page.Locator(".line .error")).ToHaveCountAsync(0);
    }

    private async Task<TestRoom> RoomAsync() =>
        await TestRoom.CreateAsync(installation, await installation.AddTenantAsync("https://company.example"));

    // The shortest lifetime of a link is a minute.
    private Task WaitUntilExpiredAsync(string link) => Eventually.TrueAsync(
        async () =>
        {
            var answer = await installation.Http.GetAsync(new Uri(installation.Api, $"/api/video/rooms/join{new Uri(link).Query}"));
            if (answer.StatusCode == HttpStatusCode.Gone) return true;
            await Task.Delay(TimeSpan.FromSeconds(3));
            return false;
        },
        "the link has expired",
        seconds: 120);
}
