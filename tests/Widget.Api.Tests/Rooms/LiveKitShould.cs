using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Rooms;

public sealed class LiveKitShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_node, var database) = await LiveKitWorld.StartAsync(api);
        _tenant = await TestTenant.CreateAsync(database, _node);
        await BehaveAsync();
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory]
    [InlineData("/join-room")]
    [InlineData("/api/livekit/join-room")]
    public async Task Give_a_token_that_livekits_own_library_accepts_with_exactly_the_grant_to_join(string path)
    {
        var name = $"room-{Guid.NewGuid():N}";
        var response = await _tenant.Developer.PostAsJsonAsync(
            path,
            new { room_name = name, participant_name = "Ada", mic_enabled = true, camera_enabled = false, invite_avatar = false },
            Ct);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Ct));
        var joined = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);

        joined.GetProperty("room_name").GetString().ShouldBe(name);
        joined.GetProperty("identity").GetString()!.ShouldStartWith("Ada-");
        joined.GetProperty("livekit_url").GetString().ShouldBe($"ws://127.0.0.1:{api.Simulator.Address.Port}/livekit");
        joined.GetProperty("avatar_invited").GetBoolean().ShouldBeFalse();
        var claims = await LiveKitWorld.VerifyAsync("token", joined.GetProperty("token").GetString()!);
        claims.GetProperty("sub").GetString().ShouldBe(joined.GetProperty("identity").GetString());
        JsonSerializer.Serialize(claims.GetProperty("video")).ShouldBe(
            JsonSerializer.Serialize(new { room = LiveKitName(name), roomJoin = true }));
        (claims.GetProperty("exp").GetInt64() - DateTimeOffset.UtcNow.ToUnixTimeSeconds()).ShouldBeInRange(600, 900);
    }

    [Fact]
    public async Task Answer_older_programs_under_token()
    {
        var joined = await _tenant.Developer.GetFromJsonAsync<JsonElement>("/token?roomName=old-room&identity=ada-1&name=Ada", Ct);

        joined.GetProperty("identity").GetString().ShouldBe("ada-1");
        var claims = await LiveKitWorld.VerifyAsync("token", joined.GetProperty("token").GetString()!);
        (claims.GetProperty("sub").GetString(), claims.GetProperty("name").GetString()).ShouldBe(("ada-1", "Ada"));
        (await _tenant.Developer.GetAsync("/token?roomName=&identity=ada-1", Ct)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var stranger = _node.Client();
        (await stranger.GetAsync("/token?roomName=old-room&identity=ada-1", Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Keep_rooms_of_visitors_apart()
    {
        var (ada, bob) = (await _tenant.VisitAsync(_node), await _tenant.VisitAsync(_node));
        var name = $"room-{Guid.NewGuid():N}";

        (await JoinAsync(ada.Client, name)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await JoinAsync(bob.Client, name)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await bob.Client.PostAsJsonAsync("/invite-avatar", new { room_name = name }, Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Offer_a_peer_to_peer_room_without_livekit()
    {
        var tenant = await TestTenant.CreateAsync(api);

        var response = await JoinAsync(tenant.Developer, $"room-{Guid.NewGuid():N}");
        var joined = await response.Content.ReadFromJsonAsync<JoinRoomResult>(TestTenant.Json, Ct);

        (joined!.Transport, joined.LiveKitUrl).ShouldBe(("peer", null));
        joined.Message!.ShouldContain("LiveKit is not configured");
        await using var client = await RoomClient.JoinAsync(api.Node, joined.Token);
        client.First.State.ShouldBe(RoomOpenState.Open);
    }

    [Fact]
    public async Task Dispatch_one_agent_although_it_is_asked_twice_and_answers_are_lost()
    {
        await BehaveAsync(loseDispatches: 2);
        var name = $"room-{Guid.NewGuid():N}";
        await JoinAsync(_tenant.Developer, name, inviteAvatar: true);
        await PersonJoinsAsync(name, "ada");
        (await _tenant.Developer.PostAsJsonAsync("/invite-avatar", new { room_name = name, avatar_name = "Mia" }, Ct))
            .EnsureSuccessStatusCode();

        await AvatarAsync(name, RoomAvatarState.In);
        (await DispatchesAsync(name)).Count.ShouldBe(1);
        (await _tenant.Developer.ActAsync(name, "end")).EnsureSuccessStatusCode();

        await Eventually.TrueAsync(async () => !await ExistsAsync(name), "the room at LiveKit is deleted");
    }

    [Fact]
    public async Task Take_the_agent_away_when_nobody_is_there_and_bring_it_back()
    {
        var name = $"room-{Guid.NewGuid():N}";
        await JoinAsync(_tenant.Developer, name, inviteAvatar: true);
        await PersonJoinsAsync(name, "ada");
        await AvatarAsync(name, RoomAvatarState.In);

        await PersonLeavesAsync(name, "ada");
        await AvatarAsync(name, RoomAvatarState.Paused);
        (await DispatchesAsync(name)).ShouldAllBe(dispatch => dispatch.GetProperty("deletedAt").GetInt64() > 0);
        await PersonJoinsAsync(name, "ada");
        await AvatarAsync(name, RoomAvatarState.In);

        (await DispatchesAsync(name)).Count(dispatch => dispatch.GetProperty("deletedAt").GetInt64() == 0).ShouldBe(1);
    }

    [Fact]
    public async Task Take_webhooks_in_any_order_and_twice()
    {
        await BehaveAsync(webhooks: false);
        var name = $"room-{Guid.NewGuid():N}";
        await JoinAsync(_tenant.Developer, name);
        var now = DateTimeOffset.UtcNow;

        // Ada leaves and comes back, but what tells of her first stay arrives last, and its end before its beginning.
        foreach (var (kind, sid, person) in new[]
        {
            ("participant_joined", "PA_second", "Ada"), ("participant_left", "PA_first", "Ada"), ("participant_left", "PA_bob", "Bob"),
            ("participant_joined", "PA_first", "Ada"), ("participant_joined", "PA_bob", "Bob"),
        })
        {
            var (body, token) = LiveKitHook.Sign(kind, LiveKitName(name), sid, person, now);
            for (var i = 0; i < 2; i++) (await HookAsync(body, token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var people = (await _tenant.Developer.RoomAsync(name)).Participants;
        people.Select(person => (person.Name, person.State)).OrderBy(person => person.Name)
            .ShouldBe([("Ada", RoomPresence.In), ("Bob", RoomPresence.Left)]);
    }

    [Fact]
    public async Task Refuse_webhooks_that_livekit_has_not_signed()
    {
        var name = $"room-{Guid.NewGuid():N}";
        await JoinAsync(_tenant.Developer, name);
        var (body, token) = LiveKitHook.Sign("participant_joined", LiveKitName(name), "PA_1", "Ada", DateTimeOffset.UtcNow);
        var old = LiveKitHook.Sign("participant_joined", LiveKitName(name), "PA_1", "Ada", DateTimeOffset.UtcNow.AddMinutes(-10));

        (await LiveKitWorld.VerifyAsync("webhook", token, body)).GetProperty("identity").GetString().ShouldBe("ada");
        (await HookAsync(body.Replace("ada", "eve", StringComparison.Ordinal), token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await HookAsync(body, token[..^2])).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await HookAsync(old.Body, old.Token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await HookAsync(body, "")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _tenant.Developer.RoomAsync(name)).Participants.ShouldBeEmpty();
    }

    private static Task<HttpResponseMessage> JoinAsync(HttpClient client, string room, bool inviteAvatar = false) =>
        client.PostAsJsonAsync(
            "/join-room",
            new { room_name = room, participant_name = "Ada", invite_avatar = inviteAvatar, avatar_name = "Mia" },
            Ct);

    private string LiveKitName(string room) => $"{_tenant.Created.TenantId:N}_{room}";

    private Task BehaveAsync(int loseDispatches = 0, bool webhooks = true) => api.Simulator.BehaveAsync(
        new { loseDispatches, webhook = webhooks ? new Uri(_node.Address, "/api/livekit/webhook").AbsoluteUri : null },
        "livekit");

    private async Task PersonJoinsAsync(string room, string identity) =>
        (await api.Simulator.Control.PostAsync($"/control/livekit/rooms/{LiveKitName(room)}/people/{identity}", null, Ct))
        .EnsureSuccessStatusCode();

    private async Task PersonLeavesAsync(string room, string identity) =>
        (await api.Simulator.Control.DeleteAsync($"/control/livekit/rooms/{LiveKitName(room)}/people/{identity}", Ct))
        .EnsureSuccessStatusCode();

    private async Task<bool> ExistsAsync(string room) =>
        (await api.Simulator.Control.GetAsync($"/control/livekit/rooms/{LiveKitName(room)}", Ct)).IsSuccessStatusCode;

    private async Task<IReadOnlyList<JsonElement>> DispatchesAsync(string room) =>
        [.. (await api.Simulator.Control.GetFromJsonAsync<JsonElement>($"/control/livekit/rooms/{LiveKitName(room)}", Ct))
            .GetProperty("dispatches").EnumerateArray()];

    private Task AvatarAsync(string room, RoomAvatarState state) => Eventually.TrueAsync(
        async () => (await _tenant.Developer.RoomAsync(room)).Avatar?.State == state,
        $"the avatar's state is {state}");

    private async Task<HttpResponseMessage> HookAsync(string body, string token)
    {
        using var client = _node.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/livekit/webhook")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/webhook+json"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", token);
        return await client.SendAsync(request, Ct);
    }
}
