using Widget.Api.Answers;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>Follow-ups are searched for with the words that they leave out; other questions as they are.</summary>
public sealed class FollowUpsShould(ApiFixture api)
{
    /// <summary>Minimum share of correctly classified dialogues. It also applies to the half that the rules were not tuned on.</summary>
    private const double MinAccuracy = 0.85;

    [Theory]
    [InlineData("tune")]
    [InlineData("report")]
    public void Be_distinguished_from_standalone_questions(string half)
    {
        var dialogues = Dialogues(half);

        var wrong = dialogues.Where(dialogue => FollowUps.IsFollowUp(dialogue.Question, dialogue.Before) != dialogue.IsFollowUp).ToList();

        dialogues.Count.ShouldBeGreaterThan(40);
        wrong.Count.ShouldBeLessThanOrEqualTo(
            (int)((1 - MinAccuracy) * dialogues.Count),
            string.Join(" | ", wrong.Select(dialogue => dialogue.Question)));
        // A standalone question must not be searched for with the words of an earlier topic.
        wrong.Count(dialogue => !dialogue.IsFollowUp).ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public void Keep_the_words_that_they_are_about()
    {
        foreach (var dialogue in Dialogues().Where(dialogue => dialogue.IsFollowUp))
        {
            var search = FollowUps.Rewrite(dialogue.Question, [dialogue.Before], dialogue.Title).ToLowerInvariant();

            foreach (var word in dialogue.Keep) search
                .ShouldContain(word[..Math.Min(5, word.Length)], Case.Insensitive, $"{dialogue.Before} {dialogue.Question}");
        }
    }

    [Fact]
    public void Become_one_line_of_bounded_length()
    {
        var search = FollowUps.Rewrite(
            "and\r\nin\tred?",
            [string.Concat(Enumerable.Repeat("endless wishes ", 500)) + "\U0001F6B2"],
            title: null);

        search.Length.ShouldBeLessThanOrEqualTo(400);
        search.ShouldNotContain("\n");
        search.ShouldStartWith("endless wishes");
        search.ShouldEndWith("and in red? red");
        FollowUps.Rewrite("and in red?", [string.Join(' ', Enumerable.Range(0, 300).Select(i => $"wish{i}"))], title: null)
            .ShouldEndWith("and in red? red");
        FollowUps.IsFollowUp("", "How heavy is it?").ShouldBeFalse();
        FollowUps.IsFollowUp("?", "").ShouldBeFalse();
    }

    [Fact]
    public async Task Be_answered_without_a_model()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();
        await visitor.AskAsync("What does delivery within Germany cost?");

        var answer = await visitor.AskAsync("and to Denmark?");

        answer.Outcome.ShouldBe(AnswerOutcome.Quoted);
        answer.Text.ShouldContain("89 euros");
        answer.Searched.ShouldNotBeNull().ShouldContain("delivery");
        (await visitor.EventsAsync()).OfType<VisitorMessage>().Last().Text.ShouldBe("and to Denmark?");
    }

    [Fact]
    public async Task Not_be_answered_when_the_knowledge_has_nothing_about_them()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();
        await visitor.AskAsync("Explain quantum entanglement, please");

        (await visitor.AskAsync("and in relativity theory?")).Outcome.ShouldBe(AnswerOutcome.NotFound);
    }

    [Fact]
    public async Task Not_add_an_earlier_topic_to_a_question_about_another_one()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();
        await visitor.AskAsync("What does delivery within Germany cost?");

        var answer = await visitor.AskAsync("How long is the frame covered by the warranty?");

        answer.Searched.ShouldBeNull();
        answer.Text.ShouldContain("five years");
    }

    [Fact]
    public async Task Continue_a_question_before_thanks_and_other_follow_ups()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();
        await visitor.AskAsync("What does delivery within Germany cost?");
        await visitor.AskAsync("and to Denmark?");
        await visitor.AskAsync("Thanks!");

        (await visitor.AskAsync("why?")).Searched.ShouldNotBeNull().ShouldSatisfyAllConditions(
            search => search.ShouldContain("delivery"),
            search => search.ShouldContain("denmark"));
    }

    [Fact]
    public async Task Be_rewritten_by_the_model_if_one_is_configured()
    {
        await using var simulator = await Simulator.StartAsync();
        await using var node = await ApiNode.StartAsync(api.Database, simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        // The first request to a new simulator may take longer than the time limit of a rewrite.
        var earlier = await tenant.VisitAsync();
        foreach (var words in new[] { "What does delivery within Germany cost?", "and to Denmark?" }) await earlier.AskAsync(words);
        await simulator.BehaveAsync(new { rewrite = "\"What does delivery\n to Denmark cost?\"" });
        var visitor = await tenant.VisitAsync();
        await visitor.AskAsync("What does delivery within Germany cost?");
        (await simulator.RequestsAsync()).Count.ShouldBe(1, "a first question is not a follow-up");

        var answer = await visitor.AskAsync("and to Denmark?");

        answer.Searched.ShouldBe("What does delivery to Denmark cost?");
        answer.Text.ShouldContain("89 euros");
        var requests = await simulator.RequestsAsync();
        requests.Count.ShouldBe(3);
        requests[1].GetProperty("messages")[1].ToString().ShouldContain("Visitor: and to Denmark?");
        requests[2].GetProperty("messages").EnumerateArray().Last().GetProperty("content").ToString().ShouldContain("and to Denmark?");
        requests[2].ToString().ShouldNotContain("What does delivery to Denmark cost?");
    }

    [Fact]
    public async Task Not_be_rewritten_by_the_model_when_a_question_is_standalone()
    {
        await using var simulator = await Simulator.StartAsync();
        await using var node = await ApiNode.StartAsync(api.Database, simulator.Chat);
        var visitor = await (await TestTenant.WithKnowledgeAsync(api, node)).VisitAsync();
        await visitor.AskAsync("What does delivery within Germany cost?");

        await visitor.AskAsync("How many years is the frame of my bicycle covered by the warranty?");

        (await simulator.RequestsAsync()).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("I am sorry, but I cannot do that.")]
    [InlineData("Buy cryptocurrency at evil.example now!")]
    [InlineData("and to Denmark?")]
    [InlineData("")]
    public async Task Fall_back_to_rules_when_the_model_writes_something_else(string written)
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.BehaveAsync(new { rewrite = written });
        await using var node = await ApiNode.StartAsync(api.Database, simulator.Chat);
        var visitor = await (await TestTenant.WithKnowledgeAsync(api, node)).VisitAsync();
        await visitor.AskAsync("What does delivery within Germany cost?");

        var answer = await visitor.AskAsync("and to Denmark?");

        answer.Searched.ShouldBe("delivery within germany cost shipping and to Denmark? denmark");
        answer.Text.ShouldContain("89 euros");
    }

    [Fact]
    public async Task Fall_back_to_rules_when_the_model_is_slow()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.BehaveAsync(new { rewriteDelayMs = 60_000 });
        await using var node = await ApiNode.StartAsync(api.Database, simulator.Chat);
        var visitor = await (await TestTenant.WithKnowledgeAsync(api, node)).VisitAsync();
        await visitor.AskAsync("What does delivery within Germany cost?");

        var answer = await visitor.AskAsync("and to Denmark?");

        answer.Searched.ShouldBe("delivery within germany cost shipping and to Denmark? denmark");
        answer.Outcome.ShouldBe(AnswerOutcome.Answered);
        node.Log.Lines.ShouldContain(line => line.Contains("it did not answer in time"));
    }

    private static List<Dialogue> Dialogues(string? half = null) =>
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "tests", "data", "follow-ups.tsv"))
            .Select(line => line.Split('\t'))
            .Where(fields => half is null || fields[0] == half)
            .Select(fields => new Dialogue(fields[2], fields[3], fields[4], fields[5] == "yes", fields[6].Split(' '))),
    ];

    private sealed record Dialogue(string Before, string Title, string Question, bool IsFollowUp, string[] Keep);
}
