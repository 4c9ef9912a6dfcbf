using System.Diagnostics;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;

using static Widget.Rag.Tests.Search.StubKnowledgeBase;

namespace Widget.Rag.Tests.Search;

public sealed class SearchTurnsShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Not_count_the_wait_against_the_deadline()
    {
        var own = new StubKnowledgeBase("own") { Delay = TimeSpan.FromMilliseconds(100), Hits = [Hit("a", 1)] };
        using var turns = new SearchTurns(1);
        var search = new HybridSearch([own], TimeProvider.System, turns: turns);
        var plan = new SearchPlan
        {
            Strategy = SearchStrategy.Parallel,
            Weights = new Dictionary<string, double>(StringComparer.Ordinal) { ["own"] = 1 },
            Deadline = TimeSpan.FromSeconds(1),
        };
        var start = Stopwatch.GetTimestamp();

        // Together they take longer than the deadline of each.
        var results = await Task.WhenAll(Enumerable.Range(0, 15).Select(number =>
            search.SearchAsync(new KnowledgeQuery { TenantId = TenantId.New(), Text = $"question {number}" }, plan, Ct)));

        Stopwatch.GetElapsedTime(start).ShouldBeGreaterThan(TimeSpan.FromSeconds(1.4));
        results.ShouldAllBe(result => result.Trace.Steps[0].Outcome == SearchOutcome.Answered);
    }

    [Fact]
    public async Task Limit_concurrent_searches()
    {
        using var turns = new SearchTurns(2);
        var first = await turns.TakeAsync(Ct);
        using var second = await turns.TakeAsync(Ct);
        var third = turns.TakeAsync(Ct);

        (third.IsCompleted, turns.Waiting).ShouldBe((false, 1));
        first.Dispose();
        // Disposing twice must not free a second place.
        first.Dispose();
        using var taken = await third;
        var fourth = turns.TakeAsync(Ct);

        (fourth.IsCompleted, turns.Waiting).ShouldBe((false, 1));
        taken.Dispose();
        (await fourth).Dispose();
    }

    [Fact]
    public async Task Not_be_held_by_a_cancelled_search()
    {
        using var turns = new SearchTurns(1);
        var first = await turns.TakeAsync(Ct);
        using var impatient = new CancellationTokenSource();
        var second = turns.TakeAsync(impatient.Token);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second);

        first.Dispose();

        (await turns.TakeAsync(Ct)).Dispose();
        turns.Waiting.ShouldBe(0);
    }
}
