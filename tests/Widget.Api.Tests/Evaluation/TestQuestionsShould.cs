using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Contracts;
using static Widget.Api.Tests.Evaluation.EvaluationFixture;

namespace Widget.Api.Tests.Evaluation;

/// <summary>A tenant's test questions: added, replaced, imported and deleted.</summary>
public sealed class TestQuestionsShould(ApiFixture api)
{
    [Fact]
    public async Task Be_kept_until_they_are_replaced_or_deleted()
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
    [InlineData("""{"text": "Where?", "facts": [null]}""", "facts must not contain null.")]
    [InlineData("""{"text": "Where?", "facts": [" "]}""", "A fact must have 1 to 500 characters.")]
    [InlineData("""{"text": "Where?", "facts": ["Kiel"], "language": "english"}""", "The language must be an ISO 639-1 code, such as en.")]
    [InlineData("""{"text": "Where?", "fact": ["Kiel"]}""", "fact is not a field of this request.")]
    public async Task Be_refused_with_a_reason_when_they_are_invalid(string body, string title)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var refused = await tenant.Developer.PostAsync(
            "/api/evaluation/questions",
            new StringContent(body, new MediaTypeHeaderValue("application/json")));

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString().ShouldBe(title);
    }

    [Fact]
    public async Task Be_imported_from_a_list_or_from_lines_without_the_invalid_ones()
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
    public async Task Be_no_more_than_a_run_can_ask()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var many = Enumerable.Range(1, 2_000).Select(number => new { name = $"q{number}", text = "Where?", facts = new[] { "Kiel" } })
            .ToList();
        (await ImportAsync(tenant, JsonSerializer.Serialize(many))).Added.ShouldBe(2_000);

        var refused = await tenant.Developer.PostAsJsonAsync("/api/evaluation/questions", Questions[0]);

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString()
            .ShouldBe("There may be at most 2,000 test questions.");
    }

    private sealed class ImportComparer : IEqualityComparer<EvaluationImport>
    {
        public bool Equals(EvaluationImport? x, EvaluationImport? y) =>
            (x!.Added, x.Replaced) == (y!.Added, y.Replaced) && x.Failed.SequenceEqual(y.Failed);

        public int GetHashCode(EvaluationImport obj) => obj.Added;
    }
}
