using Widget.Rag.Own;
using Widget.Rag.Search;
using Widget.Rag.Storage;

namespace Widget.Rag.Tests.Search;

public sealed class HybridSearchShould
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_all_at_once_and_merge_by_weight()
    {
        var own = new Stub("own") { Delay = TimeSpan.FromMilliseconds(80), Hits = [Hit("a", 7), Hit("b", 3.5)] };
        var tavus = new Stub("tavus") { Delay = TimeSpan.FromMilliseconds(80), Hits = [Hit("c", 0.9), Hit("d", 0.1)] };

        var result = await SearchAsync(SearchStrategy.Parallel, [own, tavus], tavusWeight: 0.25);

        // 0.75 · 7/7, 0.75 · 3.5/7, 0.25 · 0.9/0.9, 0.25 · 0.1/0.9
        result.Hits.Select(hit => (hit.ExternalId, Math.Round(hit.Score, 3))).ShouldBe([("a", 0.75), ("b", 0.375), ("c", 0.25), ("d", 0.028)]);
        result.Trace.Milliseconds.ShouldBeLessThan(155);
        result.Trace.Steps.ShouldAllBe(step => step.Outcome == SearchOutcome.Answered);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Leave_out_a_side_that_is_late_even_if_it_ignores_being_cancelled(bool ignoresCancellation)
    {
        var own = new Stub("own") { Hits = [Hit("a", 1)] };
        var tavus = new Stub("tavus") { Delay = TimeSpan.FromSeconds(5), IgnoresCancellation = ignoresCancellation };

        var result = await SearchAsync(SearchStrategy.Parallel, [own, tavus]);

        result.Hits.ShouldHaveSingleItem().ExternalId.ShouldBe("a");
        result.Trace.Steps.Single(step => step.KnowledgeBase == "tavus").Outcome.ShouldBe(SearchOutcome.TimedOut);
        result.Trace.Milliseconds.ShouldBeLessThan(1_000);
    }

    [Fact]
    public async Task Keep_answering_while_a_side_fails()
    {
        var own = new Stub("own") { Hits = [Hit("a", 1)] };
        var tavus = new Stub("tavus") { Fails = true };

        var result = await SearchAsync(SearchStrategy.Parallel, [own, tavus]);

        result.Hits.ShouldHaveSingleItem();
        result.Trace.Steps.Single(step => step.KnowledgeBase == "tavus").Outcome.ShouldBe(SearchOutcome.Failed);
    }

    [Theory]
    [InlineData(SearchStrategy.Parallel)]
    [InlineData(SearchStrategy.Smart)]
    [InlineData(SearchStrategy.Fallback)]
    public async Task Say_so_when_no_side_answers(SearchStrategy strategy)
    {
        var refusal = await Should.ThrowAsync<SearchUnavailableException>(() =>
            SearchAsync(strategy, [new Stub("own") { Fails = true }, new Stub("tavus") { Fails = true }]));

        refusal.Trace.Steps.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Fall_back_on_the_own_knowledge_only_when_tavus_is_not_good_enough()
    {
        var own = new Stub("own") { Hits = [Hit("a", 1)], Confidence = 0.9 };
        var good = new Stub("tavus") { Hits = [Hit("t", 1)], Confidence = 0.8 };
        var poor = new Stub("tavus") { Hits = [Hit("t", 1)], Confidence = 0.1 };
        var empty = new Stub("tavus");
        var broken = new Stub("tavus") { Fails = true };
        var late = new Stub("tavus") { Delay = TimeSpan.FromSeconds(5) };

        (await OriginsAsync(good)).ShouldBe(["t"]);
        own.Asked.ShouldBe(0);
        (await OriginsAsync(poor)).ShouldBe(["a", "t"], ignoreOrder: true);
        (await OriginsAsync(empty)).ShouldBe(["a"]);
        (await OriginsAsync(broken)).ShouldBe(["a"]);
        (await OriginsAsync(late)).ShouldBe(["a"]);
        own.Asked.ShouldBe(4);

        async Task<string[]> OriginsAsync(Stub tavus)
        {
            var result = await SearchAsync(SearchStrategy.Fallback, [own, tavus]);
            result.Trace.Steps[0].KnowledgeBase.ShouldBe("tavus");
            return [.. result.Hits.Select(hit => hit.ExternalId)];
        }
    }

    [Theory]
    [InlineData("Can you show me a screenshot of the dashboard?", "own")]
    [InlineData("What does delivery cost?", "tavus")]
    public async Task Send_a_question_to_the_knowledge_that_suits_it(string question, string asked)
    {
        var bases = new[] { new Stub("own") { Hits = [Hit("a", 1)], Confidence = 1 }, new Stub("tavus") { Hits = [Hit("t", 1)], Confidence = 1 } };

        var result = await SearchAsync(SearchStrategy.Smart, bases, question: question);

        bases.Single(stub => stub.Name == asked).Asked.ShouldBe(1);
        bases.Single(stub => stub.Name != asked).Asked.ShouldBe(0);
        result.Trace.Route.ShouldBe(asked == "own" ? "multimodal" : "text");
        result.Trace.Steps[0].Reason.ShouldNotBeNullOrEmpty();
        result.Trace.Steps[1].Outcome.ShouldBe(SearchOutcome.Skipped);
    }

    [Fact]
    public async Task Ask_nobody_else_once_somebody_was_good_enough()
    {
        Stub[] bases = [new("a") { Hits = [Hit("a", 1)], Confidence = 0.9 }, new("b") { Hits = [Hit("b", 1)] }, new("c") { Hits = [Hit("c", 1)] }];
        var plan = new SearchPlan { Strategy = SearchStrategy.Fallback, Weights = bases.ToDictionary(stub => stub.Name, _ => 1.0) };

        var result = await new HybridSearch(bases, TimeProvider.System).SearchAsync(Query("x"), plan, Ct);

        bases.Select(stub => stub.Asked).ShouldBe([1, 0, 0]);
        result.Trace.Steps.Skip(1).ShouldAllBe(step => step.Outcome == SearchOutcome.Skipped && step.Reason == "a was good enough");
    }

    [Fact]
    public async Task Make_the_same_passage_in_both_one_hit_that_names_both()
    {
        const string Text = "Delivery within Germany costs 49 euros and to Austria it costs 89 euros.";
        var own = new Stub("own") { Hits = [Hit("a", 2, Text), Hit("b", 1, "Something else entirely, about returns.")] };
        var tavus = new Stub("tavus") { Hits = [Hit("t", 0.5, "Delivery within Germany costs 49 euros, and to Austria it costs 89 euros.")] };

        var result = await SearchAsync(SearchStrategy.Parallel, [own, tavus]);

        result.Hits.Count.ShouldBe(2);
        result.Hits[0].Origins.ShouldBe(["own", "tavus"], ignoreOrder: true);
        result.Hits[0].Score.ShouldBe(1, tolerance: 1e-9);
        result.Trace.DuplicatesDropped.ShouldBe(1);
    }

    [Fact]
    public async Task Not_search_what_the_plan_does_not_name()
    {
        var tavus = new Stub("tavus") { Hits = [Hit("t", 1)] };
        var search = new HybridSearch([new Stub("own") { Hits = [Hit("a", 1)] }, tavus], TimeProvider.System);

        var result = await search.SearchAsync(Query("x"), new SearchPlan { Weights = new Dictionary<string, double> { ["own"] = 1 } }, Ct);

        tavus.Asked.ShouldBe(0);
        result.Hits.ShouldHaveSingleItem().Score.ShouldBe(1);
    }

    [Fact]
    public async Task Stop_when_the_caller_gives_up()
    {
        using var caller = new CancellationTokenSource(50);
        var search = new HybridSearch([new Stub("own") { Delay = TimeSpan.FromSeconds(5) }], TimeProvider.System);

        await Should.ThrowAsync<OperationCanceledException>(() =>
            search.SearchAsync(Query("x"), new SearchPlan { Weights = new Dictionary<string, double> { ["own"] = 1 }, Deadline = TimeSpan.FromSeconds(9) }, caller.Token));
    }

    private static Task<SearchResult> SearchAsync(SearchStrategy strategy, IKnowledgeBase[] bases, double tavusWeight = 0.5, string question = "question") =>
        new HybridSearch(bases, TimeProvider.System).SearchAsync(
            Query(question),
            new SearchPlan
            {
                Strategy = strategy,
                Deadline = Deadline,
                Weights = new Dictionary<string, double> { ["own"] = 1 - tavusWeight, ["tavus"] = tavusWeight },
            },
            Ct);

    private static KnowledgeQuery Query(string text) => new() { TenantId = TenantId.New(), Text = text };

    private static Hit Hit(string id, double score, string? text = null) => new()
    {
        ChunkId = ChunkId.New(),
        DocumentId = DocumentId.New(),
        ExternalId = id,
        Title = id,
        Text = text ?? $"the text of passage {id} which is like no other {id}",
        Locator = new Locator(),
        Score = score,
        Origins = [],
    };

    private sealed class Stub(string name) : IKnowledgeBase
    {
        private int _asked;

        public string Name => name;

        public TimeSpan Delay { get; init; }

        public bool Fails { get; init; }

        public bool IgnoresCancellation { get; init; }

        public double Confidence { get; init; } = 0.7;

        public IReadOnlyList<Hit> Hits { get; init; } = [];

        public int Asked => _asked;

        public async Task<KnowledgeResult> SearchAsync(KnowledgeQuery query, CancellationToken ct)
        {
            Interlocked.Increment(ref _asked);
            await Task.Delay(Delay, IgnoresCancellation ? CancellationToken.None : ct);
            if (Fails) throw new HttpRequestException("down");
            return new KnowledgeResult([.. Hits.Select(hit => hit with { Origins = [name] })], Hits.Count > 0 ? Confidence : 0);
        }
    }
}
