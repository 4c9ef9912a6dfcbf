using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Chat;

public sealed class EarlierConversationsShould(ApiFixture api)
{
    [Fact]
    public async Task Be_listed_newest_first_with_title_and_preview()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var first = await tenant.VisitAsync();
        await first.AskAsync("How long does the   fast charger\nneed?");
        var second = await NextAsync(tenant, first);
        var answer = await second.AskAsync("How long is the frame covered?");
        var empty = await NextAsync(tenant, first);

        var page = await ListAsync(empty);

        page.Next.ShouldBeNull();
        page.Items.Select(item => item.Id).ShouldBe([second.Session.ConversationId, first.Session.ConversationId]);
        page.Items[1].Title.ShouldBe("How long does the fast charger need?");
        page.Items[0].LastSeq.ShouldBe(answer.Seq);
        page.Items[0].Preview.ShouldNotBeNull().ShouldContain("five years");
        page.Items[0].Preview!.ShouldNotContain("[1]");
        page.Items[0].LastAt.ShouldBeGreaterThanOrEqualTo(page.Items[0].StartedAt);
    }

    [Fact]
    public async Task Be_shortened()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();
        await visitor.AskAsync(new string('a', 119) + "🚲" + new string('b', 300));

        var item = (await ListAsync(visitor)).Items.Single();

        item.Title.ShouldBe(new string('a', 119) + "…");
        item.Preview!.Length.ShouldBeLessThanOrEqualTo(160);
    }

    [Fact]
    public async Task Be_paged_without_gaps()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();
        var opened = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            var current = i == 0 ? visitor : await NextAsync(tenant, visitor);
            await current.AskAsync($"Hello {i}");
            opened.Add(current.Session.ConversationId);
        }

        var found = new List<Guid>();
        string? before = null;
        do
        {
            var page = await ListAsync(visitor, $"?limit=2{(before is null ? "" : $"&before={before}")}");
            page.Items.Count.ShouldBeInRange(1, 2);
            found.AddRange(page.Items.Select(item => item.Id));
            before = page.Next;
        }
        while (before is not null);

        found.ShouldBe(Enumerable.Reverse(opened));
    }

    [Fact]
    public async Task Be_those_of_the_visitor_alone()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (mine, other) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        await other.AskAsync("Hello");

        (await ListAsync(mine)).Items.ShouldBeEmpty();
        using var anonymous = api.Node.Client();
        (await anonymous.GetAsync("/api/widget/conversations")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("before=yesterday", "before")]
    [InlineData("before=7fffffffffffffff-00000000000000000000000000000000", "before")]
    public async Task Be_refused_with_an_invalid_range(string query, string field)
    {
        var visitor = await (await TestTenant.CreateAsync(api)).VisitAsync();

        var response = await visitor.Client.GetAsync($"/api/widget/conversations?{query}");

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);
    }

    [Fact]
    public async Task Be_opened_by_a_session()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var first = await tenant.VisitAsync();
        await first.AskAsync("Hello");
        var second = await NextAsync(tenant, first);
        await second.AskAsync("Hello again");
        var stranger = await tenant.VisitAsync();
        var visitorId = first.Session.VisitorId;

        var opened = await api.Node.OpenAsync(tenant, new { visitorId, conversationId = first.Session.ConversationId });
        var unknown = await api.Node.OpenAsync(tenant, new { visitorId, conversationId = stranger.Session.ConversationId });

        opened.Session.ConversationId.ShouldBe(first.Session.ConversationId);
        opened.Session.LastSeq.ShouldBe(2);
        unknown.Session.ConversationId.ShouldBe(second.Session.ConversationId);
    }

    private Task<TestVisitor> NextAsync(TestTenant tenant, TestVisitor visitor) =>
        api.Node.OpenAsync(tenant, new { visitorId = visitor.Session.VisitorId, newConversation = true });

    private static async Task<ConversationPage> ListAsync(TestVisitor visitor, string query = "") =>
        (await visitor.Client.GetFromJsonAsync<ConversationPage>($"/api/widget/conversations{query}"))!;
}
