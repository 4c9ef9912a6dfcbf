using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Analytics;

/// <summary>Unanswered questions, which are grouped a few seconds after they were asked.</summary>
public sealed class UnansweredShould(ApiFixture api)
{
    private const string Cakes = "Do you sell chocolate cakes with cherries?";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Be_grouped_by_what_they_ask()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var (first, second) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        await RefuseAsync(first, Cakes);
        await RefuseAsync(first, "Which planet has the most moons?");
        await RefuseAsync(second, "do you sell chocolate cake with cherry");

        var page = await GroupedAsync(tenant);

        page.Total.ShouldBe(2);
        page.Groups.Select(group => (group.Count, group.Conversations)).ShouldBe([(2, 2), (1, 1)]);
        page.Groups[0].Question.ShouldBe("do you sell chocolate cake with cherry");
        page.Groups[0].Examples.Select(example => (example.ConversationId, example.Question)).ShouldBe(
        [
            (second.Session.ConversationId, "do you sell chocolate cake with cherry"),
            (first.Session.ConversationId, Cakes),
        ]);
        page.Groups[0].FirstAskedAt.ShouldBeLessThan(page.Groups[0].LastAskedAt);
        (await ListAsync(tenant, "?limit=1&skip=1")).Groups.Single().Id.ShouldBe(page.Groups[1].Id);
        (await ListAsync(tenant, "?from=2020-01-01&to=2020-12-31")).Groups.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stay_hidden_after_they_are_dismissed_until_one_is_asked_again()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync();
        await RefuseAsync(visitor, Cakes);
        var group = (await GroupedAsync(tenant)).Groups.Single();

        (await tenant.Developer.PostAsync($"/api/analytics/unanswered/{group.Id}/dismiss", content: null, Ct))
            .StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ListAsync(tenant)).Groups.ShouldBeEmpty();

        await RefuseAsync(visitor, Cakes);
        var again = (await GroupedAsync(tenant)).Groups.Single();
        (again.Id, again.Count).ShouldBe((group.Id, 1));
    }

    [Fact]
    public async Task Be_the_tenants_own()
    {
        var (tenant, other) = (await TestTenant.WithKnowledgeAsync(api), await TestTenant.CreateAsync(api));
        await RefuseAsync(await tenant.VisitAsync(), Cakes);
        var group = (await GroupedAsync(tenant)).Groups.Single();

        (await ListAsync(other)).Groups.ShouldBeEmpty();
        (await other.Developer.PostAsync($"/api/analytics/unanswered/{group.Id}/dismiss", content: null, Ct))
            .StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Leave_nothing_when_their_conversation_is_deleted()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync();
        await RefuseAsync(visitor, Cakes);
        await GroupedAsync(tenant);

        await using var batch = api.Database.OwnerSource.CreateBatch();
        batch.BatchCommands.Add(new("set local app.across_tenants = 'on'"));
        foreach (var table in new[] { "conversation_events", "conversations" })
        {
            batch.BatchCommands.Add(new($"delete from {table} where tenant_id = $1")
            {
                Parameters = { new() { Value = tenant.Created.TenantId } },
            });
        }

        batch.BatchCommands.Add(new(
            """
            select (select count(*) from conversation_activity where tenant_id = $1)
              + (select count(*) from unanswered_questions where tenant_id = $1)
              + (select count(*) from unanswered_groups where tenant_id = $1)
            """)
        {
            Parameters = { new() { Value = tenant.Created.TenantId } },
        });
        (await batch.ExecuteScalarAsync(Ct)).ShouldBe(0L);
    }

    private static async Task RefuseAsync(TestVisitor visitor, string question) =>
        (await visitor.AskAsync(question)).Outcome.ShouldBe(AnswerOutcome.NotFound, question);

    private static async Task<UnansweredPage> GroupedAsync(TestTenant tenant)
    {
        UnansweredPage? page = null;
        await Eventually.TrueAsync(
            async () => (page = await ListAsync(tenant)) is { Waiting: 0, Groups.Count: > 0 },
            "the questions are grouped");
        return page!;
    }

    private static async Task<UnansweredPage> ListAsync(TestTenant tenant, string query = "") =>
        (await tenant.Developer.GetFromJsonAsync<UnansweredPage>($"/api/analytics/unanswered{query}", TestTenant.Json, Ct))!;
}
