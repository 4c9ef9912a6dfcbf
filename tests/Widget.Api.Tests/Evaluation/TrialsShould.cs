using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Evaluation;

/// <summary>Questions asked without a conversation, as the playground does.</summary>
public sealed class TrialsShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_as_a_visitor_gets_it_and_show_what_became_of_each_hit()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);

        var trial = await AskAsync(tenant, "How long does the standard charger take to fill the battery?");

        var visitor = await (await tenant.VisitAsync()).AskAsync("How long does the standard charger take to fill the battery?");
        (trial.Text, trial.Outcome).ShouldBe((visitor.Text, AnswerOutcome.Quoted));
        trial.Citations.Select(citation => citation.Title).ShouldBe(visitor.Citations.Select(citation => citation.Title));
        trial.Used.ShouldContain(1);
        var own = trial.Trace.Steps.Single(step => step.KnowledgeBase == "own");
        (own.Weight, own.Found.Count).ShouldBe((1, own.Hits));
        var best = own.Found.Single(hit => hit.Rank == 1);
        (best.Title, best.Fate, best.Weighted).ShouldBe((trial.Hits[0].Title, SearchHitFate.Kept, 1));
        own.Found.Count(hit => hit.Fate == SearchHitFate.BeyondLimit).ShouldBe(trial.Trace.Dropped.BeyondLimit);
        own.Found.Count(hit => hit.Fate == SearchHitFate.Kept).ShouldBe(trial.Hits.Count);
    }

    [Fact]
    public async Task Leave_no_conversation_behind()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);

        (await AskAsync(tenant, "Do you sell chocolate cakes with cherries?")).Outcome.ShouldBe(AnswerOutcome.NotFound);

        (await tenant.Developer.GetFromJsonAsync<AnalyticsSummary>("/api/analytics/summary", Ct))!.Total.Conversations.ShouldBe(0);
        (await tenant.Developer.GetFromJsonAsync<UnansweredPage>("/api/analytics/unanswered", Ct))!.Groups.ShouldBeEmpty();
    }

    [Fact]
    public async Task Refuse_a_weight_that_is_none()
    {
        var tenant = await TestTenant.CreateAsync(api);

        await (await tenant.Developer.PostAsJsonAsync("/api/evaluation/ask", new { question = "Why?", tavusKBWeight = 2 }, Ct))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "tavusKBWeight must be between 0 and 1.");
    }

    private static async Task<TrialAnswer> AskAsync(TestTenant tenant, string question)
    {
        var response = await tenant.Developer.PostAsJsonAsync("/api/evaluation/ask", new { question }, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
        return (await response.Content.ReadFromJsonAsync<TrialAnswer>(TestTenant.Json, Ct))!;
    }
}
