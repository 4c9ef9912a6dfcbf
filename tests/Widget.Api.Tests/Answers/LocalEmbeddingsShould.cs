using System.Net.Http.Json;
using Widget.Contracts;
using Widget.Rag.Embeddings.Local;
using Widget.Testing;

namespace Widget.Api.Tests.Answers;

public sealed class LocalEmbeddingsShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await ApiNode.StartAsync(api.Database, configure: options => options with
        {
            LocalEmbedding = new LocalEmbeddingOptions { Cache = Path.Combine(Repository.Root, ".local", "models") },
        });
        _tenant = await TestTenant.CreateAsync(api, _node);
        await _tenant.ImportAsync(
            new { id = "parking", title = "Parking", text = "Twelve spaces behind the building are free of charge for three hours." },
            new { id = "hours", title = "Opening hours", text = "We are closed on public holidays." },
            new { id = "dogs", title = "Animals", text = "Animals have to wait outside, except guide dogs." });
        await Eventually.TrueAsync(
            async () => (await ReportAsync()) is { Semantic: { Done: 3, Total: 3, Error: null } },
            "every passage has its vector of meaning");
    }

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("Where can I leave my car?", "Twelve spaces")]
    [InlineData("Are you there on Christmas Day?", "public holidays")]
    [InlineData("Is my puppy allowed in?", "guide dogs")]
    public async Task Show_the_passage_that_answers_in_other_words(string question, string fact)
    {
        var answer = await (await _tenant.VisitAsync(_node)).AskAsync(question);

        answer.Outcome.ShouldBeOneOf(AnswerOutcome.Quoted, AnswerOutcome.Suggested);
        answer.Text.ShouldContain(fact);
        answer.OffersPerson.ShouldBe(answer.Outcome == AnswerOutcome.Suggested);
    }

    [Fact]
    public async Task Not_state_anything_about_something_else()
    {
        var answer = await (await _tenant.VisitAsync(_node)).AskAsync("Who won the football world cup in 2010?");

        answer.Outcome.ShouldBeOneOf(AnswerOutcome.NotFound, AnswerOutcome.Suggested);
        answer.OffersPerson.ShouldBeTrue();
    }

    [Fact]
    public async Task Answer_every_part_of_a_question_and_say_which_one_found_nothing()
    {
        var answer = await (await _tenant.VisitAsync(_node)).AskAsync(
            "How long is parking free of charge? And how do I reset the password of my camera?");

        answer.Text.ShouldContain("three hours");
        answer.Text.ShouldContain("password");
    }

    private async Task<EmbeddingReport> ReportAsync() =>
        (await _tenant.Developer.GetFromJsonAsync<EmbeddingReport>("/api/knowledge/embedding", TestTenant.Json))!;
}
