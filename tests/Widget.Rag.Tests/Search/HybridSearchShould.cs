using Widget.Platform.Tenancy;
using Widget.Rag.Search;

using static Widget.Rag.Tests.Search.StubKnowledgeBase;

namespace Widget.Rag.Tests.Search;

public sealed class HybridSearchShould
{
    // Long enough for an instant answer on a busy machine. A test that waits for a timeout takes this long.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    private static HttpRequestException Down => new("down");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_all_at_once_and_merge_by_weight()
    {
        // Neither answers before both are asked.
        using var asked = new Barrier(2);
        var own = new StubKnowledgeBase("own") { Meets = asked, Hits = [Hit("a", 7), Hit("b", 3.5)] };
        var tavus = new StubKnowledgeBase("tavus") { Meets = asked, Hits = [Hit("c", 0.9), Hit("d", 0.1)] };

        var result = await SearchAsync(SearchStrategy.Parallel, [own, tavus], tavusWeight: 0.25);

        // 0.75 · 7/7, 0.75 · 3.5/7, 0.25 · 0.9/0.9, 0.25 · 0.1/0.9
        result.Hits.Select(hit => (hit.ExternalId, Math.Round(hit.Score, 3)))
            .ShouldBe([("a", 0.75), ("b", 0.375), ("c", 0.25), ("d", 0.028)]);
        result.Trace.Steps.ShouldAllBe(step => step.Outcome == SearchOutcome.Answered);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Leave_out_a_side_that_is_late_even_if_it_ignores_being_cancelled(bool ignoresCancellation)
    {
        var own = new StubKnowledgeBase("own") { Hits = [Hit("a", 1)] };
        var tavus = new StubKnowledgeBase("tavus") { Delay = TimeSpan.FromSeconds(5), IgnoresCancellation = ignoresCancellation };

        var result = await SearchAsync(SearchStrategy.Parallel, [own, tavus]);

        result.Hits.ShouldHaveSingleItem().ExternalId.ShouldBe("a");
        result.Trace.Steps.Single(step => step.KnowledgeBase == "tavus").Outcome.ShouldBe(SearchOutcome.TimedOut);
        result.Trace.Milliseconds.ShouldBeLessThan(4_500);
    }

    [Fact]
    public async Task Keep_answering_while_a_side_fails()
    {
        var own = new StubKnowledgeBase("own") { Hits = [Hit("a", 1)] };
        var tavus = new StubKnowledgeBase("tavus") { Fails = Down };

        var result = await SearchAsync(SearchStrategy.Parallel, [own, tavus]);

        result.Hits.ShouldHaveSingleItem();
        result.Trace.Steps.Single(step => step.KnowledgeBase == "tavus").Outcome.ShouldBe(SearchOutcome.Failed);
    }

    [Theory]
    [InlineData(SearchStrategy.Parallel)]
    [InlineData(SearchStrategy.Smart)]
    [InlineData(SearchStrategy.Fallback)]
    public async Task Fail_when_no_side_answers(SearchStrategy strategy)
    {
        var refusal = await Should.ThrowAsync<SearchUnavailableException>(() =>
            SearchAsync(strategy, [new StubKnowledgeBase("own") { Fails = Down }, new StubKnowledgeBase("tavus") { Fails = Down }]));

        refusal.Trace.Steps.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Fall_back_on_the_own_knowledge_only_when_tavus_is_not_good_enough()
    {
        var own = new StubKnowledgeBase("own") { Hits = [Hit("a", 1)], Confidence = 0.9 };
        var good = new StubKnowledgeBase("tavus") { Hits = [Hit("t", 1)], Confidence = 0.8 };
        var poor = new StubKnowledgeBase("tavus") { Hits = [Hit("t", 1)], Confidence = 0.1 };
        var empty = new StubKnowledgeBase("tavus");
        var broken = new StubKnowledgeBase("tavus") { Fails = Down };
        var late = new StubKnowledgeBase("tavus") { Delay = TimeSpan.FromSeconds(5) };

        (await OriginsAsync(good)).ShouldBe(["t"]);
        own.Asked.ShouldBe(0);
        (await OriginsAsync(poor)).ShouldBe(["a", "t"], ignoreOrder: true);
        (await OriginsAsync(empty)).ShouldBe(["a"]);
        (await OriginsAsync(broken)).ShouldBe(["a"]);
        (await OriginsAsync(late)).ShouldBe(["a"]);
        own.Asked.ShouldBe(4);

        async Task<string[]> OriginsAsync(StubKnowledgeBase tavus)
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
        var bases = new[]
        {
            new StubKnowledgeBase("own") { Hits = [Hit("a", 1)], Confidence = 1 },
            new StubKnowledgeBase("tavus") { Hits = [Hit("t", 1)], Confidence = 1 },
        };

        var result = await SearchAsync(SearchStrategy.Smart, bases, question: question);

        bases.Single(stub => stub.Name == asked).Asked.ShouldBe(1);
        bases.Single(stub => stub.Name != asked).Asked.ShouldBe(0);
        result.Trace.Route.ShouldBe(asked == "own" ? "multimodal" : "text");
        result.Trace.Steps[0].Reason.ShouldNotBeNullOrEmpty();
        result.Trace.Steps[1].Outcome.ShouldBe(SearchOutcome.Skipped);
    }

    [Fact]
    public async Task Not_ask_others_after_a_good_answer()
    {
        StubKnowledgeBase[] bases =
        [
            new("a") { Hits = [Hit("a", 1)], Confidence = 0.9 },
            new("b") { Hits = [Hit("b", 1)] },
            new("c") { Hits = [Hit("c", 1)] },
        ];
        var plan = new SearchPlan { Strategy = SearchStrategy.Fallback, Weights = bases.ToDictionary(stub => stub.Name, _ => 1.0) };

        var result = await new HybridSearch(bases, TimeProvider.System).SearchAsync(Query("x"), plan, Ct);

        bases.Select(stub => stub.Asked).ShouldBe([1, 0, 0]);
        result.Trace.Steps.Skip(1).ShouldAllBe(step => step.Outcome == SearchOutcome.Skipped && step.Reason == "a was good enough");
    }

    [Fact]
    public async Task Make_the_same_passage_in_both_one_hit_that_names_both()
    {
        const string Text = "Delivery within Germany costs 49 euros and to Austria it costs 89 euros.";
        var own = new StubKnowledgeBase("own") { Hits = [Hit("a", 2, Text), Hit("b", 1, "Something else entirely, about returns.")] };
        var tavus = new StubKnowledgeBase("tavus")
        {
            Hits = [Hit("t", 0.5, "Delivery within Germany costs 49 euros, and to Austria it costs 89 euros.")],
        };

        var result = await SearchAsync(SearchStrategy.Parallel, [own, tavus]);

        result.Hits.Count.ShouldBe(2);
        result.Hits[0].Origins.ShouldBe(["own", "tavus"], ignoreOrder: true);
        result.Hits[0].Score.ShouldBe(1, tolerance: 1e-9);
        result.Trace.DuplicatesDropped.ShouldBe(1);
    }

    [Fact]
    public async Task Not_search_what_the_plan_does_not_name()
    {
        var tavus = new StubKnowledgeBase("tavus") { Hits = [Hit("t", 1)] };
        var search = new HybridSearch([new StubKnowledgeBase("own") { Hits = [Hit("a", 1)] }, tavus], TimeProvider.System);

        var result = await search.SearchAsync(Query("x"), new SearchPlan { Weights = new Dictionary<string, double> { ["own"] = 1 } }, Ct);

        tavus.Asked.ShouldBe(0);
        result.Hits.ShouldHaveSingleItem().Score.ShouldBe(1);
    }

    [Fact]
    public async Task Stop_when_the_caller_gives_up()
    {
        using var caller = new CancellationTokenSource(50);
        var search = new HybridSearch([new StubKnowledgeBase("own") { Delay = TimeSpan.FromSeconds(5) }], TimeProvider.System);

        await Should.ThrowAsync<OperationCanceledException>(() =>
            search.SearchAsync(
                Query("x"),
                new SearchPlan { Weights = new Dictionary<string, double> { ["own"] = 1 }, Deadline = TimeSpan.FromSeconds(9) },
                caller.Token));
    }

    [Fact]
    public async Task Give_each_side_a_deadline_of_its_own()
    {
        var own = new StubKnowledgeBase("own") { Delay = TimeSpan.FromMilliseconds(150), Hits = [Hit("a", 1)] };
        var tavus = new StubKnowledgeBase("tavus") { Delay = TimeSpan.FromSeconds(5) };
        var plan = Plan(SearchStrategy.Parallel) with
        {
            Deadline = TimeSpan.FromSeconds(5),
            Deadlines = new Dictionary<string, TimeSpan> { ["tavus"] = TimeSpan.FromMilliseconds(20) },
        };

        var result = await new HybridSearch([own, tavus], TimeProvider.System).SearchAsync(Query("x"), plan, Ct);

        result.Trace.Steps.Select(step => step.Outcome).ShouldBe([SearchOutcome.Answered, SearchOutcome.TimedOut]);
        result.Trace.Steps[1].Reason.ShouldBe("no answer within 20 ms");
    }

    [Theory]
    [InlineData(SearchStrategy.Parallel)]
    [InlineData(SearchStrategy.Smart)]
    [InlineData(SearchStrategy.Fallback)]
    public async Task Pay_the_deadline_of_a_dead_side_once(SearchStrategy strategy)
    {
        var own = new StubKnowledgeBase("own") { Hits = [Hit("a", 1)] };
        var tavus = new StubKnowledgeBase("tavus") { IsRemote = true, Delay = TimeSpan.FromSeconds(60) };
        var search = new HybridSearch([own, tavus], TimeProvider.System);
        var query = Query("what does delivery cost");

        var first = await search.SearchAsync(query, Plan(strategy), Ct);
        var next = await search.SearchAsync(query, Plan(strategy), Ct);
        var another = await search.SearchAsync(Query("what does delivery cost"), Plan(strategy), Ct);

        Tavus(first).Outcome.ShouldBe(SearchOutcome.TimedOut);
        Tavus(next).Outcome.ShouldBe(SearchOutcome.Skipped);
        Tavus(next).Reason!.ShouldEndWith("s ago (no answer within 1000 ms)");
        next.Trace.Milliseconds.ShouldBeLessThan(Deadline.TotalMilliseconds);
        next.Hits.ShouldHaveSingleItem();
        // A wrong configuration of one tenant's account says nothing about another's.
        Tavus(another).Outcome.ShouldBe(SearchOutcome.TimedOut);
    }

    [Fact]
    public async Task Test_in_the_background_whether_a_side_is_back()
    {
        var clock = new TestClock();
        var own = new StubKnowledgeBase("own") { Hits = [Hit("a", 1)] };
        var tavus = new StubKnowledgeBase("tavus") { IsRemote = true, Fails = Down, Hits = [Hit("t", 1)] };
        var breakers = new CircuitBreakers(clock);
        var search = new HybridSearch([own, tavus], clock, breakers);
        var query = Query("x");
        await search.SearchAsync(query, Plan(SearchStrategy.Parallel), Ct);
        tavus.Fails = null;
        clock.Advance(TimeSpan.FromSeconds(6));

        var trying = await search.SearchAsync(query, Plan(SearchStrategy.Parallel), Ct);
        while (breakers.Count > 0) await Task.Delay(1, Ct);
        var after = await search.SearchAsync(query, Plan(SearchStrategy.Parallel), Ct);

        Tavus(trying).ShouldSatisfyAllConditions(
            step => step.Outcome.ShouldBe(SearchOutcome.Skipped),
            step => step.Reason!.ShouldStartWith("not asked, it failed "),
            step => step.Reason!.ShouldEndWith("being tried again"));
        Tavus(after).Outcome.ShouldBe(SearchOutcome.Answered);
        after.Hits.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Never_pause_the_own_knowledge()
    {
        var own = new StubKnowledgeBase("own") { Fails = Down, Hits = [Hit("a", 1)] };
        var search = new HybridSearch([own], TimeProvider.System);
        var query = Query("x");
        await Should.ThrowAsync<SearchUnavailableException>(() => search.SearchAsync(query, Plan(SearchStrategy.Parallel), Ct));
        own.Fails = null;

        (await search.SearchAsync(query, Plan(SearchStrategy.Parallel), Ct)).Hits.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Not_blame_a_side_when_the_caller_gives_up()
    {
        using var caller = new CancellationTokenSource(30);
        var tavus = new StubKnowledgeBase("tavus") { IsRemote = true, Delay = TimeSpan.FromSeconds(60) };
        var breakers = new CircuitBreakers(TimeProvider.System);
        var search = new HybridSearch([tavus], TimeProvider.System, breakers);

        await Should.ThrowAsync<OperationCanceledException>(() =>
            search.SearchAsync(Query("x"), Plan(SearchStrategy.Parallel) with { Deadline = TimeSpan.FromSeconds(30) }, caller.Token));

        breakers.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Report_who_cannot_answer_and_who_is_not_configured()
    {
        var own = new StubKnowledgeBase("own") { Hits = [Hit("a", 1)] };
        var tavus = new StubKnowledgeBase("tavus") { IsRemote = true, WhyNot = "not asked, it cannot filter" };
        var plan = Plan(SearchStrategy.Parallel) with
        {
            Weights = new Dictionary<string, double> { ["own"] = 1, ["tavus"] = 1, ["other"] = 1 },
        };

        var result = await new HybridSearch([own, tavus], TimeProvider.System).SearchAsync(Query("x"), plan, Ct);

        result.Trace.Steps.Skip(1).Select(step => (step.KnowledgeBase, step.Outcome, step.Reason)).ShouldBe(
            [
                ("tavus", SearchOutcome.Skipped, "not asked, it cannot filter"),
                ("other", SearchOutcome.Skipped, "not configured on this installation"),
            ]);
        tavus.Asked.ShouldBe(0);
        result.Hits[0].Score.ShouldBe(1);
    }

    [Fact]
    public async Task Pass_the_tenants_parameters_to_the_knowledge_bases()
    {
        var own = new StubKnowledgeBase("own") { Hits = [Hit("a", 1)] };
        var plan = Plan(SearchStrategy.Parallel) with { Parameters = new Dictionary<string, string> { ["tavus.replicaId"] = "r1" } };

        await new HybridSearch([own], TimeProvider.System).SearchAsync(Query("x"), plan, Ct);

        own.LastQuery!.Parameters["tavus.replicaId"].ShouldBe("r1");
    }

    [Fact]
    public async Task Replace_dropped_hits_and_count_them()
    {
        Hit[] hits =
        [
            .. Enumerable.Range(0, 3).Select(i => Hit($"copy{i}", 10, "Exactly the same words stand in each of these copies.")),
            .. Enumerable.Range(0, 4).Select(i => Hit($"other{i}", 5 - i)),
        ];
        var own = new StubKnowledgeBase("own") { Hits = hits };

        var result = await new HybridSearch([own], TimeProvider.System)
            .SearchAsync(Query("x") with { Limit = 3 }, Plan(SearchStrategy.Parallel), Ct);

        result.Hits.Select(hit => hit.ExternalId).ShouldBe(["copy0", "other0", "other1"]);
        result.Trace.Dropped.ShouldBe(new DroppedHits(Duplicates: 2, Contained: 0, BeyondLimit: 2));
        (own.LastQuery!.Limit + own.LastQuery.Spare).ShouldBeInRange(4, 100);
    }

    private static SearchStep Tavus(SearchResult result) => result.Trace.Steps.Single(step => step.KnowledgeBase == "tavus");

    private static SearchPlan Plan(SearchStrategy strategy, double tavusWeight = 0.5) => new()
    {
        Strategy = strategy,
        Deadline = Deadline,
        Weights = new Dictionary<string, double> { ["own"] = 1 - tavusWeight, ["tavus"] = tavusWeight },
    };

    private static Task<SearchResult> SearchAsync(
        SearchStrategy strategy,
        IKnowledgeBase[] bases,
        double tavusWeight = 0.5,
        string question = "question") =>
        new HybridSearch(bases, TimeProvider.System).SearchAsync(Query(question), Plan(strategy, tavusWeight), Ct);

    private static KnowledgeQuery Query(string text) => new() { TenantId = TenantId.New(), Text = text };
}
