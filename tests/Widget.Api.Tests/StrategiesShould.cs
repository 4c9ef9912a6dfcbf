using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>Searches of both knowledge bases through the API, with a simulator for Tavus and the reranker.</summary>
public sealed class StrategiesShould(ApiFixture api) : IAsyncLifetime
{
    private const string Replica = "r4dcf31b60e1";

    // Not the shared simulator, because other classes change its behavior at the same time.
    private Simulator _simulator = null!;

    public async ValueTask InitializeAsync() => _simulator = await Simulator.StartAsync();

    public ValueTask DisposeAsync() => _simulator.DisposeAsync();

    [Fact]
    public async Task Answer_a_visitor_from_both_knowledge_bases()
    {
        await SetTavusPassagesAsync(
            new { text = "Delivery within Germany costs 49 euros. To Denmark it costs 89 euros!", title = "Copy" },
            new
            {
                text = "The workshop in Aarhus repairs folding bicycles on weekdays between nine and five.",
                title = "Workshop",
                url = "https://tavus.example/workshop",
                documentId = "d1",
            });
        await using var node = await ApiNode.StartAsync(api.Database, tavus: _simulator.Tavus);
        var tenant = await TenantAsync(node, "parallel");

        var both = await SearchAsync(tenant, "What does delivery to Denmark cost?");
        both.Hits[0].Origins.ShouldBe(["own", "tavus"]);
        both.Trace.Steps.Select(step => (step.KnowledgeBase, step.Outcome)).ShouldBe([("own", "answered"), ("tavus", "answered")]);
        (both.Trace.Dropped.Duplicates, both.Trace.DuplicatesDropped).ShouldBe((1, 1));

        var answer = await (await tenant.VisitAsync(node)).AskAsync("Who repairs folding bicycles in Aarhus on weekdays?");
        var cited = answer.Citations.ShouldHaveSingleItem();
        (cited.Url, cited.Origins.Single()).ShouldBe(("https://tavus.example/workshop", "tavus"));
        answer.Text.ShouldContain("between nine and five");
    }

    [Fact]
    public async Task Answer_without_tavus_and_report_why()
    {
        await _simulator.BehaveAsync(new { failNext = 1, failStatus = 402 }, "tavus");
        await using var node = await ApiNode.StartAsync(api.Database, tavus: _simulator.Tavus);
        var tenant = await TenantAsync(node, "fallback");

        var first = await SearchAsync(tenant, "What does delivery to Denmark cost?");
        var second = await SearchAsync(tenant, "What does delivery to Denmark cost?");

        first.Hits[0].ExternalId.ShouldBe("shipping");
        (first.Trace.Steps[0].Outcome, first.Trace.Steps[0].Reason).ShouldBe(("failed", "the account has no credit left (status 402)"));
        first.Trace.Steps[1].Reason.ShouldBe("tavus failed");
        second.Trace.Steps[0].Outcome.ShouldBe("skipped");
        second.Trace.Steps[0].Reason!.ShouldEndWith("s ago (the account has no credit left (status 402))");
        second.Trace.Cached.ShouldBeFalse();
    }

    [Fact]
    public async Task Search_the_tenants_own_account_if_it_has_one()
    {
        await SetTavusPassagesAsync(new { text = "To Denmark delivery costs 89 euros.", title = "Copy" });
        await using var node = await ApiNode.StartAsync(api.Database, tavus: _simulator.Tavus with { Key = "the-installations" });
        var (one, other) = (await TenantAsync(node, "fallback"), await TenantAsync(node, "fallback"));
        var secrets = node.Service<TenantSecrets>();
        await secrets.SaveAsync(
            new TenantId(one.Created.TenantId),
            TenantSecrets.TavusKey,
            "sim-tavus-key",
            TestContext.Current.CancellationToken);

        (await SearchAsync(one, "What does delivery to Denmark cost?")).Trace.Steps[0].Outcome.ShouldBe("answered");
        (await SearchAsync(other, "What does delivery to Denmark cost?")).Trace.Steps[0].Reason.ShouldBe(
            "its key is not accepted (status 401)");
    }

    [Fact]
    public async Task Report_that_tavus_was_not_asked_without_a_key()
    {
        var tenant = await TenantAsync(api.Node, "parallel");

        var result = await SearchAsync(tenant, "What does delivery to Denmark cost?");

        result.Hits[0].ExternalId.ShouldBe("shipping");
        result.Trace.Steps.Single(step => step.KnowledgeBase == "tavus").ShouldSatisfyAllConditions(
            step => (step.Outcome, step.Hits).ShouldBe(("skipped", 0)),
            step => step.Reason!.ShouldContain("no Tavus key is configured"));
    }

    [Fact]
    public async Task Report_that_the_mirror_is_not_synchronised_yet()
    {
        var tenant = await TenantAsync(api.Node, "parallel");
        await api.Node.Service<TenantSecrets>().SaveAsync(
            new TenantId(tenant.Created.TenantId),
            TenantSecrets.TavusKey,
            "a-key-of-its-own",
            TestContext.Current.CancellationToken);

        var result = await SearchAsync(tenant, "What does delivery to Denmark cost?");

        result.Hits[0].ExternalId.ShouldBe("shipping");
        result.Trace.Steps.Single(step => step.KnowledgeBase == "tavus").ShouldSatisfyAllConditions(
            step => (step.Outcome, step.Hits).ShouldBe(("answered", 0)),
            step => step.Via.ShouldBe("mirror, not synchronised yet"));
    }

    [Fact]
    public async Task Cache_a_search_until_the_knowledge_changes()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        await SearchAsync(tenant, "What does delivery to Denmark cost?");

        // On a busy database the revision may not arrive in time. Then the search runs again and is cached the next time.
        SearchResponse? again = null;
        await Eventually.TrueAsync(async () => (again = await SearchAsync(tenant, "what does delivery to denmark cost?")).Trace.Cached);
        again!.Hits[0].ExternalId.ShouldBe("shipping");

        await tenant.ImportAsync(new { id = "shipping", title = "Shipping", text = "Delivery to Denmark costs 99 euros." });
        var changed = await SearchAsync(tenant, "What does delivery to Denmark cost?");
        changed.Trace.Cached.ShouldBeFalse();
        changed.Hits[0].Text.ShouldContain("99");
    }

    [Fact]
    public async Task Order_hits_by_the_reranker()
    {
        await using var node = await ApiNode.StartAsync(api.Database, rerank: _simulator.Rerank);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);

        var result = await SearchAsync(tenant, "What does delivery to Denmark cost?");

        result.Hits[0].ExternalId.ShouldBe("shipping");
        result.Trace.Reranking.ShouldNotBeNull().ShouldSatisfyAllConditions(
            step => step.Outcome.ShouldBe("answered"),
            step => step.Reason.ShouldBe("sim-rerank"));
    }

    private Task SetTavusPassagesAsync(params object[] passages) => _simulator.BehaveAsync(new { passages }, "tavus");

    private async Task<TestTenant> TenantAsync(ApiNode node, string strategy)
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var settings = (await tenant.Developer.GetFromJsonAsync<JsonObject>("/api/settings"))!;
        (settings["useTavusKB"], settings["tavusReplicaId"], settings["searchStrategy"]) = (true, Replica, strategy);
        (await tenant.Developer.PutAsJsonAsync("/api/settings", settings)).StatusCode.ShouldBe(HttpStatusCode.OK);
        return tenant;
    }

    private static async Task<SearchResponse> SearchAsync(TestTenant tenant, string query)
    {
        SearchResponse? result = null;
        // On a busy machine the first search may be late. A knowledge base that was late is paused for five seconds.
        await Eventually.TrueAsync(
            async () =>
            {
                var response = await tenant.Developer.PostAsJsonAsync("/api/search", new { query });
                result = await response.Content.ReadFromJsonAsync<SearchResponse>(new JsonSerializerOptions(JsonSerializerDefaults.Web));
                return result!.Trace.Steps.All(
                    step => step.Outcome != "timedout" && step.Reason?.Contains("no answer within", StringComparison.Ordinal) != true);
            },
            "the search is in time");
        return result!;
    }
}
