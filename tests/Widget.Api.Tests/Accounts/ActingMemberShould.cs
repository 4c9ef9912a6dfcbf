using System.Net;
using System.Net.Http.Json;
using Widget.Api.Tenancy;
using Widget.Api.Tests.Inbox;
using Widget.Contracts;

namespace Widget.Api.Tests.Accounts;

/// <summary>Members in the inbox: they act as themselves.</summary>
public sealed class ActingMemberShould(ApiFixture api)
{
    private readonly AccountWorld _world = new(api, api.Node);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Become_a_rep_with_the_first_action_once()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (person, client) = await _world.MemberAsync(tenant, Role.Rep);
        var visitor = await tenant.VisitAsync();
        await visitor.RequestHumanAsync();

        var accepts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ActAsync(client, visitor, "accept", new { })));
        accepts.ShouldContain(response => response.IsSuccessStatusCode);
        var reply = await ActAsync(client, visitor, "reply", new { text = "Hello" });
        (await AccountWorld.ReadAsync<PersonMessage>(reply)).Name.ShouldBe("Kim Doe");

        var reps = await tenant.Developer.GetFromJsonAsync<IReadOnlyList<Rep>>("/api/reps", TestTenant.Json, Ct);
        reps!.Single().Email.ShouldBe(person.Email);
        var mine = await client.GetFromJsonAsync<InboxPage>("/api/inbox?state=mine", TestTenant.Json, Ct);
        mine!.Items.Single().ConversationId.ShouldBe(visitor.Session.ConversationId);
        (await client.GetFromJsonAsync<InboxCounts>("/api/inbox/counts", TestTenant.Json, Ct))
            .ShouldBe(new InboxCounts(Waiting: 0, Mine: 1, Open: 1, Snoozed: 0));
    }

    [Fact]
    public async Task Be_the_rep_with_the_same_address()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (person, client) = await _world.MemberAsync(tenant);
        var added = await tenant.Developer.PostAsJsonAsync(
            "/api/reps", new { name = "Kim", email = person.Email.ToUpperInvariant(), timeZone = "Europe/Berlin" }, Ct);
        var rep = await AccountWorld.ReadAsync<Rep>(added);
        var visitor = await tenant.VisitAsync();
        await visitor.RequestHumanAsync();

        var item = await AccountWorld.ReadAsync<InboxItem>(await ActAsync(client, visitor, "accept", new { }));

        item.Rep!.Id.ShouldBe(rep.Id);
    }

    [Fact]
    public async Task Not_act_as_another_rep_or_as_a_viewer()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var world = new InboxWorld(tenant);
        var other = await world.RepAsync("Ada");
        var (_, rep) = await _world.MemberAsync(tenant, Role.Rep);
        var (_, viewer) = await _world.MemberAsync(tenant, Role.Viewer);
        var visitor = await tenant.VisitAsync();
        await visitor.RequestHumanAsync();

        (await ActAsync(rep, visitor, "accept", new { repId = other.Id })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ActAsync(viewer, visitor, "accept", new { })).IsSuccessStatusCode.ShouldBeFalse();
        // A program says which rep acts.
        (await world.PostAsync(visitor, "accept", new { })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await world.AcceptAsync(visitor, other)).Rep!.Id.ShouldBe(other.Id);
    }

    [Fact]
    public async Task Watch_the_inbox_with_a_session()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (_, client) = await _world.MemberAsync(tenant, Role.Rep);
        var visitor = await tenant.VisitAsync();
        var path = $"/hubs/inbox?access_token={AccountWorld.TokenOf(client)}&tenant={tenant.Created.Slug}";
        await using var hub = await HubClient.ConnectAsync(api.Node, path, AccountWorld.TokenOf(client), Ct);
        await hub.StreamAsync("inbox", "Watch", [null!]);
        var updates = hub.ItemsAsync<InboxUpdate>("inbox").GetAsyncEnumerator(Ct);
        (await updates.MoveNextAsync()).ShouldBeTrue();

        await visitor.RequestHumanAsync();

        while (updates.Current.Changed?.ConversationId != visitor.Session.ConversationId) (await updates.MoveNextAsync()).ShouldBeTrue();
    }

    private static Task<HttpResponseMessage> ActAsync(HttpClient client, TestVisitor visitor, string action, object body) =>
        client.PostAsJsonAsync($"/api/inbox/{visitor.Session.ConversationId}/{action}", body, Ct);
}
