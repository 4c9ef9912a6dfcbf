using Widget.Platform.Caching;

namespace Widget.Rag.Tests.Caching;

public sealed class CoalescingCacheShould
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly TestClock _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_a_value_once_and_again_after_it_expires()
    {
        var cache = new CoalescingCache<string, int>(_clock, 10);
        var made = 0;
        Task<(int Value, bool Shared)> GetAsync() => cache.GetAsync("a", _ => Task.FromResult(++made), _ => Minute, Ct);

        (await GetAsync()).ShouldBe((1, false));
        (await GetAsync()).ShouldBe((1, true));
        _clock.Advance(Minute);
        (await GetAsync()).ShouldBe((2, false));
        cache.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Share_one_run_between_concurrent_callers()
    {
        var cache = new CoalescingCache<string, int>(_clock, 10);
        var (made, gate) = (0, new TaskCompletionSource<int>());
        Task<int> MakeAsync(CancellationToken ct)
        {
            made++;
            return gate.Task.WaitAsync(ct);
        }

        var callers = Enumerable.Range(0, 50).Select(_ => cache.GetAsync("a", MakeAsync, _ => Minute, Ct)).ToArray();

        gate.SetResult(7);
        var results = await Task.WhenAll(callers);

        made.ShouldBe(1);
        results.Count(result => result == (7, true)).ShouldBe(49);
        results.Count(result => result == (7, false)).ShouldBe(1);
    }

    [Fact]
    public async Task Continue_while_a_caller_waits_and_stop_when_none_does()
    {
        var cache = new CoalescingCache<string, int>(_clock, 10);
        var stopped = new TaskCompletionSource();
        async Task<int> Endless(CancellationToken ct)
        {
            try
            {
                await Task.Delay(Timeout.Infinite, ct);
            }
            finally
            {
                stopped.SetResult();
            }

            return 0;
        }

        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var (a, b) = (cache.GetAsync("a", Endless, _ => Minute, first.Token), cache.GetAsync("a", Endless, _ => Minute, second.Token));

        await first.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => a);
        stopped.Task.IsCompleted.ShouldBeFalse();
        await second.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => b);

        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        (await cache.GetAsync("a", _ => Task.FromResult(5), _ => Minute, Ct)).ShouldBe((5, false));
    }

    [Fact]
    public async Task Not_keep_failures_and_values_without_a_lifetime()
    {
        var cache = new CoalescingCache<string, int>(_clock, 10);

        await Should.ThrowAsync<InvalidOperationException>(
            () => cache.GetAsync("a", _ => throw new InvalidOperationException("no"), _ => Minute, Ct));
        (await cache.GetAsync("a", _ => Task.FromResult(1), _ => TimeSpan.Zero, Ct)).ShouldBe((1, false));
        (await cache.GetAsync("a", _ => Task.FromResult(2), _ => Minute, Ct)).ShouldBe((2, false));
    }

    [Fact]
    public async Task Evict_the_least_recently_used_entry()
    {
        var cache = new CoalescingCache<int, int>(_clock, capacity: 30, size => size);
        async Task<bool> KeptAsync(int key) => (await cache.GetAsync(key, _ => Task.FromResult(10), _ => Minute, Ct)).Shared;
        await KeptAsync(1);
        await KeptAsync(2);
        await KeptAsync(3);

        (await KeptAsync(1)).ShouldBeTrue();
        (await KeptAsync(4)).ShouldBeFalse();

        cache.Count.ShouldBe(3);
        (await KeptAsync(1)).ShouldBeTrue();
        (await KeptAsync(2)).ShouldBeFalse();
        (await cache.GetAsync(9, _ => Task.FromResult(31), _ => Minute, Ct)).Shared.ShouldBeFalse();
        cache.Count.ShouldBe(3);
    }
}
