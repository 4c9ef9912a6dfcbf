using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Operations;
using Widget.Contracts;
using Widget.Testing;
using static Widget.Api.Tests.Evaluation.EvaluationFixture;

namespace Widget.Api.Tests.Evaluation;

/// <summary>Runs that ask a tenant's test questions.</summary>
public sealed class EvaluationRunsShould(ApiFixture api)
{
    [Fact]
    public async Task Measure_the_search_that_visitors_get()
    {
        var tenant = await CreateTenantAsync(api);

        var report = await RunAsync(tenant, new { strategy = "smart" });

        report.Run.Status.ShouldBe(EvaluationStatus.Finished);
        (report.Run.Strategy, report.Run.Answer, report.Run.Done, report.Run.Total).ShouldBe((SearchStrategyName.Smart, false, 5, 5));
        (report.Run.Documents, report.Run.Chunks).ShouldBe((3, 3));
        var metrics = report.Run.Metrics!;
        (metrics.Questions, metrics.Passed, metrics.Errors).ShouldBe((5, 4, 0));
        metrics.HitRateAt1.ShouldBe(0.75);
        metrics.Mrr.ShouldBe(0.75);
        metrics.FactRecall.ShouldBe(1);
        (metrics.Answered, metrics.Refused, metrics.RightRefusals, metrics.WrongRefusals).ShouldBe((4, 1, 1, 0));
        metrics.P95Milliseconds.ShouldNotBeNull().ShouldBeGreaterThan(0);
        var charging = report.Results.Single(result => result.Question.Name == "charging");
        (charging.Rank, charging.Passed, charging.Hits[0].Title, charging.Answer).ShouldBe((1, true, "Charging", null));
        report.Results.Single(result => result.Question.Name == "wishful").ShouldSatisfyAllConditions(
            result => result.Passed.ShouldBeFalse(),
            result => result.Rank.ShouldBeNull(),
            result => result.Refused.ShouldBeFalse());
        (await CountAsync(api, "conversations", tenant)).ShouldBe(0);
    }

    [Fact]
    public async Task Measure_answers_without_writing_to_a_conversation()
    {
        // Use a separate database: on the shared one, nodes without a model also claim runs.
        await using var simulator = await Simulator.StartAsync();
        await using var database = await TestDatabase.CreateAsync();
        await using var node = await ApiNode.StartAsync(database, simulator.Chat);
        var created = await new TenantAdministration(database.OwnerSource).CreateAsync(
            "harbor",
            "Harbor Bikes",
            [],
            CancellationToken.None);
        var tenant = new TestTenant(node, created);
        await tenant.ImportAsync(
            new { id = "shipping", title = "Shipping", text = "Delivery within Germany costs 49 euros. To Denmark it costs 89 euros." },
            new { id = "warranty", title = "Warranty", text = "The frame is covered for five years." });
        await ImportAsync(tenant, JsonSerializer.Serialize(Questions[1..4]));

        var report = await RunAsync(tenant, new { answer = true });

        report.Run.Answer.ShouldBeTrue();
        report.Results.Single(result => result.Question.Name == "delivery").ShouldSatisfyAllConditions(
            result => result.Answer.ShouldNotBeNull().ShouldContain("89 euros"),
            result => result.Outcome.ShouldBe(AnswerOutcome.Answered),
            result => result.MissingFacts.ShouldBeEmpty(),
            result => result.Passed.ShouldBeTrue());
        report.Results.Single(result => result.Question.ShouldRefuse).Refused.ShouldBeTrue();
        report.Run.Metrics!.FactRecall.ShouldBe(1);
        (await simulator.RequestsAsync()).Count.ShouldBe(report.Results.Count(result => result.Outcome == AnswerOutcome.Answered));
        foreach (var table in new[] { "visitors", "conversations", "conversation_events", "pending_answers" })
        {
#pragma warning disable CA2100 // The tables are named above.
            await using var count = database.OwnerSource.CreateCommand($"select count(*) from {table}");
#pragma warning restore CA2100
            (await count.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe(0L, table);
        }
    }

    [Fact]
    public async Task Ask_only_the_selected_questions()
    {
        var tenant = await CreateTenantAsync(api);
        await ImportAsync(tenant, """{"name": "tagged", "text": "What does delivery cost?", "sources": ["shipping"], "tags": ["money"]}""");

        (await RunAsync(tenant, new { tags = new[] { "money" } })).Results.ShouldHaveSingleItem().Question.Name.ShouldBe("tagged");
        (await RunAsync(tenant, new { limit = 2 })).Results.Count.ShouldBe(2);
        var none = await tenant.Developer.PostAsJsonAsync("/api/evaluation/runs", new { tags = new[] { "nothing" } });
        none.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await none.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString()
            .ShouldBe("There are no test questions to ask.");
        (await tenant.Developer.PostAsJsonAsync("/api/evaluation/runs", new { limit = 0 })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Run_one_at_a_time_until_cancelled()
    {
        var tenant = await CreateTenantAsync(api);
        // The lease belongs to no running node, so the run stays unfinished until the test ends the lease.
        var run = Guid.CreateVersion7();
        await ExecuteAsync(
            api,
            """
            insert into evaluation_runs (tenant_id, id, status, strategy, with_answers, total, documents, chunks, lease_owner, lease_until)
            values ($2, $1, 'running', 'parallel', false, 5, 3, 3, gen_random_uuid(), now() + interval '1 hour')
            """,
            run,
            tenant.Created.TenantId);

        var second = await tenant.Developer.PostAsJsonAsync("/api/evaluation/runs", new { });
        second.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await second.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString()
            .ShouldBe("Another run is in progress. Wait for it, or cancel it.");
        (await tenant.Developer.DeleteAsync($"/api/evaluation/runs/{run}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await tenant.Developer.PostAsync($"/api/evaluation/runs/{run}/cancel", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await ExecuteAsync(api, "update evaluation_runs set lease_until = now() where id = $1", run);
        (await FinishedAsync(tenant, run)).Run.Status.ShouldBe(EvaluationStatus.Cancelled);
        (await tenant.Developer.PostAsync($"/api/evaluation/runs/{run}/cancel", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await tenant.Developer.DeleteAsync($"/api/evaluation/runs/{run}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await tenant.Developer.GetAsync($"/api/evaluation/runs/{run}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Keep_only_the_latest_runs()
    {
        var tenant = await CreateTenantAsync(api);
        await ExecuteAsync(
            api,
            """
            insert into evaluation_runs (tenant_id, id, status, strategy, with_answers, total, documents, chunks, created_at, finished_at)
            select $1, gen_random_uuid(), 'finished', 'parallel', false, 5, 3, 3, now() - n * interval '1 hour', now()
            from generate_series(1, 60) n
            """,
            tenant.Created.TenantId);

        var report = await RunAsync(tenant, new { });

        (await CountAsync(api, "evaluation_runs", tenant)).ShouldBe(50);
        (await tenant.Developer.GetFromJsonAsync<EvaluationRun[]>("/api/evaluation/runs?limit=1", TestTenant.Json))!
            .ShouldHaveSingleItem().Id.ShouldBe(report.Run.Id);
    }

    [Fact]
    public async Task Be_hidden_from_other_tenants()
    {
        var (tenant, other) = (await CreateTenantAsync(api), await TestTenant.CreateAsync(api));
        var report = await RunAsync(tenant, new { });
        var question = report.Results[0].Question.Id;

        (await other.Developer.GetFromJsonAsync<EvaluationQuestionPage>("/api/evaluation/questions", TestTenant.Json))!.Total.ShouldBe(0);
        (await other.Developer.GetFromJsonAsync<EvaluationRun[]>("/api/evaluation/runs", TestTenant.Json))!.ShouldBeEmpty();
        foreach (var path in new[] { $"questions/{question}", $"runs/{report.Run.Id}", $"runs/{report.Run.Id}/diff" })
            (await other.Developer.GetAsync($"/api/evaluation/{path}")).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        (await other.Developer.PutAsJsonAsync($"/api/evaluation/questions/{question}", Questions[0])).StatusCode.ShouldBe(
            HttpStatusCode.NotFound);
        (await other.Developer.DeleteAsync($"/api/evaluation/questions/{question}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.Developer.DeleteAsync($"/api/evaluation/runs/{report.Run.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.Developer.PostAsync($"/api/evaluation/runs/{report.Run.Id}/cancel", null)).StatusCode.ShouldBe(
            HttpStatusCode.NotFound);
        using var visitor = (await tenant.VisitAsync()).Client;
        (await visitor.GetAsync("/api/evaluation/runs")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
