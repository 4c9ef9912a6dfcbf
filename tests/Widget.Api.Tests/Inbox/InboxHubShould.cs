using System.Net;
using Microsoft.AspNetCore.SignalR.Client;
using Widget.Contracts;

namespace Widget.Api.Tests.Inbox;

public sealed class InboxHubShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tell_the_staff_on_every_node_what_changes()
    {
        await using var other = await ApiNode.StartAsync(api.Database);
        var world = await InboxWorld.CreateAsync(api);
        var (ada, bob) = (await world.RepAsync("Ada"), await world.RepAsync("Bob"));
        await using var hub = await WatchAsync(world, other, ada);
        await using var updates = hub.ItemsAsync<InboxUpdate>("inbox").GetAsyncEnumerator(Ct);
        await NextAsync(updates, update => update == new InboxUpdate());
        var visitor = await world.Tenant.VisitAsync();

        await visitor.RequestHumanAsync(new { reason = "Help" });
        (await NextAsync(updates, update => update.Changed is not null)).Changed!.Reason.ShouldBe("Help");
        await world.PresentAsync(bob, true);
        (await NextAsync(updates, update => update.Presence is not null)).Presence.ShouldBe(new RepPresence(bob.Id, "Bob", true));
        await world.AcceptAsync(visitor, bob);
        (await NextAsync(updates, update => update.Changed?.State == InboxState.Open)).Changed!.Rep!.Name.ShouldBe("Bob");
        await visitor.WriteAsync("Hello");
        (await NextAsync(updates, update => update.Changed?.Unread == 1)).Changed!.LastMessage!.Text.ShouldBe("Hello");
        await using var page = await HubClient.ConnectAsync(visitor.Node, visitor.Session.Token);
        await page.InvokeAsync("typing", "Typing", visitor.Session.ConversationId);
        (await NextAsync(updates, update => update.Typing is not null)).Typing
            .ShouldBe(new InboxTyping(visitor.Session.ConversationId, Rep: null));
        await page.InvokeAsync("read", "Read", visitor.Session.ConversationId, 3);
        (await NextAsync(updates, update => update.Changed?.VisitorReadSeq == 3)).Changed!.LastSeq.ShouldBe(3);
    }

    [Fact]
    public async Task Tell_the_visitor_who_is_typing_what_was_read_and_the_place_in_the_queue()
    {
        await using var other = await ApiNode.StartAsync(api.Database);
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.RepAsync("Ada");
        var (first, second) = (await world.Tenant.VisitAsync(), await world.Tenant.VisitAsync(other));
        await first.RequestHumanAsync();
        await second.RequestHumanAsync();
        await using var page = await HubClient.ConnectAsync(other, second.Session.Token);
        await page.StreamAsync("updates", "Watch", second.Session.ConversationId, 0);
        await using var updates = page.ItemsAsync<ConversationUpdate>("updates").GetAsyncEnumerator(Ct);

        (await NextAsync(updates, update => update.Presence is not null)).Presence!.Position.ShouldBe(2);
        await NextAsync(updates, update => update.Event is PersonRequested);
        await world.AcceptAsync(first, ada);
        (await NextAsync(updates, update => update.Presence is not null)).Presence!.Position.ShouldBe(1);
        await world.AcceptAsync(second, ada);
        await NextAsync(updates, update => update.Event is PersonJoined);
        var written = await second.WriteAsync("Hello");
        await using var staff = await WatchAsync(world, api.Node, ada);
        await staff.InvokeAsync("typing", "Typing", second.Session.ConversationId, ada.Id);
        (await NextAsync(updates, update => update.Presence?.Typing is not null)).Presence!.Typing.ShouldBe(new TypingRep(ada.Id, "Ada"));
        await staff.InvokeAsync("read", "Read", second.Session.ConversationId, ada.Id, written.Seq);
        (await NextAsync(updates, update => update.Presence?.ReadSeq is not null)).Presence!.ReadSeq.ShouldBe(written.Seq);
    }

    [Fact]
    public async Task Show_who_else_is_looking_until_they_leave()
    {
        var world = await InboxWorld.CreateAsync(api);
        var (ada, bob) = (await world.RepAsync("Ada"), await world.RepAsync("Bob"));
        var visitor = await world.Tenant.VisitAsync();
        await visitor.RequestHumanAsync();
        await using var watching = await WatchAsync(world, api.Node, ada);
        await using var updates = watching.ItemsAsync<InboxUpdate>("inbox").GetAsyncEnumerator(Ct);
        await NextAsync(updates, update => update == new InboxUpdate());

        await using (var looking = await WatchAsync(world, api.Node, bob))
        {
            await looking.InvokeAsync("look", "Look", visitor.Session.ConversationId, bob.Id);
            (await NextAsync(updates, update => update.Viewers is not null)).Viewers!.Reps.ShouldBe([new InboxRep(bob.Id, "Bob")]);
            (await world.ThreadAsync(visitor)).Viewers.ShouldBe([new InboxRep(bob.Id, "Bob")]);
        }

        (await NextAsync(updates, update => update.Viewers is not null)).Viewers!.Reps.ShouldBeEmpty();
    }

    [Fact]
    public async Task Accept_the_key_in_the_query_and_refuse_visitors_and_other_tenants_reps()
    {
        var (world, foreign) = (await InboxWorld.CreateAsync(api), await InboxWorld.CreateAsync(api));
        var (ada, stranger) = (await world.RepAsync("Ada"), await foreign.RepAsync("Eve"));
        var visitor = await world.Tenant.VisitAsync();
        await using var connection = Connection(world.Tenant.Created.ApiKey);
        await connection.StartAsync(Ct);

        await using var mine = connection.StreamAsync<InboxUpdate>("Watch", ada.Id, Ct).GetAsyncEnumerator(Ct);
        (await mine.MoveNextAsync()).ShouldBeTrue();
        await using var theirs = connection.StreamAsync<InboxUpdate>("Watch", stranger.Id, Ct).GetAsyncEnumerator(Ct);
        (await Should.ThrowAsync<Microsoft.AspNetCore.SignalR.HubException>(async () => await theirs.MoveNextAsync()))
            .Message.ShouldContain("There is no such rep.");
        await using var refused = Connection(visitor.Session.Token);
        await Should.ThrowAsync<Exception>(() => refused.StartAsync(Ct));
        (await visitor.Client.GetAsync("/api/inbox", Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        // The key in a query opens only the hub.
        using var anonymous = api.Node.Client();
        (await anonymous.GetAsync($"/api/inbox?access_token={world.Tenant.Created.ApiKey}", Ct)).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);
    }

    private HubConnection Connection(string token) => new HubConnectionBuilder()
        .WithUrl(new Uri(api.Node.Address, $"/hubs/inbox?access_token={Uri.EscapeDataString(token)}"), options =>
        {
            options.SkipNegotiation = true;
            options.Transports = Microsoft.AspNetCore.Http.Connections.HttpTransportType.WebSockets;
        })
        .Build();

    private static async Task<HubClient> WatchAsync(InboxWorld world, ApiNode node, Rep rep)
    {
        var hub = await HubClient.ConnectAsync(node, "/hubs/inbox", world.Tenant.Created.ApiKey, Ct);
        await hub.StreamAsync("inbox", "Watch", rep.Id);
        return hub;
    }

    private static async Task<T> NextAsync<T>(IAsyncEnumerator<T> updates, Func<T, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (await updates.MoveNextAsync().AsTask().WaitAsync(limit.Token))
            if (condition(updates.Current)) return updates.Current;
        throw new InvalidOperationException("The stream has ended.");
    }
}
