using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Widget.Api.Tests.Tavus;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Rooms;

/// <summary>Calls of more than four people, which move to LiveKit.</summary>
public sealed class LargeCallsShould(ApiFixture api) : IAsyncLifetime
{
    private readonly List<RoomClient> _clients = [];
    private ApiNode _node = null!;
    private TestDatabase _database = null!;
    private TestTenant _tenant = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_node, _database) = await LiveKitWorld.StartAsync(api);
        _tenant = await TestTenant.CreateAsync(_database, _node);
        await ListenAsync(_node);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Theory]
    [InlineData(null, 50)]
    [InlineData(2, 2)]
    [InlineData(50, 50)]
    public async Task Hold_up_to_fifty_with_livekit(int? wanted, int expected)
    {
        var room = await _tenant.Developer.CreateRoomAsync(new { maxParticipants = wanted });

        (room.MaxParticipants, room.Transport).ShouldBe((expected, "peer"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(51)]
    public async Task Refuse_other_limits(int wanted)
    {
        var response = await _tenant.Developer.PostAsJsonAsync("/api/video/rooms", new { maxParticipants = wanted }, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Hold_four_without_livekit_and_say_what_is_missing()
    {
        var tenant = await TestTenant.CreateAsync(api);

        (await tenant.Developer.CreateRoomAsync()).MaxParticipants.ShouldBe(4);
        var refused = await tenant.Developer.PostAsJsonAsync("/api/video/rooms", new { maxParticipants = 5 }, Ct);

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain("only with LiveKit, which is not configured");
    }

    [Fact]
    public async Task Be_full_after_four_when_livekit_is_gone()
    {
        var own = new { url = new Uri(api.Simulator.Address, "/livekit").AbsoluteUri, key = LiveKitHook.Key, secret = LiveKitHook.Secret };
        var tenant = await TestTenant.CreateAsync(api);
        (await tenant.Developer.PutAsJsonAsync("/api/livekit/account", own, Ct)).EnsureSuccessStatusCode();
        var room = await tenant.Developer.CreateRoomAsync();
        (await tenant.Developer.DeleteAsync("/api/livekit/account", Ct)).EnsureSuccessStatusCode();
        await FillAsync(room, 4, api.Node, tenant);

        var fifth = (await tenant.Developer.LinkAsync(room.Id)).Token;

        (await Should.ThrowAsync<HubException>(() => RoomClient.JoinAsync(api.Node, fifth))).Message.ShouldContain("call-full");
        (await tenant.Developer.RoomAsync(room.Id)).Transport.ShouldBe("peer");
    }

    [Fact]
    public async Task Move_to_livekit_once_when_two_more_come_at_the_same_time()
    {
        var room = await _tenant.Developer.CreateRoomAsync(new { waitingRoom = false, maxParticipants = 6 });
        await FillAsync(room, 4);
        (await _tenant.Developer.RoomAsync(room.Id)).Transport.ShouldBe("peer");

        var links = await Task.WhenAll(_tenant.Developer.LinkAsync(room.Id), _tenant.Developer.LinkAsync(room.Id));
        _clients.AddRange(await Task.WhenAll(links.Select(link => RoomClient.JoinAsync(_node, link.Token))));
        var full = (await _tenant.Developer.LinkAsync(room.Id)).Token;

        foreach (var client in _clients.Take(4))
        {
            foreach (var other in _clients[4..])
            {
                await client.EventAsync(
                    entry => entry.Kind == "joined" && entry.Participant?.Id == other.Id,
                    "the other two are announced");
            }

            await client.EventAsync(entry => entry.Kind == "transport", "the move is announced");
        }

        var host = _clients[0];
        var moved = host.Events.Where(entry => entry.Kind == "transport").ShouldHaveSingleItem();
        (moved.Room!.Transport, moved.Room.State).ShouldBe(("livekit", RoomOpenState.Open));
        _clients[4..].ShouldAllBe(client => client.First.Transport == "livekit");
        (await host.CallAsync<RoomState>("State")).Transport.ShouldBe("livekit");
        (await _tenant.Developer.RoomAsync(room.Id)).Transport.ShouldBe("livekit");
        (await Should.ThrowAsync<HubException>(() => RoomClient.JoinAsync(_node, full))).Message.ShouldContain("call-full");

        // It stays there.
        foreach (var client in _clients[2..]) await client.CallAsync("Leave");
        (await _tenant.Developer.RoomAsync(room.Id)).Transport.ShouldBe("livekit");
        (await host.CallAsync<RoomMediaAccess>("MediaServer")).Token.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Move_to_livekit_when_the_fifth_is_let_in()
    {
        var room = await _tenant.Developer.CreateRoomAsync(new { waitingRoom = true });
        await JoinAsync(room.Link!.Token);
        var waiting = new List<RoomClient>();
        for (var i = 0; i < 4; i++) waiting.Add(await JoinAsync((await _tenant.Developer.LinkAsync(room.Id)).Token));
        foreach (var guest in waiting[..3]) await _clients[0].CallAsync("Admit", guest.Id);
        (await _tenant.Developer.RoomAsync(room.Id)).Transport.ShouldBe("peer");
        (await Should.ThrowAsync<HubException>(() => waiting[3].CallAsync("MediaServer"))).Message.ShouldContain("not-in");

        await _clients[0].CallAsync("Admit", waiting[3].Id);

        await waiting[3].EventAsync(entry => entry.Kind == "transport", "the log says that the room has moved");
        (await waiting[3].CallAsync<RoomMediaAccess>("MediaServer")).Url.ShouldBe($"ws://127.0.0.1:{api.Simulator.Address.Port}/livekit");
    }

    [Fact]
    public async Task Let_only_those_who_are_in_connect_and_only_to_this_room()
    {
        var room = await _tenant.Developer.CreateRoomAsync();
        await FillAsync(room, 4);
        (await Should.ThrowAsync<HubException>(() => _clients[0].CallAsync("MediaServer"))).Message.ShouldContain("no-media-server");
        var fifth = await JoinAsync((await _tenant.Developer.LinkAsync(room.Id, name: "Ada")).Token);

        var access = await fifth.CallAsync<RoomMediaAccess>("MediaServer");
        var claims = await LiveKitWorld.VerifyAsync("token", access.Token);

        access.Url.ShouldBe($"ws://127.0.0.1:{api.Simulator.Address.Port}/livekit");
        (claims.GetProperty("sub").GetString(), claims.GetProperty("name").GetString()).ShouldBe((fifth.Id.ToString(), "Ada"));
        JsonSerializer.Serialize(claims.GetProperty("video")).ShouldBe(
            JsonSerializer.Serialize(new { room = LiveKitName(room), roomJoin = true }));
        (claims.GetProperty("exp").GetInt64() - DateTimeOffset.UtcNow.ToUnixTimeSeconds()).ShouldBeInRange(10, 60);
        (await api.Simulator.Control.GetAsync($"/control/livekit/rooms/{LiveKitName(room)}", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await using var stranger = await RoomClient.ConnectAsync(_node);
        (await Should.ThrowAsync<HubException>(() => stranger.CallAsync("MediaServer"))).Message.ShouldContain("Join a room first");
        await _clients[0].CallAsync("Remove", fifth.Id);
        await fifth.ClosedAsync();
        (await Should.ThrowAsync<HubException>(() => fifth.CallAsync("MediaServer"))).Message.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Show_everybody_once_and_disconnect_at_livekit_who_is_removed()
    {
        var room = await _tenant.Developer.CreateRoomAsync();
        await FillAsync(room, 5);
        foreach (var client in _clients) await ConnectAsync(room, client.Id);
        await Eventually.TrueAsync(async () => (await StaysAsync(room)) == 5, "LiveKit's webhooks have arrived");
        var people = (await _tenant.Developer.RoomAsync(room.Id)).Participants;
        (people.Count, people.Count(person => person.State == RoomPresence.In)).ShouldBe((5, 5));

        await _clients[0].CallAsync("Remove", _clients[4].Id);
        await Eventually.TrueAsync(
            async () => !(await api.PeopleAtLiveKitAsync(LiveKitName(room))).Contains(_clients[4].Id.ToString()),
            "the removed person is disconnected at LiveKit");
        // With a token that has not expired.
        await ConnectAsync(room, _clients[4].Id);
        await Eventually.TrueAsync(
            async () => !(await api.PeopleAtLiveKitAsync(LiveKitName(room))).Contains(_clients[4].Id.ToString()),
            "the removed person is disconnected again");
        await _clients[3].CallAsync("Leave");
        await Eventually.TrueAsync(
            async () => (await api.PeopleAtLiveKitAsync(LiveKitName(room))).Count == 3,
            "the person who has left is disconnected at LiveKit");

        people = (await _tenant.Developer.RoomAsync(room.Id)).Participants;
        people.Select(person => person.State).ShouldBe(
            [RoomPresence.In, RoomPresence.In, RoomPresence.In, RoomPresence.Left, RoomPresence.Removed]);
        (await _tenant.Developer.ActAsync(room.Id, "end")).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(
            async () => (await api.PeopleAtLiveKitAsync(LiveKitName(room))).Count == 0,
            "everybody is disconnected at LiveKit");
    }

    [Fact]
    public async Task End_when_all_have_left()
    {
        var (node, database) = await LiveKitWorld.StartAsync(api, timings: new() { EmptyTime = TimeSpan.FromSeconds(1) });
        await using var started = node;
        var tenant = await TestTenant.CreateAsync(database, node);
        await ListenAsync(node);
        var room = await tenant.Developer.CreateRoomAsync();
        await FillAsync(room, 5, node, tenant);
        await ConnectAsync(tenant, room, _clients[1].Id);

        foreach (var client in _clients) await client.CallAsync("Leave");

        await Eventually.TrueAsync(
            async () => await tenant.Developer.RoomAsync(room.Id) is { State: RoomOpenState.Ended, EndReason: "empty" },
            "the room ends");
    }

    [Fact]
    public async Task Keep_the_avatars_call_at_tavus_until_it_ends()
    {
        var video = await VideoTenant.CreateAsync(_database, api, _node);
        var room = await video.Tenant.Developer.CreateRoomAsync();
        await FillAsync(room, 4, _node, video.Tenant);
        await _clients[0].CallAsync("InviteAvatar", new { name = "Mia" });
        await _clients[0].EventAsync(entry => entry.Room?.Avatar is { State: RoomAvatarState.In }, "the avatar is in the call");

        await JoinAsync((await video.Tenant.Developer.LinkAsync(room.Id)).Token);
        var moved = await _clients[0].EventAsync(entry => entry.Kind == "transport", "the room moves");
        (moved.Room!.Avatar!.Provider, moved.Room.Avatar.State).ShouldBe(("tavus", RoomAvatarState.In));
        await _clients[0].CallAsync("RemoveAvatar");

        await Eventually.TrueAsync(
            async () => (await video.CallsAsync()).All(call => call.Status == "ended"),
            "the call at Tavus has ended");
        (await video.CallsAsync()).Count.ShouldBe(1);
        await _clients[0].CallAsync("InviteAvatar", new { });
        await Eventually.TrueAsync(
            async () => (await video.Tenant.Developer.RoomAsync(room.Id)).Avatar is { Provider: "tavus", State: RoomAvatarState.In },
            "the avatar comes again, at Tavus, because no agent is named");
        (await video.Tenant.Developer.ActAsync(room.Id, "end")).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(
            async () => (await video.CallsAsync()).All(call => call.Status == "ended"),
            "all calls at Tavus have ended");
    }

    [Fact]
    public async Task Invite_the_named_agent_into_a_room_that_has_moved()
    {
        var (node, database) = await LiveKitWorld.StartAsync(api, agent: "acme-avatar");
        await using var started = node;
        var tenant = await TestTenant.CreateAsync(database, node);
        await ListenAsync(node);
        var room = await tenant.Developer.CreateRoomAsync();
        await FillAsync(room, 5, node, tenant);

        await _clients[0].CallAsync("InviteAvatar", new { });

        await Eventually.TrueAsync(
            async () => (await tenant.Developer.RoomAsync(room.Id)).Avatar is { Provider: "livekit", State: RoomAvatarState.In },
            "the agent is in the call");
        (await tenant.Developer.RoomAsync(room.Id)).Participants.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Allow_the_page_to_connect_to_the_tenants_server_only()
    {
        var port = api.Simulator.Address.Port;
        var room = await _tenant.Developer.CreateRoomAsync();
        using var page = _node.Client();

        foreach (var address in new[] { $"/call?token={room.Link!.Token}", $"/meet/{room.Link.Token}", $"/meet/{_tenant.Created.Slug}" })
            (await PolicyAsync(page, address)).ShouldContain($"connect-src 'self' ws://127.0.0.1:{port} http://127.0.0.1:{port};");

        var without = await TestTenant.CreateAsync(api);
        var other = await without.Developer.CreateRoomAsync();
        using var elsewhere = api.Node.Client();
        (await PolicyAsync(elsewhere, $"/call?token={other.Link!.Token}")).ShouldContain("connect-src 'self';");
    }

    private static async Task<string> PolicyAsync(HttpClient page, string address)
    {
        using var response = await page.GetAsync(address, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, address);
        return response.Headers.GetValues("Content-Security-Policy").Single();
    }

    private string LiveKitName(Room room) => $"{_tenant.Created.TenantId:N}_{room.Id}";

    private Task ListenAsync(ApiNode node) =>
        api.Simulator.BehaveAsync(new { webhook = new Uri(node.Address, "/api/livekit/webhook").AbsoluteUri }, "livekit");

    private Task FillAsync(Room room, int people) => FillAsync(room, people, _node, _tenant);

    private async Task FillAsync(Room room, int people, ApiNode node, TestTenant tenant)
    {
        await JoinAsync(room.Link!.Token, node);
        for (var i = 1; i < people; i++) await JoinAsync((await tenant.Developer.LinkAsync(room.Id)).Token, node);
    }

    private async Task<RoomClient> JoinAsync(string token, ApiNode? node = null)
    {
        var client = await RoomClient.JoinAsync(node ?? _node, token);
        _clients.Add(client);
        return client;
    }

    private Task ConnectAsync(Room room, Guid participant) => ConnectAsync(_tenant, room, participant);

    // As the page does with its token.
    private async Task ConnectAsync(TestTenant tenant, Room room, Guid participant) =>
        (await api.Simulator.Control.PostAsync(
            $"/control/livekit/rooms/{tenant.Created.TenantId:N}_{room.Id}/people/{participant}",
            null,
            Ct)).EnsureSuccessStatusCode();

    private async Task<long> StaysAsync(Room room) => (long)(await _database.OwnerSource.ExecuteAsync(
        "set app.across_tenants = 'on'; "
            + $"select count(*) from livekit_sessions where room_id = '{room.Id}' and left_at is null"))!;
}
