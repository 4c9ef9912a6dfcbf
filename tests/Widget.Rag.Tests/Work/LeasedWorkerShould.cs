using System.Threading.Channels;
using Widget.Platform.Work;

namespace Widget.Rag.Tests.Work;

/// <summary>A worker that claims work under a lease.</summary>
public sealed class LeasedWorkerShould
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(15);
    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(30), Renewal: TimeSpan.FromSeconds(10));

    private readonly SteppedClock _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Do_one_piece_of_work_after_another_without_waiting()
    {
        using var worker = new Worker(_clock, claims: ["a", "b", null]);
        await worker.StartAsync(Ct);

        await worker.SeesAsync("claim", "run a", "end a", "claim", "run b", "end b", "claim");

        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Look_again_after_the_poll_interval()
    {
        using var worker = new Worker(_clock, claims: [null, "a"]);
        await worker.StartAsync(Ct);
        await worker.SeesAsync("claim");

        await _clock.UntilWaitingAsync(Poll, Ct);
        _clock.Advance(Poll);

        await worker.SeesAsync("claim", "run a");
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Look_at_once_when_it_is_woken()
    {
        using var signal = new WakeUpSignal<Worker>();
        using var worker = new Worker(_clock, claims: [null, "a"], signal);
        await worker.StartAsync(Ct);
        await worker.SeesAsync("claim");

        signal.Raise();

        await worker.SeesAsync("claim", "run a");
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Leave_work_whose_lease_another_worker_holds()
    {
        using var worker = new Worker(_clock, claims: ["a"]) { Run = ct => Task.Delay(Timeout.InfiniteTimeSpan, ct), Renew = () => false };
        await worker.StartAsync(Ct);
        await worker.SeesAsync("claim", "run a");

        await _clock.UntilWaitingAsync(Times.Renewal, Ct);
        _clock.Advance(Times.Renewal);

        await worker.SeesAsync("renew a", "lost a", "end a", "claim");
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Leave_work_that_finds_out_by_itself_that_the_lease_is_lost()
    {
        using var worker = new Worker(_clock, claims: ["a"]) { Run = _ => throw new LeaseLostException() };
        await worker.StartAsync(Ct);

        await worker.SeesAsync("claim", "run a", "lost a", "end a", "claim");

        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Continue_while_renewal_fails_and_the_lease_lasts()
    {
        var renewals = 0;
        using var worker = new Worker(_clock, claims: ["a"])
        {
            Run = ct => Task.Delay(Timeout.InfiniteTimeSpan, ct),
            Renew = () => ++renewals > 1 ? true : throw new TimeoutException(),
        };
        await worker.StartAsync(Ct);
        await worker.SeesAsync("claim", "run a");

        await _clock.UntilWaitingAsync(Times.Renewal, Ct);
        _clock.Advance(Times.Renewal);
        await worker.SeesAsync("renew a", "database away");
        await _clock.UntilWaitingAsync(Times.Renewal, Ct);
        _clock.Advance(Times.Renewal);

        await worker.SeesAsync("renew a");
        await worker.StopAsync(Ct);
        await worker.SeesAsync("stopped a", "end a");
    }

    [Fact]
    public async Task Pause_longer_and_longer_while_the_database_is_away()
    {
        using var worker = new Worker(_clock, claims: []) { Claim = () => throw new TimeoutException() };
        await worker.StartAsync(Ct);
        await worker.SeesAsync("claim", "database away");

        foreach (var pause in new[] { Poll, Poll * 2, Poll * 4, MaxPause })
        {
            // A pause varies by a fifth.
            (await _clock.AdvanceToTimerAsync(Ct)).ShouldBeInRange(pause * 0.79, pause * 1.21);
            await worker.SeesAsync("claim", "database away");
        }

        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Go_on_after_an_exception_that_the_work_does_not_handle()
    {
        using var worker = new Worker(_clock, claims: ["a", "b"]) { Run = _ => throw new InvalidOperationException() };
        await worker.StartAsync(Ct);
        await worker.SeesAsync("claim", "run a", "failed a", "end a", "trouble");

        await _clock.UntilWaitingAsync(Poll * 1.2, Ct);
        _clock.Advance(Poll * 1.2);

        await worker.SeesAsync("claim", "run b");
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Take_the_next_work_at_once_after_an_exception_that_is_handled()
    {
        using var worker = new Worker(_clock, claims: ["a", "b"]) { Run = _ => throw new InvalidOperationException(), Handles = true };
        await worker.StartAsync(Ct);

        await worker.SeesAsync("claim", "run a", "failed a", "end a", "claim", "run b");

        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Give_up_its_work_when_the_node_stops()
    {
        using var worker = new Worker(_clock, claims: ["a"]) { Run = ct => Task.Delay(Timeout.InfiniteTimeSpan, ct) };
        await worker.StartAsync(Ct);
        await worker.SeesAsync("claim", "run a");

        await worker.StopAsync(Ct);

        await worker.SeesAsync("stopped a", "end a");
        worker.HasNews.ShouldBeFalse();
    }

    [Fact]
    public async Task Do_several_pieces_of_work_at_a_time()
    {
        using var worker = new Worker(_clock, claims: ["a", "b"], workers: 2) { Run = ct => Task.Delay(Timeout.InfiniteTimeSpan, ct) };
        await worker.StartAsync(Ct);

        await worker.SeesAsync("claim", "run a", "claim", "run b");

        await worker.StopAsync(Ct);
    }

    // Writes down what the base class calls.
    private sealed class Worker(TimeProvider clock, IReadOnlyList<string?> claims, WakeUpSignal? signal = null, int workers = 1)
        : LeasedWorker<string>(new WorkerPace(Poll, MaxPause), clock, signal)
    {
        private readonly Channel<string> _seen = Channel.CreateUnbounded<string>();
        private int _claims;

        public Func<string?>? Claim { get; init; }

        public Func<CancellationToken, Task> Run { get; init; } = _ => Task.CompletedTask;

        public Func<bool> Renew { get; init; } = () => true;

        public bool Handles { get; init; }

        public bool HasNews => _seen.Reader.Count > 0;

        protected override int Workers => workers;

        protected override LeaseTimes? Lease => Times;

        public async Task SeesAsync(params string[] expected)
        {
            foreach (var step in expected)
            {
                using var late = CancellationTokenSource.CreateLinkedTokenSource(Ct);
                late.CancelAfter(TimeSpan.FromSeconds(10));
                (await _seen.Reader.ReadAsync(late.Token)).ShouldBe(step);
            }
        }

        protected override Task<string?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
        {
            See("claim");
            var claim = Interlocked.Increment(ref _claims) - 1;
            return Task.FromResult(Claim is null ? claims.ElementAtOrDefault(claim) : Claim());
        }

        protected override Task RunAsync(string lease, CancellationToken ct)
        {
            See($"run {lease}");
            return Run(ct);
        }

        protected override Task<bool> RenewAsync(string lease, CancellationToken ct)
        {
            See($"renew {lease}");
            return Task.FromResult(Renew());
        }

        protected override Task OnCancelledAsync(string lease, bool isStopping)
        {
            See(isStopping ? $"stopped {lease}" : $"lost {lease}");
            return Task.CompletedTask;
        }

        protected override Task<bool> TryHandleAsync(string lease, Exception exception)
        {
            See($"failed {lease}");
            return Task.FromResult(Handles);
        }

        protected override Task OnEndedAsync(string lease)
        {
            See($"end {lease}");
            return Task.CompletedTask;
        }

        protected override void LogDatabaseUnavailable(Exception exception) => See("database away");

        protected override void LogFailure(Exception exception) => See("trouble");

        private void See(string step) => _seen.Writer.TryWrite(step).ShouldBeTrue();
    }
}
