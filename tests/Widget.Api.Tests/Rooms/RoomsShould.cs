using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Widget.Api.Rooms;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Rooms;

public sealed class RoomsShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Return_the_four_fields_as_they_were_sent()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var sent = new
        {
            roomId = "room-7",
            companionId = "comp_1",
            userId = "user 9",
            expiresAt = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"),
        };

        var created = await tenant.Developer.CreateRoomAsync(sent);
        var read = await tenant.Developer.RoomAsync("room-7");

        foreach (var room in new[] { created, read })
        {
            (room.RoomId, room.CompanionId, room.UserId, room.ExpiresAt).ShouldBe(
                (sent.roomId, sent.companionId, sent.userId, sent.expiresAt));
        }

        (await tenant.Developer.CreateRoomAsync(sent)).CreatedAt.ShouldBe(created.CreatedAt, TimeSpan.FromMilliseconds(1));
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2020-01-01T00:00:00Z")]
    [InlineData("2999-01-01T00:00:00Z")]
    public async Task Refuse_an_expiry_that_is_no_time_of_the_next_day(string expiresAt)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var response = await tenant.Developer.PostAsJsonAsync("/api/video/rooms", new { expiresAt }, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Ct)).ShouldContain("expiresAt");
    }

    [Fact]
    public async Task Show_a_stranger_nothing()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var other = await TestTenant.CreateAsync(api);
        var room = await tenant.Developer.CreateRoomAsync();
        using var anonymous = api.Node.Client();

        (await anonymous.GetAsync($"/api/video/rooms/{room.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await other.Developer.GetAsync($"/api/video/rooms/{room.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await tenant.VisitAsync()).Client.GetAsync($"/api/video/rooms/{room.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await anonymous.GetAsync($"/api/video/rooms/join?token={room.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await using var client = await RoomClient.ConnectAsync(api.Node);
        (await Should.ThrowAsync<HubException>(() => client.JoinAsync(room.Id))).Message.ShouldContain("link-invalid");
        (await Should.ThrowAsync<HubException>(() => client.CallAsync("State"))).Message.ShouldContain("Join a room first");
    }

    [Fact]
    public async Task Say_that_a_link_has_expired_or_that_the_call_is_over()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var room = await tenant.Developer.CreateRoomAsync();
        var tokens = api.Node.Service<RoomTokens>();
        var link = await tenant.Developer.LinkAsync(room.Id);
        var expired = tokens.Create(tokens.Read(link.Token)!.Value.Ticket with { ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(-1) });
        using var anonymous = api.Node.Client();

        var response = await anonymous.GetAsync($"/api/video/rooms/join?token={expired}", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.Gone);
        (await response.Content.ReadAsStringAsync(Ct)).ShouldContain("link-expired");
        await using var client = await RoomClient.ConnectAsync(api.Node);
        (await Should.ThrowAsync<HubException>(() => client.JoinAsync(expired))).Message
            .ShouldContain("link-expired: This link has expired");
        anonymous.DefaultRequestHeaders.Authorization = new("Bearer", expired);
        var unauthorized = await anonymous.GetAsync("/api/webrtc/config", Ct);
        unauthorized.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await unauthorized.Content.ReadAsStringAsync(Ct)).ShouldContain("\"code\":\"link-expired\"");

        (await tenant.Developer.ActAsync(room.Id, "end")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await anonymous.GetAsync($"/api/video/rooms/join?token={link.Token}", Ct)).StatusCode.ShouldBe(HttpStatusCode.Gone);
        (await Should.ThrowAsync<HubException>(() => client.JoinAsync(link.Token))).Message.ShouldContain("call-ended");
    }

    [Fact]
    public async Task Pass_signals_and_chat_between_two_participants()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var room = await tenant.Developer.CreateRoomAsync();
        var preview = await PreviewAsync((await tenant.Developer.LinkAsync(room.Id, name: "Ada")).Token);
        (preview.Company, preview.ParticipantName, preview.Role).ShouldBe(("Harbor Bikes", "Ada", RoomRole.Guest));
        (await PreviewAsync((await tenant.Developer.LinkAsync(room.Id)).Token)).ParticipantName.ShouldBeEmpty();
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token, "Jana");
        await using var guest = await RoomClient.JoinAsync(api.Node, (await tenant.Developer.LinkAsync(room.Id, name: "Ada")).Token);

        await host.EventAsync("joined", guest.Id);
        (await host.SignalAsync(guest.Id, "offer 1")).Delivered.ShouldBeTrue();
        await guest.SignalsAsync(1);
        (await guest.SignalAsync(host.Id, "answer 1")).Delivered.ShouldBeTrue();
        await host.SignalsAsync(1);
        (await guest.SignalAsync(Guid.NewGuid(), "nobody")).Delivered.ShouldBeFalse();
        await guest.CallAsync("Chat", new { messageId = Guid.NewGuid(), text = "Hello" });
        var chat = await host.EventAsync(entry => entry.Chat is not null, "the chat arrives");
        await host.CallAsync("Mute", guest.Id);
        var muted = await guest.EventAsync("muted", guest.Id);

        guest.Signals[0].From.ShouldBe(host.Id);
        guest.Signals[0].Description!.Value.GetProperty("sdp").GetString().ShouldBe("offer 1");
        (chat.Chat!.Text, chat.Chat.Name, chat.Chat.From).ShouldBe(("Hello", "Ada", guest.Id));
        (muted.Participant!.Microphone, muted.Participant.MutedByHost).ShouldBe((false, true));
        // The later one is polite.
        guest.Find(guest.Id)!.Order.ShouldBeGreaterThan(guest.Find(host.Id)!.Order);
        (await tenant.Developer.RoomAsync(room.Id)).Participants.Select(participant => participant.Name).ShouldBe(["Jana", "Ada"]);
    }

    [Fact]
    public async Task Send_nothing_of_the_call_into_the_waiting_room()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var room = await tenant.Developer.CreateRoomAsync(new { });
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token, "Jana");
        await host.CallAsync("Chat", new { messageId = Guid.NewGuid(), text = "secret before" });
        var link = await tenant.Developer.LinkAsync(room.Id, name: "Ada");
        await using var guest = await RoomClient.JoinAsync(api.Node, link.Token);
        var waiting = await host.EventAsync("waiting", guest.Id);
        await host.CallAsync("Chat", new { messageId = Guid.NewGuid(), text = "secret while waiting" });

        waiting.Participant!.State.ShouldBe(RoomPresence.Waiting);
        (await host.SignalAsync(guest.Id, "secret offer")).Delivered.ShouldBeFalse();
        (await Should.ThrowAsync<HubException>(() => guest.SignalAsync(host.Id, "offer"))).Message.ShouldContain("not-in");
        (await Should.ThrowAsync<HubException>(() => guest.CallAsync("Chat", new { text = "Hi" }))).Message.ShouldContain("not-in");
        (await Should.ThrowAsync<HubException>(() => guest.CallAsync("Admit", guest.Id))).Message.ShouldContain("not-host");
        (await guest.CallAsync<RoomState>("State")).Participants.Select(other => other.Id).ShouldBe([guest.Id]);
        using var asGuest = api.Node.Client(link.Token);
        (await asGuest.RoomAsync(room.Id)).Participants.Select(other => other.Id).ShouldBe([guest.Id]);
        (await asGuest.ActAsync(room.Id, "admit", new { participantId = guest.Id })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        // A signal that came would be here by now: the state came after it on the same connection.
        JsonSerializer.Serialize(guest.Updates).ShouldNotContain("secret");
        guest.First.Participants.Select(other => other.Id).ShouldBe([guest.Id]);

        await host.CallAsync("Admit", guest.Id);
        await guest.EventAsync("admitted", guest.Id);
        await guest.EventAsync(entry => entry.Chat?.Text == "secret before", "the chat's history arrives");
        await guest.EventAsync("joined", host.Id);
        await host.EventAsync("admitted", guest.Id);
        (await host.SignalAsync(guest.Id, "offer")).Delivered.ShouldBeTrue();
        await guest.SignalsAsync(1);
    }

    [Fact]
    public async Task Keep_out_whom_the_host_removes()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var room = await tenant.Developer.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token);
        var link = await tenant.Developer.LinkAsync(room.Id);
        await using var guest = await RoomClient.JoinAsync(api.Node, link.Token);

        (await tenant.Developer.ActAsync(room.Id, "remove", new { participantId = guest.Id })).StatusCode
            .ShouldBe(HttpStatusCode.NoContent);

        (await guest.ClosedAsync()).Reason.ShouldBe("removed");
        (await Should.ThrowAsync<HubException>(() => RoomClient.JoinAsync(api.Node, guest.Token))).Message.ShouldContain("removed");
        (await host.EventAsync("removed", guest.Id)).Participant!.State.ShouldBe(RoomPresence.Removed);
        host.Closed.ShouldBeNull();
    }

    [Fact]
    public async Task Go_on_without_one_who_leaves_and_end_for_all()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var room = await tenant.Developer.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token);
        await using var first = await RoomClient.JoinAsync(api.Node, (await tenant.Developer.LinkAsync(room.Id)).Token);
        await using var second = await RoomClient.JoinAsync(api.Node, (await tenant.Developer.LinkAsync(room.Id)).Token);
        await first.EventAsync("joined", second.Id);

        await host.CallAsync("Leave");
        (await host.ClosedAsync()).Reason.ShouldBe("left");
        await first.EventAsync("left", host.Id);
        (await first.SignalAsync(second.Id, "offer")).Delivered.ShouldBeTrue();
        (await tenant.Developer.ActAsync(room.Id, "end")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await first.ClosedAsync()).Reason.ShouldBe("ended");
        (await second.ClosedAsync()).Reason.ShouldBe("ended");
        var ended = await tenant.Developer.RoomAsync(room.Id);
        (ended.State, ended.EndReason).ShouldBe((RoomOpenState.Ended, "ended"));
        (await tenant.Developer.GetFromJsonAsync<RoomList>("/api/video/rooms?state=ended", TestTenant.Json, Ct))!
            .Rooms.Select(listed => listed.Id).ShouldBe([room.Id]);
        (await tenant.Developer.GetFromJsonAsync<RoomList>("/api/video/rooms?state=open", TestTenant.Json, Ct))!.Rooms.ShouldBeEmpty();
    }

    [Fact]
    public async Task Replace_the_connection_of_one_who_comes_again()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var room = await tenant.Developer.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token);
        var link = await tenant.Developer.LinkAsync(room.Id);
        await using var before = await RoomClient.JoinAsync(api.Node, link.Token, instance: "the-first-page");
        await using var after = await RoomClient.JoinAsync(api.Node, before.Token, instance: "the-second-page");

        (await before.ClosedAsync()).Reason.ShouldBe("replaced");
        after.Id.ShouldBe(before.Id);
        await Eventually.TrueAsync(() => Task.FromResult(host.Find(after.Id)?.Instance == "the-second-page"), "the host sees the new page");
        (await host.SignalAsync(after.Id, "offer")).Delivered.ShouldBeTrue();
        await after.SignalsAsync(1);
        before.Signals.ShouldBeEmpty();
        host.Find(after.Id)!.Connected.ShouldBeTrue();
    }

    [Fact]
    public async Task Show_a_lost_connection_and_take_it_back()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var room = await tenant.Developer.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token);
        var guest = await RoomClient.JoinAsync(api.Node, (await tenant.Developer.LinkAsync(room.Id)).Token, instance: "the-same-page");
        var lastSeq = guest.First.Seq;
        await guest.DisposeAsync();

        var lost = await host.EventAsync("disconnected", guest.Id);
        await host.CallAsync("Chat", new { messageId = Guid.NewGuid(), text = "Are you there?" });
        await using var back = await RoomClient.JoinAsync(api.Node, guest.Token, instance: "the-same-page", after: lastSeq);

        (lost.Participant!.State, lost.Participant.Connected).ShouldBe((RoomPresence.In, false));
        await back.EventAsync(entry => entry.Chat?.Text == "Are you there?", "what was missed arrives");
        back.Events.ShouldAllBe(entry => entry.Seq > lastSeq);
        (await host.EventAsync(entry => entry.Kind == "joined" && entry.Seq > lost.Seq, "the host sees it")).Participant!.Instance
            .ShouldBe("the-same-page");
    }

    [Fact]
    public async Task Admit_no_more_than_fit()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var room = await tenant.Developer.CreateRoomAsync(new { waitingRoom = false, maxParticipants = 2 });
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token);
        await using var guest = await RoomClient.JoinAsync(api.Node, (await tenant.Developer.LinkAsync(room.Id)).Token);

        var third = (await tenant.Developer.LinkAsync(room.Id)).Token;

        (await Should.ThrowAsync<HubException>(() => RoomClient.JoinAsync(api.Node, third))).Message.ShouldContain("call-full");
    }

    [Fact]
    public async Task Invite_the_visitor_without_a_token_in_the_log()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();
        var stranger = await tenant.VisitAsync();
        var room = await tenant.Developer.CreateRoomAsync(new { conversationId = visitor.Session.ConversationId });

        var invited = (await visitor.EventsAsync()).OfType<CallInvited>().Single();
        var link = await visitor.Client.LinkAsync(invited.RoomId);
        await using var guest = await RoomClient.JoinAsync(api.Node, link.Token, "Ada");
        var denied = await stranger.Client.PostAsJsonAsync($"/api/video/rooms/{room.Id}/links", new { }, Ct);
        var asHost = await visitor.Client.PostAsJsonAsync($"/api/video/rooms/{room.Id}/links", new { role = "host" }, Ct);
        (await tenant.Developer.ActAsync(room.Id, "end")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        invited.Name.ShouldBe("Harbor Bikes");
        link.Role.ShouldBe(RoomRole.Guest);
        (await visitor.Client.GetStringAsync($"{visitor.Conversation}/events", Ct)).ShouldNotContain("rt_");
        denied.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        asHost.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await visitor.EventsAsync()).OfType<CallEnded>().Single().Reason.ShouldBe("ended");
    }

    [Fact]
    public async Task Let_the_visitor_refuse_the_invitation()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();
        var room = await tenant.Developer.CreateRoomAsync(new { conversationId = visitor.Session.ConversationId });
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token);

        (await visitor.Client.ActAsync(room.Id, "refuse")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await host.ClosedAsync()).Reason.ShouldBe("ended");
        (await visitor.EventsAsync()).OfType<CallEnded>().Single().Reason.ShouldBe("refused");
    }

    [Fact]
    public async Task Send_chat_over_plain_http_once()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var room = await tenant.Developer.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token);
        await using var guest = await RoomClient.JoinAsync(api.Node, (await tenant.Developer.LinkAsync(room.Id)).Token);
        using var http = api.Node.Client(guest.Token);
        var (text, timestamp) = ("Over HTTP", DateTimeOffset.UtcNow);
        var message = new { roomId = room.Id, from = "Ada", text, timestamp, messageId = Guid.NewGuid() };

        var sent = await http.PostAsJsonAsync("/api/chat/messages", message, Ct);
        (await http.PostAsJsonAsync("/api/chat/messages", message, Ct)).EnsureSuccessStatusCode();
        await guest.CallAsync("Chat", new { messageId = Guid.NewGuid(), text = "Last" });
        await host.EventAsync(entry => entry.Chat?.Text == "Last", "the last message arrives");

        (await sent.Content.ReadFromJsonAsync<ChatMessageResult>(TestTenant.Json, Ct)).ShouldBe(
            new ChatMessageResult("sent", message.messageId));
        host.Events.Where(entry => entry.Chat is not null).Select(entry => entry.Chat!.Text).ShouldBe(["Over HTTP", "Last"]);
        var other = await tenant.Developer.CreateRoomAsync();
        (await http.PostAsJsonAsync("/api/chat/messages", message with { roomId = other.Id }, Ct)).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Connect_people_on_two_nodes()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await using var second = await ApiNode.StartAsync(api.Database);
        var room = await tenant.Developer.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(api.Node, room.Link!.Token);
        await using var guest = await RoomClient.JoinAsync(second, (await tenant.Developer.LinkAsync(room.Id)).Token);
        await host.EventAsync("joined", guest.Id);
        // Longer than a notification may be.
        var offer = new string('s', 20_000);

        (await host.SignalAsync(guest.Id, offer)).Delivered.ShouldBeTrue();
        await guest.SignalsAsync(1);
        (await guest.SignalAsync(host.Id, "answer")).Delivered.ShouldBeTrue();
        await host.SignalsAsync(1);
        await guest.CallAsync("Chat", new { messageId = Guid.NewGuid(), text = "From the other node" });
        await host.EventAsync(entry => entry.Chat?.Text == "From the other node", "the chat arrives");

        guest.Signals[0].Description!.Value.GetProperty("sdp").GetString().ShouldBe(offer);
        await Eventually.TrueAsync(
            async () => (long)(await api.Database.OwnerSource.ExecuteAsync("select count(*) from room_signals"))! == 0,
            "no signal is kept");
    }

    [Fact]
    public async Task Keep_the_state_when_the_server_restarts()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var stopping = await ApiNode.StartAsync(api.Database);
        var room = await tenant.Developer.CreateRoomAsync();
        await using var host = await RoomClient.JoinAsync(stopping, room.Link!.Token, instance: "the-hosts-page");
        var pages = new List<RoomClient> { host };
        for (var i = 0; i < 9; i++)
            pages.Add(await RoomClient.JoinAsync(stopping, (await tenant.Developer.CreateRoomAsync()).Link!.Token));
        await stopping.DisposeAsync();

        foreach (var page in pages) (await page.ClosedAsync()).Reason.ShouldBe("server-stopping");
        foreach (var page in pages[1..]) await page.DisposeAsync();
        await using var back = await RoomClient.JoinAsync(api.Node, host.Token, instance: "the-hosts-page", after: host.First.Seq);

        back.Id.ShouldBe(host.Id);
        (back.First.State, back.First.Participants.Single().State).ShouldBe((RoomOpenState.Open, RoomPresence.In));
    }

    private async Task<RoomPreview> PreviewAsync(string token)
    {
        using var anonymous = api.Node.Client();
        return (await anonymous.GetFromJsonAsync<RoomPreview>($"/api/video/rooms/join?token={token}", TestTenant.Json, Ct))!;
    }
}
