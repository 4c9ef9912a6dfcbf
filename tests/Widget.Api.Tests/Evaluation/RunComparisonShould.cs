using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;
using static Widget.Api.Tests.Evaluation.EvaluationFixture;

namespace Widget.Api.Tests.Evaluation;

/// <summary>The differences between two runs.</summary>
public sealed class RunComparisonShould(ApiFixture api)
{
    [Fact]
    public async Task List_what_changed_since_the_last_run()
    {
        var tenant = await CreateTenantAsync(api);
        var first = await RunAsync(tenant, new { });
        (await tenant.Developer.GetAsync($"/api/evaluation/runs/{first.Run.Id}/diff")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await tenant.ImportAsync(
            new
            {
                id = "no-such-document",
                title = "Warranty on the frame",
                text = "How long is the warranty on the frame? The warranty on the frame lasts seven years.",
            });
        await ImportAsync(tenant, """{"name": "colours", "text": "Which colours are there?", "shouldRefuse": true}""");
        var second = await RunAsync(tenant, new { });

        var diff = (await tenant.Developer.GetFromJsonAsync<EvaluationDiff>(
            $"/api/evaluation/runs/{second.Run.Id}/diff",
            TestTenant.Json))!;

        diff.To.Id.ShouldBe(first.Run.Id);
        diff.Better.ShouldHaveSingleItem().After.Question.Name.ShouldBe("wishful");
        diff.Worse.ShouldBeEmpty();
        diff.Added.ShouldHaveSingleItem().Name.ShouldBe("colours");
        diff.Deltas["hitRateAt1"].ShouldBe(0.25);
        var back = (await tenant.Developer.GetFromJsonAsync<EvaluationDiff>(
            $"/api/evaluation/runs/{first.Run.Id}/diff?to={second.Run.Id}",
            TestTenant.Json))!;
        back.Worse.ShouldHaveSingleItem().After.Question.Name.ShouldBe("wishful");
        back.Removed.ShouldHaveSingleItem().Name.ShouldBe("colours");
        var runs = (await tenant.Developer.GetFromJsonAsync<EvaluationRun[]>("/api/evaluation/runs", TestTenant.Json))!;
        runs.Select(run => run.Id).ShouldBe([second.Run.Id, first.Run.Id]);
        runs[0].Metrics!.Questions.ShouldBe(6);
    }
}
