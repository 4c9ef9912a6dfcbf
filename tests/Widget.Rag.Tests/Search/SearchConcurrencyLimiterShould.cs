using System.Diagnostics;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;

using static Widget.Rag.Tests.Search.StubKnowledgeBase;

namespace Widget.Rag.Tests.Search;

public sealed class SearchConcurrencyLimiterShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Not_count_the_wait_against_the_deadline()
    {
        var own = new StubKnowledgeBase("own") { Delay = TimeSpan.FromMilliseconds(100), Hits = [Hit("a", 1)] };
        using var limiter = new SearchConcurrencyLimiter(1);
        var search = new HybridSearch([own], TimeProvider.System, limiter: limiter);
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
        using var limiter = new SearchConcurrencyLimiter(2);
        var first = await limiter.AcquireAsync(Ct);
        using var second = await limiter.AcquireAsync(Ct);
        var third = limiter.AcquireAsync(Ct);

        (third.IsCompleted, limiter.QueueLength).ShouldBe((false, 1));
        first.Dispose();
        // Disposing twice must not free a second place.
        first.Dispose();
        using var taken = await third;
        var fourth = limiter.AcquireAsync(Ct);

        (fourth.IsCompleted, limiter.QueueLength).ShouldBe((false, 1));
        taken.Dispose();
        (await fourth).Dispose();
    }

    [Fact]
    public async Task Not_be_held_by_a_cancelled_search()
    {
        using var limiter = new SearchConcurrencyLimiter(1);
        var first = await limiter.AcquireAsync(Ct);
        using var impatient = new CancellationTokenSource();
        var second = limiter.AcquireAsync(impatient.Token);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second);

        first.Dispose();

        (await limiter.AcquireAsync(Ct)).Dispose();
        limiter.QueueLength.ShouldBe(0);
    }
}
