using Widget.Platform.Outbound;

namespace Widget.Rag.Tests.Outbound;

/// <summary>When a service is not called, and when it is tried again.</summary>
public sealed class CircuitBreakerShould
{
    private readonly StandingClock _clock = new();

    [Fact]
    public void Let_one_caller_try_after_each_pause_and_double_the_pause_up_to_the_longest()
    {
        var breaker = Breaker();
        Open(breaker, "account");
        var pauses = new List<double>();
        for (var round = 0; round < 5; round++)
        {
            var status = breaker.Check("account");
            status.State.ShouldBe(CircuitState.Open);
            pauses.Add(status.Wait.TotalSeconds);
            _clock.Advance(status.Wait);
            breaker.Check("account").State.ShouldBe(CircuitState.HalfOpen, "the pause is over");
            breaker.Check("account").State.ShouldBe(CircuitState.Open, "one caller is enough");
            breaker.RecordFailure("account");
        }

        pauses.ShouldBe([2, 4, 8, 15, 15]);
    }

    [Fact]
    public void Close_after_a_success_and_count_from_zero()
    {
        var breaker = Breaker();
        Open(breaker, "account");
        breaker.RecordSuccess("account");

        breaker.RecordFailure("account");

        breaker.Check("account").State.ShouldBe(CircuitState.Closed);
        breaker.OpenCount.ShouldBe(0);
    }

    [Fact]
    public void Count_calls_that_fail_together_as_one_failure()
    {
        var breaker = Breaker();
        for (var failure = 0; failure < 100; failure++) breaker.RecordFailure("account");
        breaker.Check("account").Wait.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Remember_no_more_accounts_than_its_capacity()
    {
        var breaker = Breaker(capacity: 2);
        string[] accounts = ["one", "two", "three"];
        foreach (var account in accounts) Open(breaker, account);

        accounts.Select(account => breaker.Check(account).State).ShouldBe([CircuitState.Closed, CircuitState.Open, CircuitState.Open]);
        breaker.OpenCount.ShouldBe(2);
    }

    [Fact]
    public void Keep_the_pause_that_the_service_asks_for_up_to_the_longest()
    {
        var breaker = Breaker();
        Open(breaker, "patient");
        breaker.RecordFailure("patient", "busy", retryAfter: TimeSpan.FromSeconds(9));
        breaker.RecordFailure("patient");
        breaker.Check("patient").Wait.ShouldBe(TimeSpan.FromSeconds(9), "a failure without Retry-After does not shorten the pause");

        breaker.RecordFailure("patient", "busy", retryAfter: TimeSpan.FromHours(1));
        breaker.Check("patient").Wait.ShouldBe(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void Show_every_registered_service_in_the_registry()
    {
        var settings = Settings(capacity: 10);
        var registry = new CircuitBreakerRegistry(_clock, [settings], [new BreakerReading("model", () => 1)]);
        registry.ReadOpen().ShouldBe([("service", 0), ("model", 1)]);

        Open(registry.Get(settings), "account");

        registry.ReadOpen().ShouldBe([("service", 1), ("model", 1)]);
    }

    private static BreakerSettings Settings(int capacity) => new("service")
    {
        FirstPause = TimeSpan.FromSeconds(2),
        MaxPause = TimeSpan.FromSeconds(15),
        Capacity = capacity,
    };

    private static void Open(CircuitBreaker breaker, string account)
    {
        for (var failure = 0; failure < Settings(1).FailureThreshold; failure++) breaker.RecordFailure(account);
    }

    private CircuitBreaker Breaker(int capacity = 10_000) => new(Settings(capacity), _clock);

    /// <summary>Stands still until a test advances it.</summary>
    private sealed class StandingClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
