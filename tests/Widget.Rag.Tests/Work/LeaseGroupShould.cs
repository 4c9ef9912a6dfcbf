using Widget.Platform.Work;

namespace Widget.Rag.Tests.Work;

/// <summary>The leases that a node renews together.</summary>
public sealed class LeaseGroupShould : IDisposable
{
    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(6), Renewal: TimeSpan.FromSeconds(2));

    private readonly SteppedClock _clock = new();
    private readonly List<string> _ended = [];
    private readonly List<Exception> _reported = [];
    private readonly SemaphoreSlim _renewed = new(0);
    private readonly LeaseGroup<int, string> _group;

    public LeaseGroupShould() => _group = new LeaseGroup<int, string>(Times, _clock);

    public void Dispose() => _renewed.Dispose();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Hold_the_same_work_once()
    {
        _group.TryAdd(1, "a").ShouldBeTrue();
        _group.TryAdd(1, "again").ShouldBeFalse();
        _group.Find(1).ShouldBe("a");
    }

    [Fact]
    public async Task Cancel_only_the_work_that_another_node_holds()
    {
        _group.TryAdd(1, "ours");
        _group.TryAdd(2, "lost");

        await RenewAsync(times: 1, _ => new HashSet<int> { 1 }, expires: true);

        _ended.ShouldBe(["lost"]);
        _reported.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keep_work_that_was_given_up_while_the_renewal_ran()
    {
        _group.TryAdd(1, "given up");

        await RenewAsync(times: 1, _ =>
        {
            _group.Remove(1);
            return new HashSet<int>();
        }, expires: true);

        _ended.ShouldBeEmpty();
    }

    [Fact]
    public async Task Cancel_the_work_when_its_lease_expires_because_renewal_fails()
    {
        _group.TryAdd(1, "a");

        await RenewAsync(times: 2, _ => throw new TimeoutException(), expires: true);
        _ended.ShouldBeEmpty();
        await RenewAsync(times: 3, _ => throw new TimeoutException(), expires: true);

        _ended.Distinct().ShouldBe(["a"]);
        _reported.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Keep_the_work_of_an_expired_lease_if_it_may_go_on()
    {
        _group.TryAdd(1, "a");

        await RenewAsync(times: 5, _ => throw new TimeoutException(), expires: false);

        _ended.ShouldBeEmpty();
        _reported.Count.ShouldBe(5);
    }

    // Renews so many times, and then stops.
    private async Task RenewAsync(int times, Func<IReadOnlyCollection<int>, IReadOnlySet<int>> renew, bool expires)
    {
        using var stop = new CancellationTokenSource();
        var keeping = _group.KeepAsync(
            (keys, _) =>
            {
                _renewed.Release();
                return Task.FromResult(renew(keys));
            },
            End,
            expires ? End : null,
            _reported.Add,
            stop.Token);
        for (var i = 0; i < times; i++)
        {
            _clock.Advance(Times.Renewal);
            (await _renewed.WaitAsync(TimeSpan.FromSeconds(60), Ct)).ShouldBeTrue();
        }

        await stop.CancelAsync();
        await keeping;
    }

    private Task End(string work)
    {
        _ended.Add(work);
        return Task.CompletedTask;
    }
}
