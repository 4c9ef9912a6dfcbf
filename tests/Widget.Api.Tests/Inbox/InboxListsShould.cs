using System.Net.Http.Json;
using Widget.Api.Tests.Leads;
using Widget.Contracts;

namespace Widget.Api.Tests.Inbox;

/// <summary>The lists of the inbox, their counts and search, and what is known of a visitor.</summary>
public sealed class InboxListsShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_and_count_what_is_put_aside_apart_from_what_is_open()
    {
        var world = await InboxWorld.CreateAsync(api);
        var (ada, bob) = (await world.RepAsync("Ada"), await world.RepAsync("Bob"));
        var (waiting, mine, theirs) = (await VisitAsync(), await VisitAsync(), await VisitAsync());
        var (snoozed, spam) = (await VisitAsync(), await VisitAsync());
        await waiting.RequestHumanAsync();
        await world.AcceptAsync(mine, ada);
        await world.AcceptAsync(theirs, bob);
        await world.AcceptAsync(snoozed, ada);
        await world.ActAsync(snoozed, "snooze", new { repId = ada.Id, until = DateTimeOffset.UtcNow.AddDays(1) });
        await spam.RequestHumanAsync();
        await world.ActAsync(spam, "spam", new { repId = ada.Id, spam = true });

        (await ListAsync("waiting")).ShouldBe([Id(waiting)]);
        (await ListAsync("mine")).ShouldBe([Id(mine)]);
        (await ListAsync("open")).ShouldBe([Id(theirs), Id(mine)], ignoreOrder: true);
        (await ListAsync("snoozed")).ShouldBe([Id(snoozed)]);
        (await ListAsync("spam")).ShouldBe([Id(spam)]);
        (await ListAsync("closed")).ShouldBeEmpty();
        (await world.Developer.GetFromJsonAsync<InboxCounts>($"/api/inbox/counts?rep={ada.Id}", TestTenant.Json, Ct))
            .ShouldBe(new InboxCounts(Waiting: 1, Mine: 1, Open: 2, Snoozed: 1));

        Task<TestVisitor> VisitAsync() => world.Tenant.VisitAsync();

        async Task<IReadOnlyList<Guid>> ListAsync(string state) =>
            [.. (await world.ListAsync($"?state={state}&rep={ada.Id}")).Items.Select(item => item.ConversationId)];
    }

    [Fact]
    public async Task List_conversations_of_the_assistant_once_the_visitor_has_written()
    {
        var world = await InboxWorld.CreateAsync(api);
        await world.Tenant.VisitAsync();
        var visitor = await world.Tenant.VisitAsync();
        await visitor.SendAsync("How much is the bike?", accept: "application/json");

        var item = (await world.ListAsync("?state=assistant")).Items.ShouldHaveSingleItem();

        (item.ConversationId, item.State).ShouldBe((Id(visitor), InboxState.Assistant));
    }

    [Fact]
    public async Task Find_conversations_by_name_address_or_text()
    {
        var world = await InboxWorld.CreateAsync(api);
        var visitor = await world.Tenant.VisitAsync();
        await visitor.RequestHumanAsync(new { name = "Grace Hopper", email = "grace@navy.example" });
        await visitor.SendAsync("The compiler is missing", accept: "application/json");
        await (await world.Tenant.VisitAsync()).RequestHumanAsync(new { name = "Somebody else" });

        foreach (var query in new[] { "grace hop", "NAVY.example", "compiler" })
        {
            var item = (await world.ListAsync($"?state=waiting&query={query}")).Items.ShouldHaveSingleItem();
            item.ConversationId.ShouldBe(Id(visitor), query);
        }

        (await world.ListAsync("?state=closed&query=compiler")).Items.ShouldBeEmpty();
        (await world.ListAsync("?state=waiting&query=nothing")).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Find_messages_and_given_addresses_but_no_answers_of_the_assistant()
    {
        var world = await InboxWorld.CreateAsync(api);
        var rep = await world.RepAsync("Ada");
        var visitor = await world.Tenant.VisitAndGiveAsync("Linus@Kernel.example", "Linus");
        await visitor.SendAsync("Straße nach GÖTEBORG", accept: "application/json");
        await visitor.RequestHumanAsync();
        await world.AcceptAsync(visitor, rep);
        await world.ReplyAsync(visitor, rep, "Take the Ferry.");

        foreach (var query in new[] { "göteborg", "STRAßE NACH", "the ferry.", "linus@kernel", "nus" })
            (await FoundAsync(query)).ShouldBe([Id(visitor)], query);
        var answer = (await world.ThreadAsync(visitor)).Events.OfType<AssistantMessage>().First().Text;
        (await FoundAsync(answer)).ShouldBeEmpty();
        (await FoundAsync("ferry boat")).ShouldBeEmpty();
        (await FoundAsync("100%")).ShouldBeEmpty();

        async Task<IReadOnlyList<Guid>> FoundAsync(string query) =>
            [.. (await world.ListAsync($"?state=open&query={Uri.EscapeDataString(query)}")).Items.Select(item => item.ConversationId)];
    }

    [Fact]
    public async Task Tell_a_visitors_pages_and_lead()
    {
        var world = await InboxWorld.CreateAsync(api);
        var visitor = await world.Tenant.VisitAndGiveAsync("ann@acme.example", "Ann");
        await visitor.RequestHumanAsync();
        var message = new { clientId = "page", text = "Hello", page = "https://shop.example/bikes" };
        (await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/messages", message, Ct)).EnsureSuccessStatusCode();

        var history = (await world.Developer.GetFromJsonAsync<InboxVisitorHistory>(
            $"/api/inbox/{Id(visitor)}/visitor",
            TestTenant.Json,
            Ct))!;

        history.Pages.ShouldHaveSingleItem().Address.ShouldBe("https://shop.example/bikes");
        history.LeadId.ShouldBe((await world.Tenant.LeadAsync("Ann")).Id);
        history.Conversations.ShouldBeEmpty();
    }

    private static Guid Id(TestVisitor visitor) => visitor.Session.ConversationId;
}
