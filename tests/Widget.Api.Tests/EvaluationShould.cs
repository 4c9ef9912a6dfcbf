using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Operations;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>A tenant's test questions and what comes of asking them.</summary>
public sealed class EvaluationShould(ApiFixture api)
{
    private static readonly object[] Questions =
    [
        new
        {
            name = "charging",
            text = "How long does charging with the fast charger take?",
            sources = new[] { "charging" },
            facts = new[] { "two hours" },
        },
        new
        {
            name = "delivery",
            text = "What does delivery to Denmark cost?",
            sources = new[] { "shipping" },
            facts = new[] { "89 Euros" },
        },
        new
        {
            name = "by address",
            text = "How long does the standard charger take?",
            sources = new[] { "https://shop.example/charging/" },
        },
        new { name = "physics", text = "Explain quantum entanglement, please", shouldRefuse = true },
        new { name = "wishful", text = "How long is the warranty on the frame?", sources = new[] { "no-such-document" } },
    ];

    [Fact]
    public async Task Keep_questions_until_they_are_replaced_or_deleted()
    {
        var tenant = await TestTenant.CreateAsync(api);

        var added = await tenant.Developer.PostAsJsonAsync("/api/evaluation/questions", Questions[0]);
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        var question = (await added.Content.ReadFromJsonAsync<EvaluationQuestion>(TestTenant.Json))!;
        added.Headers.Location!.ToString().ShouldEndWith(question.Id.ToString());
        (await tenant.Developer.PostAsJsonAsync("/api/evaluation/questions", Questions[0])).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        var replaced = await tenant.Developer.PutAsJsonAsync(
            $"/api/evaluation/questions/{question.Id}",
            new { text = "Where are you?", facts = new[] { " Kiel " }, tags = new[] { "place" }, language = "en" });
        replaced.StatusCode.ShouldBe(HttpStatusCode.OK);
        var kept = (await tenant.Developer.GetFromJsonAsync<EvaluationQuestion>(
            $"/api/evaluation/questions/{question.Id}",
            TestTenant.Json))!;
        (kept.Name, kept.Text, kept.Facts[0], kept.Tags[0], kept.Language, kept.Sources.Count)
            .ShouldBe(("Where are you?", "Where are you?", "Kiel", "place", "en", 0));
        (await tenant.Developer.GetFromJsonAsync<EvaluationQuestionPage>("/api/evaluation/questions?tag=place", TestTenant.Json))!.Total
            .ShouldBe(1);
        (await tenant.Developer.GetFromJsonAsync<EvaluationQuestionPage>("/api/evaluation/questions?tag=other", TestTenant.Json))!.Total
            .ShouldBe(0);

        (await tenant.Developer.DeleteAsync($"/api/evaluation/questions/{question.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await tenant.Developer.GetAsync($"/api/evaluation/questions/{question.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"facts": ["a"]}""", "The question is empty.")]
    [InlineData("""{"text": "Where?"}""", "Name at least one source or one fact, or set shouldRefuse.")]
    [InlineData(
        """{"text": "Where?", "shouldRefuse": true, "facts": ["Kiel"]}""",
        "A question that should be refused must not have sources or facts.")]
    [InlineData("""{"text": "Where?", "sources": [" "]}""", "A source must have 1 to 2,000 characters.")]
    [InlineData("""{"text": "Where?", "facts": [null]}""", "A fact must have 1 to 500 characters.")]
    [InlineData("""{"text": "Where?", "facts": ["Kiel"], "language": "english"}""", "The language must be an ISO 639-1 code, such as en.")]
    [InlineData("""{"text": "Where?", "fact": ["Kiel"]}""", "fact is not a field of this request.")]
    public async Task Say_in_words_what_is_wrong_with_a_question(string body, string title)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var refused = await tenant.Developer.PostAsync(
            "/api/evaluation/questions",
            new StringContent(body, new MediaTypeHeaderValue("application/json")));

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString().ShouldBe(title);
    }

    [Fact]
    public async Task Import_a_list_or_lines_and_say_which_are_no_good()
    {
        var tenant = await TestTenant.CreateAsync(api);

        (await ImportAsync(tenant, JsonSerializer.Serialize(Questions))).ShouldBe(new EvaluationImport(5, 0, []), new ImportComparer());
        var lines = await ImportAsync(tenant, """
            {"name": "charging", "text": "How long?", "facts": ["two hours"]}

            {"name": "bad"}
            nonsense
            {"text": "Where?", "facts": ["Kiel"], "colour": 1}
            """);

        (lines.Added, lines.Replaced).ShouldBe((0, 1));
        lines.Failed.Select(failed => (failed.Id, failed.Error)).ShouldBe(
        [
            ("line 3", "The question is empty."),
            ("line 4", "This is not a JSON object like {\"text\": …, \"sources\": […]}."),
            ("line 5", "colour is not a field of a question."),
        ]);
        (await tenant.Developer.PostAsync(
            "/api/evaluation/questions/import",
            new StringContent("[{", new MediaTypeHeaderValue("application/json")))).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Keep_no_more_questions_than_a_run_can_ask()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var many = Enumerable.Range(1, 2_000).Select(number => new { name = $"q{number}", text = "Where?", facts = new[] { "Kiel" } })
            .ToList();
        (await ImportAsync(tenant, JsonSerializer.Serialize(many))).Added.ShouldBe(2_000);

        var refused = await tenant.Developer.PostAsJsonAsync("/api/evaluation/questions", Questions[0]);

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString()
            .ShouldBe("There may be 2,000 test questions at most.");
    }

    [Fact]
    public async Task Measure_the_search_that_visitors_get()
    {
        var tenant = await WithQuestionsAsync();

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
        (await CountAsync("conversations", tenant)).ShouldBe(0);
    }

    [Fact]
    public async Task Measure_the_answers_too_and_leave_no_trace_in_any_conversation()
    {
        // A database of its own: on the shared one, nodes without a model take runs, too.
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
    public async Task Say_what_changed_since_the_last_run()
    {
        var tenant = await WithQuestionsAsync();
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

    [Fact]
    public async Task Go_on_where_a_dead_node_stopped()
    {
        var tenant = await WithQuestionsAsync();
        var done = await RunAsync(tenant, new { });
        // As a node leaves it that dies in the middle: two questions asked, a third begun, the lease not yet run out.
        await ExecuteAsync(
            "update evaluation_results set result = null, attempts = case ordinal when 3 then 1 else 0 end where run_id = $1 and "
                + "ordinal >= 3",
            done.Run.Id);
        await ExecuteAsync(
            "update evaluation_runs set status = 'running', done = 2, metrics = null, finished_at = null, lease_owner = "
                + "gen_random_uuid(), lease_until = now() + interval '1 second' where id = $1",
            done.Run.Id);

        var report = await FinishedAsync(tenant, done.Run.Id);

        (report.Run.Status, report.Run.Done, report.Results.Count).ShouldBe((EvaluationStatus.Finished, 5, 5));
        report.Run.Metrics!.Passed.ShouldBe(done.Run.Metrics!.Passed);
    }

    [Fact]
    public async Task Give_up_a_question_that_brings_node_after_node_down()
    {
        var tenant = await WithQuestionsAsync();
        var done = await RunAsync(tenant, new { });
        await ExecuteAsync("update evaluation_results set result = null, attempts = 3 where run_id = $1 and ordinal = 3", done.Run.Id);
        await ExecuteAsync(
            "update evaluation_runs set status = 'running', done = 4, metrics = null, finished_at = null where id = $1",
            done.Run.Id);

        var report = await FinishedAsync(tenant, done.Run.Id);

        report.Results[2].Error.ShouldBe("Asking this stopped the server 3 times, so it was given up.");
        report.Run.Metrics!.Errors.ShouldBe(1);
        report.Run.Status.ShouldBe(EvaluationStatus.Finished);
    }

    [Fact]
    public async Task Run_one_at_a_time_until_it_is_cancelled()
    {
        var tenant = await WithQuestionsAsync();
        // Held by a node that is busy elsewhere, so that it goes on for as long as the test looks.
        var run = Guid.CreateVersion7();
        await ExecuteAsync(
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
        await ExecuteAsync("update evaluation_runs set lease_until = now() where id = $1", run);
        (await FinishedAsync(tenant, run)).Run.Status.ShouldBe(EvaluationStatus.Cancelled);
        (await tenant.Developer.PostAsync($"/api/evaluation/runs/{run}/cancel", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await tenant.Developer.DeleteAsync($"/api/evaluation/runs/{run}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await tenant.Developer.GetAsync($"/api/evaluation/runs/{run}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Ask_some_of_the_questions_only()
    {
        var tenant = await WithQuestionsAsync();
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
    public async Task Keep_the_last_runs_only()
    {
        var tenant = await WithQuestionsAsync();
        await ExecuteAsync(
            """
            insert into evaluation_runs (tenant_id, id, status, strategy, with_answers, total, documents, chunks, created_at, finished_at)
            select $1, gen_random_uuid(), 'finished', 'parallel', false, 5, 3, 3, now() - n * interval '1 hour', now()
            from generate_series(1, 60) n
            """,
            tenant.Created.TenantId);

        var report = await RunAsync(tenant, new { });

        (await CountAsync("evaluation_runs", tenant)).ShouldBe(50);
        (await tenant.Developer.GetFromJsonAsync<EvaluationRun[]>("/api/evaluation/runs?limit=1", TestTenant.Json))!
            .ShouldHaveSingleItem().Id.ShouldBe(report.Run.Id);
    }

    [Fact]
    public async Task Be_hidden_from_other_tenants()
    {
        var (tenant, other) = (await WithQuestionsAsync(), await TestTenant.CreateAsync(api));
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

    private async Task<TestTenant> WithQuestionsAsync(ApiNode? node = null)
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        (await ImportAsync(tenant, string.Join('\n', Questions.Select(question => JsonSerializer.Serialize(question))))).Added.ShouldBe(5);
        return tenant;
    }

    private static async Task<EvaluationImport> ImportAsync(TestTenant tenant, string body)
    {
        var response = await tenant.Developer.PostAsync(
            "/api/evaluation/questions/import",
            new StringContent(body, new MediaTypeHeaderValue("application/x-ndjson")));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<EvaluationImport>(TestTenant.Json))!;
    }

    private static async Task<EvaluationReport> RunAsync(TestTenant tenant, object request)
    {
        var response = await tenant.Developer.PostAsJsonAsync("/api/evaluation/runs", request);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        return await FinishedAsync(tenant, (await response.Content.ReadFromJsonAsync<EvaluationRun>(TestTenant.Json))!.Id);
    }

    private static async Task<EvaluationReport> FinishedAsync(TestTenant tenant, Guid run)
    {
        EvaluationReport? report = null;
        await Eventually.TrueAsync(
            async () =>
                (report = await tenant.Developer.GetFromJsonAsync<EvaluationReport>($"/api/evaluation/runs/{run}", TestTenant.Json))!
                    .Run.FinishedAt is not null,
            "the run ends",
            seconds: 30);
        return report!;
    }

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = api.Database.OwnerSource.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        (await command.ExecuteNonQueryAsync()).ShouldBeGreaterThan(0);
    }

    private async Task<long> CountAsync(string table, TestTenant tenant)
    {
#pragma warning disable CA2100 // The table is one of this class's own words.
        await using var command = api.Database.OwnerSource.CreateCommand($"select count(*) from {table} where tenant_id = $1");
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = tenant.Created.TenantId });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private sealed class ImportComparer : IEqualityComparer<EvaluationImport>
    {
        public bool Equals(EvaluationImport? x, EvaluationImport? y) =>
            (x!.Added, x.Replaced) == (y!.Added, y.Replaced) && x.Failed.SequenceEqual(y.Failed);

        public int GetHashCode(EvaluationImport obj) => obj.Added;
    }
}
