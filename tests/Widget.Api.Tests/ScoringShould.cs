using Widget.Api.Evaluation;
using Widget.Contracts;

namespace Widget.Api.Tests;

/// <summary>The measures of an evaluation, held against examples worked out by hand.</summary>
public sealed class ScoringShould
{
    [Fact]
    public void Find_the_first_hit_from_any_expected_source()
    {
        var hits = Hits("a", "b", "c", "b");

        Scoring.Rank(["c", "b"], hits).ShouldBe(2);
        Scoring.Rank(["x"], hits).ShouldBeNull();
        Scoring.Rank(["https://shop.example/c/"], hits).ShouldBe(3, "a slash at the end and the fragment make no other page");
        Scoring.Rank(["https://shop.example/"], hits).ShouldBeNull();
        Scoring.Rank(["k"], Hits([.. "abcdefghijk".Select(letter => $"{letter}")])).ShouldBeNull("the eleventh hit is not looked at");
    }

    [Fact]
    public void Discount_what_comes_late()
    {
        // Found at 2 and 3 of two expected: (1/log2 3 + 1/log2 4) / (1/log2 2 + 1/log2 3) = 1.1309 / 1.6309.
        Scoring.Ndcg(["b", "c"], Hits("a", "b", "c"))!.Value.ShouldBe(0.6934, 0.0001);
        Scoring.Ndcg(["a"], Hits("a", "a"))!.Value.ShouldBe(1, 1e-9, "a document counts once");
        Scoring.Ndcg(["x"], Hits("a")).ShouldBe(0);
        Scoring.Ndcg([], Hits("a")).ShouldBeNull();
    }

    [Fact]
    public void Read_facts_as_a_person_does()
    {
        Scoring.Missing(["Two  hours", "89 euros"], "It takes **two\nhours** [1].").ShouldBe(["89 euros"]);
    }

    [Fact]
    public void Add_up_to_the_measures_of_a_run()
    {
        var metrics = Scoring.Of(
        [
            Result("q1", sources: ["a"], rank: 1, milliseconds: 10),
            Result("q2", sources: ["a"], rank: 4, milliseconds: 20),
            Result("q3", sources: ["a"], rank: null, milliseconds: 30),
            Result("q4", facts: ["x", "y", "z"], missing: ["z"], milliseconds: 40),
            Result("q5", shouldRefuse: true, refused: true, milliseconds: 50),
            Result("q6", shouldRefuse: true, refused: false, milliseconds: 60),
            Result("q7", sources: ["a"], rank: 2, refused: true, milliseconds: 70),
            Result("q8", sources: ["a"], rank: null, error: "It is away.", milliseconds: 999),
        ])!;

        metrics.Questions.ShouldBe(8);
        metrics.Errors.ShouldBe(1);
        // Ranks 1, 4, none, 2: four questions.
        metrics.HitRateAt1.ShouldBe(0.25);
        metrics.HitRateAt3.ShouldBe(0.5);
        metrics.HitRateAt5.ShouldBe(0.75);
        metrics.HitRateAt10.ShouldBe(0.75);
        metrics.Mrr!.Value.ShouldBe((1 + 0.25 + 0 + 0.5) / 4, 1e-9);
        metrics.FactRecall!.Value.ShouldBe(2 / 3.0, 1e-9);
        (metrics.Answered, metrics.Refused, metrics.RightRefusals, metrics.WrongRefusals, metrics.WrongAnswers).ShouldBe((5, 2, 1, 1, 1));
        metrics.MedianMilliseconds.ShouldBe(40);
        metrics.P95Milliseconds.ShouldBe(70);
        // q1, q2 and q5: q3 found nothing, q4 lacks a fact, q6 answered, q7 refused, q8 failed.
        metrics.Passed.ShouldBe(3);
    }

    [Fact]
    public void Leave_out_what_no_question_tells()
    {
        Scoring.Of([]).ShouldBeNull();
        var metrics = Scoring.Of([Result("q", shouldRefuse: true, refused: true)])!;
        (metrics.Mrr, metrics.HitRateAt1, metrics.NdcgAt10, metrics.FactRecall).ShouldBe((null, null, null, null));
    }

    [Theory]
    [InlineData(0.5, 2)]
    [InlineData(0.75, 3)]
    [InlineData(0.95, 4)]
    [InlineData(0, 1)]
    public void Take_the_nearest_rank_for_a_quantile(double share, double expected) =>
        Scoring.Quantile([1, 2, 3, 4], share).ShouldBe(expected);

    [Fact]
    public void Tell_better_from_worse()
    {
        var before = Report(
            Result("a", sources: ["s"], rank: 3),
            Result("b", sources: ["s"], rank: 1),
            Result("c", sources: ["s"], rank: null),
            Result("d", facts: ["x"]),
            Result("e", sources: ["s"], rank: 2));
        var after = Report(
            Result("a", sources: ["s"], rank: 1),
            Result("b", sources: ["s"], rank: 2),
            Result("c", sources: ["s"], rank: 9),
            Result("d", facts: ["x"], missing: ["x"]),
            Result("f", sources: ["s"], rank: 2));

        var diff = Comparison.Of(after, before);

        diff.Better.Select(change => change.After.Question.Name).ShouldBe(["a", "c"]);
        diff.Worse.Select(change => change.After.Question.Name).ShouldBe(["b", "d"]);
        diff.Added.ShouldHaveSingleItem().Name.ShouldBe("f");
        diff.Removed.ShouldHaveSingleItem().Name.ShouldBe("e");
        // (1/3 + 1 + 0 + 1/2)/4 before, (1 + 1/2 + 1/9 + 1/2)/4 after.
        diff.Deltas["mrr"].ShouldBe(((1 + 0.5 + (1 / 9.0) + 0.5) - ((1 / 3.0) + 1 + 0.5)) / 4, 1e-9);
        diff.Deltas["factRecall"].ShouldBe(-1);
    }

    private static EvaluationHit[] Hits(params string[] ids) =>
        [.. ids.Select(id => new EvaluationHit(id, id, $"https://shop.example/{id}#part"))];

    private static EvaluationReport Report(params EvaluationResult[] results) => new(
        new EvaluationRun(
            Guid.NewGuid(),
            EvaluationStatus.Finished,
            SearchStrategyName.Parallel,
            false,
            0,
            0,
            0,
            0,
            Scoring.Of(results),
            null,
            default,
            null),
        results);

    private static EvaluationResult Result(
        string name,
        string[]? sources = null,
        string[]? facts = null,
        bool shouldRefuse = false,
        int? rank = null,
        string[]? missing = null,
        bool refused = false,
        string? error = null,
        double milliseconds = 1)
    {
        var question = new EvaluationQuestion(
            new Guid(name[^1], 0, 0, new byte[8]),
            name,
            name,
            null,
            sources ?? [],
            facts ?? [],
            shouldRefuse,
            []);
        var passed = error is null && Scoring.Passes(question, refused, rank, missing ?? []);
        return new EvaluationResult(
            question,
            passed,
            refused,
            1,
            rank,
            rank is { } place ? 1 / Math.Log2(place + 1) : 0,
            [],
            missing ?? [],
            null,
            null,
            milliseconds,
            error);
    }
}
