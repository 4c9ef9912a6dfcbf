using System.Net;
using Widget.Api.Rooms;
using Widget.Api.Tests.Tavus;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Rooms;

public sealed class RoomAvatarShould(ApiFixture api)
{
    [Fact]
    public async Task Come_once_and_be_ended_at_tavus_with_the_call()
    {
        var video = await VideoTenant.CreateAsync(api, api.Node);
        var client = video.Tenant.Developer;
        var room = await client.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token);

        await Task.WhenAll(host.CallAsync("InviteAvatar", new { name = "Mia" }), client.ActAsync(room.Id, "invite", new { name = "Mia" }));
        var here = await host.EventAsync(entry => entry.Room?.Avatar is { State: RoomAvatarState.In }, "the avatar is in the call");
        (await client.ActAsync(room.Id, "end")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (here.Room!.Avatar!.Provider, here.Room.Avatar.Name).ShouldBe(("tavus", "Mia"));
        Uri.IsWellFormedUriString(here.Room.Avatar.Url, UriKind.Absolute).ShouldBeTrue();
        await EndedAsync(video);
        (await video.CallsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Say_that_it_cannot_come_if_the_companys_video_rooms_are_private()
    {
        var settings = new { useTavusVideo = true, tavusReplicaId = VideoTenant.Replica, tavusPrivateRoom = true };
        var video = await VideoTenant.CreateAsync(api, api.Node, settings);
        var client = video.Tenant.Developer;
        var room = await client.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token);

        await host.CallAsync("InviteAvatar", new { });
        var refused = await host.EventAsync(entry => entry.Room?.Avatar is { State: RoomAvatarState.Failed }, "the avatar cannot come");

        refused.Room!.Avatar!.Error!.ShouldContain("private");
        (await video.CallsAsync()).ShouldBeEmpty();
        (await client.ActAsync(room.Id, "end")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Leave_when_dismissed_and_come_again()
    {
        var video = await VideoTenant.CreateAsync(api, api.Node);
        var client = video.Tenant.Developer;
        var room = await client.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token);
        await host.CallAsync("InviteAvatar", new { });
        await host.EventAsync(entry => entry.Room?.Avatar is { State: RoomAvatarState.In }, "the avatar is in the call");

        await host.CallAsync("RemoveAvatar");
        await EndedAsync(video);
        await Eventually.TrueAsync(
            async () => (await client.RoomAsync(room.Id)).Avatar is { State: RoomAvatarState.Ended, Url: null },
            "the room says that the avatar has left");
        await host.CallAsync("InviteAvatar", new { });
        await Eventually.TrueAsync(
            async () => (await client.RoomAsync(room.Id)).Avatar is { State: RoomAvatarState.In },
            "the avatar is in the call again");

        (await video.CallsAsync()).Count.ShouldBe(2);
        (await client.ActAsync(room.Id, "end")).EnsureSuccessStatusCode();
        await EndedAsync(video);
    }

    [Theory]
    // The call is known.
    [InlineData(false)]
    // The call was opened at Tavus, but its answer never came.
    [InlineData(true)]
    public async Task Come_once_when_the_server_dies_in_between(bool isAnswerLost)
    {
        await using var database = await TestDatabase.CreateAsync();
        var first = await ApiNode.StartAsync(database, tavusApi: api.Simulator.TavusApi);
        var video = await VideoTenant.CreateAsync(database, api, first);
        if (isAnswerLost) await video.FailAsync("POST conversations", "late");
        var room = await video.Tenant.Developer.CreateRoomAsync();
        var host = await RoomClient.JoinAsync(first, room.Link!.Token);
        await host.CallAsync("InviteAvatar", new { });
        await Eventually.TrueAsync(async () => (await video.CallsAsync()).Count == 1, "the call at Tavus is open");
        if (!isAnswerLost)
            await host.EventAsync(entry => entry.Room?.Avatar is { State: RoomAvatarState.In }, "the avatar is in the call");
        await first.DisposeAsync();
        await host.DisposeAsync();
        // As if the node had died after it opened the call, and before it could say so.
        await database.OwnerSource.ExecuteAsync(
            "set app.across_tenants = 'on'; "
                + "update rooms set avatar_call = 'starting', due_at = now(), lease_owner = null, lease_until = null");

        await using var second = await ApiNode.StartAsync(database, tavusApi: api.Simulator.TavusApi);
        await using var back = await RoomClient.JoinAsync(second, host.Token);
        using var client = second.Client(video.Tenant.Created.ApiKey);
        await Eventually.TrueAsync(
            async () => await client.RoomAsync(room.Id) is { Avatar: { State: RoomAvatarState.In, Url: not null } },
            "the avatar is in the call");

        (await video.CallsAsync()).Count.ShouldBe(1);
        (await client.ActAsync(room.Id, "end")).EnsureSuccessStatusCode();
        await EndedAsync(video);
    }

    [Fact]
    public async Task Say_why_it_cannot_come()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var room = await tenant.Developer.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token);

        await host.CallAsync("InviteAvatar", new { });

        var failed = await host.EventAsync(entry => entry.Room?.Avatar is { State: RoomAvatarState.Failed }, "the avatar failed");
        failed.Room!.Avatar!.Error.ShouldBe("Video is not enabled for this company.");
    }

    [Theory]
    // The avatar is there only while it is wanted and somebody is there.
    [InlineData(true, null, true, null, "Start")]
    [InlineData(true, null, false, null, "None")]
    [InlineData(false, null, true, null, "None")]
    [InlineData(true, "call", true, null, "Check")]
    [InlineData(false, "call", true, null, "End")]
    [InlineData(true, "call", false, 5, "Check")]
    [InlineData(true, "call", false, 20, "Pause")]
    public void Follow_from_who_is_there(bool wanted, string? call, bool isPresent, int? emptySeconds, string expected)
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(1);
        var room = new RoomRow
        {
            TenantId = default,
            Id = "room",
            WaitingRoom = false,
            MaxParticipants = 2,
            Transport = RoomRow.Peer,
            CreatedAt = now,
            ExpiresAt = now,
            AvatarWanted = wanted,
            AvatarCall = call,
        };

        AvatarRule.Next(room, isPresent, now - TimeSpan.FromSeconds(emptySeconds ?? 0), now).ToString().ShouldBe(expected);
    }

    private static Task EndedAsync(VideoTenant video) => Eventually.TrueAsync(
        async () => (await video.CallsAsync()).All(call => call.Status == "ended"),
        "all calls at Tavus have ended");
}
