using Widget.Platform.Work;

namespace Widget.Rag.Tests.Work;

/// <summary>How a worker keeps its lease while it works.</summary>
public sealed class LeaseRenewalShould
{
    private static readonly LeaseTimes Times = new(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100));

    private readonly List<Exception> _reported = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Continue_after_any_fault_while_the_lease_is_valid()
    {
        using var held = new CancellationTokenSource();
        var tries = 0;
        var enough = new TaskCompletionSource();

        var keeping = KeepAsync(held, _ =>
        {
            tries++;
            if (tries == 6) enough.TrySetResult();
            return tries switch
            {
                1 => throw new TimeoutException("The database is unavailable."),
                2 => throw new InvalidOperationException("Unexpected."),
                _ => Task.FromResult(true),
            };
        });
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);

        held.IsCancellationRequested.ShouldBeFalse();
        _reported.Select(fault => fault.GetType()).ShouldBe([typeof(TimeoutException), typeof(InvalidOperationException)]);
        await held.CancelAsync();
        await keeping;
    }

    [Fact]
    public async Task Stop_the_work_before_another_worker_can_take_it()
    {
        using var held = new CancellationTokenSource();
        var began = TimeProvider.System.GetTimestamp();

        await KeepAsync(held, _ => throw new TimeoutException());

        held.IsCancellationRequested.ShouldBeTrue();
        TimeProvider.System.GetElapsedTime(began).ShouldBeGreaterThan(Times.Length - (Times.Renewal * 4));
    }

    [Fact]
    public async Task Stop_the_work_when_the_database_does_not_answer_at_all()
    {
        using var held = new CancellationTokenSource();

        await KeepAsync(held, async ct =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return true;
        }).WaitAsync(TimeSpan.FromSeconds(60), Ct);

        held.IsCancellationRequested.ShouldBeTrue();
        _reported.ShouldHaveSingleItem().ShouldBeOfType<TimeoutException>();
    }

    [Fact]
    public async Task Stop_the_work_at_once_when_another_worker_has_it()
    {
        using var held = new CancellationTokenSource();

        await KeepAsync(held, _ => Task.FromResult(false));

        held.IsCancellationRequested.ShouldBeTrue();
        _reported.ShouldBeEmpty();
    }

    private Task KeepAsync(CancellationTokenSource held, Func<CancellationToken, Task<bool>> renew) =>
        LeaseRenewal.KeepAsync(Times, TimeProvider.System, held, renew, _reported.Add);
}
