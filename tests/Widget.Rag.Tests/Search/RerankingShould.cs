using Widget.Platform.Tenancy;
using Widget.Rag.Rerank;
using Widget.Rag.Search;
using Widget.Simulators.Rerank;
using Widget.Testing;

namespace Widget.Rag.Tests.Search;

public sealed class RerankingShould : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly TestClock _clock = new();
    private SimulatedServices _services = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _services = await SimulatedServices.StartAsync();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task Put_hits_in_the_order_of_the_reranker()
    {
        var result = await SearchAsync(Long);

        result.Hits.Select(hit => hit.ExternalId).ShouldBe(["denmark", "germany", "frame"]);
        result.Hits.Select(hit => hit.Score).ShouldBeInOrder(SortDirection.Descending);
        result.Hits[0].Score.ShouldBe(1);
        result.Confidence.ShouldBe(0.7);
        var step = result.Trace.Reranking.ShouldNotBeNull();
        (step.Outcome, step.Hits, step.Reason).ShouldBe((SearchOutcome.Answered, 3, RerankEndpoints.Model));
        var asked = _services.Reranker.Requests.ShouldHaveSingleItem();
        asked.GetProperty("top_n").GetInt32().ShouldBe(3);
        asked.GetProperty("documents")[0].GetString()!.ShouldStartWith("frame\n");
    }

    [Fact]
    public async Task Leave_the_order_as_it_is_when_the_reranker_is_late_and_then_leave_it_alone()
    {
        _services.Reranker.Set(new RerankSwitches { DelayMs = 60_000 });
        var search = Search(TimeSpan.FromMilliseconds(50));

        var first = await search.SearchAsync(Query, Plan, Ct);
        var second = await search.SearchAsync(Query, Plan, Ct);

        first.Hits.Select(hit => hit.ExternalId).ShouldBe(["frame", "germany", "denmark"]);
        (first.Trace.Reranking!.Outcome, first.Trace.Reranking.Reason).ShouldBe((SearchOutcome.TimedOut, "no answer within 50 ms"));
        second.Trace.Reranking!.Outcome.ShouldBe(SearchOutcome.Skipped);
        second.Trace.Reranking.Reason!.ShouldEndWith("s ago (no answer within 50 ms)");
    }

    [Theory]
    [InlineData(500, "internal error")]
    [InlineData(401, "key")]
    [InlineData(429, "too many requests")]
    public async Task Leave_the_order_as_it_is_when_the_reranker_fails(int status, string said)
    {
        _services.Reranker.Set(new RerankSwitches { FailNext = 1, FailStatus = status });

        var result = await SearchAsync(Long);

        result.Hits[0].ExternalId.ShouldBe("frame");
        result.Trace.Reranking!.Outcome.ShouldBe(SearchOutcome.Failed);
        result.Trace.Reranking.Reason!.ShouldContain(said);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nothing")]
    [InlineData("{\"results\": [{\"index\": 7, \"relevance_score\": 1}]}")]
    [InlineData("{\"results\": [{\"index\": 0, \"relevance_score\": \"high\"}]}")]
    [InlineData("{\"results\": [{\"index\": 0, \"relevance_score\": 1}]}")]
    public async Task Ignore_an_invalid_answer(string body)
    {
        _services.Reranker.Set(new RerankSwitches { Body = body });

        var result = await SearchAsync(Long);

        result.Hits[0].ExternalId.ShouldBe("frame");
        result.Trace.Reranking!.Outcome.ShouldBe(SearchOutcome.Failed);
    }

    [Fact]
    public void Keep_other_hits_behind_the_reranked_ones()
    {
        Hit[] hits = [StubKnowledgeBase.Hit("a", 0.9), StubKnowledgeBase.Hit("b", 0.8), StubKnowledgeBase.Hit("c", 0.7)];

        var ordered = Reranking.Order(hits[..2], [1, 4], hits);

        ordered.Select(hit => (hit.ExternalId, hit.Score)).ShouldBe([("b", 1), ("a", 0.25), ("c", 0.25)]);
    }

    private static KnowledgeQuery Query { get; } = new() { TenantId = TenantId.New(), Text = "delivery cost Denmark" };

    private static SearchPlan Plan { get; } = new() { Weights = new Dictionary<string, double> { ["own"] = 1 } };

    private Task<SearchResult> SearchAsync(TimeSpan deadline) => Search(deadline).SearchAsync(Query, Plan, Ct);

    private HybridSearch Search(TimeSpan deadline)
    {
        var own = new StubKnowledgeBase("own")
        {
            Hits =
            [
                StubKnowledgeBase.Hit("frame", 3, "The frame is covered for five years."),
                StubKnowledgeBase.Hit("germany", 2, "The delivery within Germany is free."),
                StubKnowledgeBase.Hit("denmark", 1, "What a delivery to Denmark will cost."),
            ],
        };
        var breakers = new CircuitBreakers(_clock);
        return new HybridSearch(
            [own],
            _clock,
            breakers,
            new Reranking(new RerankClient(_services.RerankOptions, TestOutbound.Clients), breakers, _clock, deadline));
    }
}
