using Widget.Platform.Tenancy;
using Widget.Rag.Search;

using static Widget.Rag.Tests.Search.StubKnowledgeBase;

namespace Widget.Rag.Tests.Search;

/// <summary>A knowledge base with weight 0 is only a fallback.</summary>
public sealed class WeightsShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SearchStrategy.Parallel)]
    [InlineData(SearchStrategy.Smart)]
    [InlineData(SearchStrategy.Fallback)]
    public async Task Not_ask_one_of_weight_zero_while_another_answers(SearchStrategy strategy)
    {
        // Not good enough, so a sequential strategy would ask the next one.
        var own = new StubKnowledgeBase("own") { Hits = [Hit("a", 7)] };
        var tavus = new StubKnowledgeBase("tavus") { Hits = [Hit("c", 0.9)], Confidence = 0.1 };

        var result = await SearchAsync(strategy, own, tavus);

        (own.Asked, tavus.Asked).ShouldBe((0, 1));
        result.Hits.Select(hit => hit.ExternalId).ShouldBe(["c"]);
        result.Trace.Steps.Single(step => step.KnowledgeBase == "own").ShouldSatisfyAllConditions(
            step => step.Outcome.ShouldBe(SearchOutcome.Skipped),
            step => step.Reason.ShouldBe("its weight is 0"));
    }

    [Theory]
    [InlineData(SearchStrategy.Parallel)]
    [InlineData(SearchStrategy.Smart)]
    [InlineData(SearchStrategy.Fallback)]
    public async Task Ask_one_of_weight_zero_when_the_others_fail(SearchStrategy strategy)
    {
        var own = new StubKnowledgeBase("own") { Hits = [Hit("a", 7), Hit("b", 3.5)] };
        var tavus = new StubKnowledgeBase("tavus") { Fails = new HttpRequestException("down") };

        var result = await SearchAsync(strategy, own, tavus);

        // Their order is kept. With scores of 0 it would be lost.
        result.Hits.Select(hit => hit.ExternalId).ShouldBe(["a", "b"]);
        result.Hits[0].Score.ShouldBeGreaterThan(result.Hits[1].Score);
        result.Trace.Steps.Single(step => step.KnowledgeBase == "own").Reason.ShouldBe("tavus failed");
    }

    [Fact]
    public async Task Report_why_one_is_left_out()
    {
        var own = new StubKnowledgeBase("own") { Hits = [Hit("a", 7)] };
        var tavus = new StubKnowledgeBase("tavus") { Hits = [Hit("c", 0.9)] };
        var plan = new SearchPlan
        {
            Weights = new Dictionary<string, double> { ["own"] = 1 },
            Excluded = new Dictionary<string, string> { ["tavus"] = "its weight is 0" },
        };

        var result = await new HybridSearch([own, tavus], TimeProvider.System)
            .SearchAsync(new KnowledgeQuery { TenantId = TenantId.New(), Text = "x" }, plan, Ct);

        tavus.Asked.ShouldBe(0);
        result.Trace.Steps.Select(step => (step.KnowledgeBase, step.Outcome))
            .ShouldBe([("own", SearchOutcome.Answered), ("tavus", SearchOutcome.Skipped)]);
    }

    private static Task<SearchResult> SearchAsync(SearchStrategy strategy, params IKnowledgeBase[] bases) =>
        new HybridSearch(bases, TimeProvider.System).SearchAsync(
        new KnowledgeQuery { TenantId = TenantId.New(), Text = "What does delivery cost?" },
        new SearchPlan { Strategy = strategy, Weights = new Dictionary<string, double> { ["own"] = 0, ["tavus"] = 1 } },
        Ct);
}
