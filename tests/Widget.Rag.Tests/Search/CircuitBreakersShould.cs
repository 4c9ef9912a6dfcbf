using Widget.Platform.Tenancy;
using Widget.Rag.Search;

namespace Widget.Rag.Tests.Search;

public sealed class CircuitBreakersShould
{
    private readonly TestClock _clock = new();
    private readonly TenantId _tenant = TenantId.New();

    [Fact]
    public void Open_at_the_first_failure_for_that_tenant_and_service_alone()
    {
        var breakers = new CircuitBreakers(_clock);

        breakers.RecordFailure(_tenant, "tavus", KnowledgeFault.Unavailable, "down");

        breakers.Admit(_tenant, "tavus").ShouldSatisfyAllConditions(
            admission => admission.IsAllowed.ShouldBeFalse(),
            admission => admission.IsTrial.ShouldBeFalse(),
            admission => admission.Reason.ShouldBe("not asked, it failed 0 s ago (down)"));
        breakers.Admit(_tenant, "own").IsAllowed.ShouldBeTrue();
        breakers.Admit(TenantId.New(), "tavus").IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public void Let_one_caller_try_after_a_pause_and_close_when_that_works()
    {
        var breakers = new CircuitBreakers(_clock);
        breakers.RecordFailure(_tenant, "tavus", KnowledgeFault.Unavailable, "down");
        _clock.Advance(TimeSpan.FromSeconds(5.1));

        breakers.Admit(_tenant, "tavus").IsTrial.ShouldBeTrue();
        breakers.Admit(_tenant, "tavus").IsTrial.ShouldBeFalse();
        breakers.RecordSuccess(_tenant, "tavus");

        breakers.Admit(_tenant, "tavus").IsAllowed.ShouldBeTrue();
        breakers.Count.ShouldBe(0);
    }

    [Fact]
    public void Let_another_try_when_the_first_never_reported_back()
    {
        var breakers = new CircuitBreakers(_clock);
        breakers.RecordFailure(_tenant, "tavus", KnowledgeFault.Unavailable, "down");
        _clock.Advance(TimeSpan.FromSeconds(5.1));
        breakers.Admit(_tenant, "tavus").IsTrial.ShouldBeTrue();

        _clock.Advance(TimeSpan.FromSeconds(5.1));

        breakers.Admit(_tenant, "tavus").IsTrial.ShouldBeTrue();
    }

    [Theory]
    [InlineData(KnowledgeFault.Unavailable, 1, null, 5)]
    [InlineData(KnowledgeFault.Unavailable, 3, null, 20)]
    [InlineData(KnowledgeFault.Throttled, 1, 90, 90)]
    [InlineData(KnowledgeFault.Throttled, 1, 86_400, 600)]
    [InlineData(KnowledgeFault.Configuration, 1, null, 60)]
    [InlineData(KnowledgeFault.Configuration, 99, null, 600)]
    public void Pause_longer_for_permanent_faults(KnowledgeFault fault, int failures, int? retryAfter, int seconds) =>
        CircuitBreakers.PauseAfter(fault, failures, retryAfter is { } asked ? TimeSpan.FromSeconds(asked) : null)
            .ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Count_concurrent_failures_once()
    {
        var breakers = new CircuitBreakers(_clock);
        for (var i = 0; i < 10; i++) breakers.RecordFailure(_tenant, "tavus", KnowledgeFault.Unavailable, "down");
        _clock.Advance(TimeSpan.FromSeconds(5.1));

        breakers.Admit(_tenant, "tavus").IsTrial.ShouldBeTrue();
        breakers.RecordFailure(_tenant, "tavus", KnowledgeFault.Unavailable, "still down");
        _clock.Advance(TimeSpan.FromSeconds(5.1));

        breakers.Admit(_tenant, "tavus").IsTrial.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(5));
        breakers.Admit(_tenant, "tavus").IsTrial.ShouldBeTrue();
    }

    [Fact]
    public void Forget_the_oldest_failure_beyond_the_capacity()
    {
        var breakers = new CircuitBreakers(_clock, capacity: 3);
        TenantId[] tenants = [.. Enumerable.Range(0, 4).Select(_ => TenantId.New())];

        foreach (var tenant in tenants) breakers.RecordFailure(tenant, "tavus", KnowledgeFault.Unavailable, "down");

        breakers.Count.ShouldBe(3);
        tenants.Select(tenant => breakers.Admit(tenant, "tavus").IsAllowed).ShouldBe([true, false, false, false]);
    }
}
