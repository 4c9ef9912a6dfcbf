using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Operations;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Limits;

/// <summary>Tokens are counted as the provider reports them. If it reports none, they are estimated, and never counted as zero.</summary>
public sealed class ModelUsageShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Count_the_providers_usage_of_answers_and_rewritten_questions()
    {
        await api.Simulator.BehaveAsync();
        await using var node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var visitor = await tenant.VisitAsync();

        await visitor.AskAsync("What does delivery within Germany cost?");
        var one = await UsageAsync(tenant);
        await visitor.AskAsync("And to Denmark?");
        var two = await UsageAsync(tenant);

        one.InputTokens.ShouldBeGreaterThan(100);
        one.OutputTokens.ShouldBeGreaterThan(0);
        two.EstimatedTokens.ShouldBe(0);
        two.Messages.Used.ShouldBe(2);
        // The second also rewrote its question, which reads more than the first answer alone.
        (two.InputTokens - one.InputTokens).ShouldBeGreaterThan(one.InputTokens);
        (await api.Simulator.RequestsAsync())[^1].GetProperty("stream_options").GetProperty("include_usage").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"omitUsage":true}""")]
    [InlineData("""{"refuseStreamOptions":true}""")]
    public async Task Estimate_usage_that_a_server_does_not_report(string switches)
    {
        await api.Simulator.BehaveAsync(JsonSerializer.Deserialize<JsonElement>(switches));
        await using var node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);

        var answer = await (await tenant.VisitAsync()).AskAsync("How long does charging take?");
        var usage = await UsageAsync(tenant);
        await api.Simulator.BehaveAsync();

        answer.Outcome.ShouldBe(AnswerOutcome.Answered);
        usage.InputTokens.ShouldBeGreaterThan(100);
        usage.OutputTokens.ShouldBeGreaterThan(0);
        usage.EstimatedTokens.ShouldBe(usage.InputTokens + usage.OutputTokens);
    }

    [Fact]
    public async Task Count_an_answer_that_stopped_and_was_quoted_instead()
    {
        // The answer has begun to arrive when it stops. An answer that never began counts as refused and costs nothing.
        await api.Simulator.BehaveAsync(new { cutAfter = 3, tokenDelayMs = 20 });
        await using var node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);

        var answer = await (await tenant.VisitAsync()).AskAsync("How long does charging take?");
        var usage = await UsageAsync(tenant);
        await api.Simulator.BehaveAsync();

        answer.Outcome.ShouldBe(AnswerOutcome.Quoted);
        usage.EstimatedTokens.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task Count_test_questions_that_are_answered()
    {
        await api.Simulator.BehaveAsync();
        // On a separate database, because another node could claim the run, and the other nodes have no model.
        await using var database = await TestDatabase.CreateAsync();
        await using var node = await ApiNode.StartAsync(database, api.Simulator.Chat);
        var created = await new TenantAdministration(database.OwnerSource).CreateAsync("harbor", "Harbor Bikes", [TestTenant.Origin], Ct);
        var tenant = new TestTenant(node, created);
        await tenant.ImportAsync(
            new { id = "charging", title = "Charging", text = "The standard charger fills the battery in four and a half hours." });
        (await tenant.Developer.PostAsJsonAsync(
            "/api/evaluation/questions",
            new { text = "How long does charging take?", sources = new[] { "charging" } },
            Ct))
            .EnsureSuccessStatusCode();
        (await tenant.Developer.PostAsJsonAsync("/api/evaluation/runs", new { answer = true }, Ct)).EnsureSuccessStatusCode();

        await Eventually.TrueAsync(async () => (await UsageAsync(tenant)).InputTokens > 100, "the run is counted");

        (await UsageAsync(tenant)).Messages.Used.ShouldBe(0);
    }

    private static async Task<UsageReport> UsageAsync(TestTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<UsageReport>("/api/usage", TestTenant.Json, Ct))!;
}
