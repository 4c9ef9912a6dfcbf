using Widget.Api.Outbound;
using Widget.Api.Tests.Tavus;

namespace Widget.Api.Tests;

/// <summary>When an outside service is left alone, and when it is tried again.</summary>
public sealed class AccountBreakersShould
{
    private readonly StandingClock _clock = new();

    [Fact]
    public void Let_one_caller_try_after_each_pause_and_double_the_pause_up_to_the_longest()
    {
        var breakers = Breakers();
        Break(breakers, "account");
        var pauses = new List<double>();
        for (var round = 0; round < 5; round++)
        {
            var pause = breakers.Refusal("account")!.Value;
            pauses.Add(pause.TotalSeconds);
            _clock.Pass(pause);
            breakers.Refusal("account").ShouldBeNull("its time has come");
            breakers.Refusal("account").ShouldNotBeNull("one caller is enough");
            breakers.Failed("account");
        }

        pauses.ShouldBe([2, 4, 8, 15, 15]);
    }

    [Fact]
    public void Close_when_it_has_worked_and_count_anew()
    {
        var breakers = Breakers();
        Break(breakers, "account");
        breakers.Worked("account");

        breakers.Failed("account");

        breakers.Refusal("account").ShouldBeNull();
    }

    [Fact]
    public void Count_failures_that_were_under_way_together_as_one()
    {
        var breakers = Breakers();
        for (var failure = 0; failure < 100; failure++) breakers.Failed("account");
        breakers.Refusal("account")!.Value.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Remember_no_more_accounts_than_it_may()
    {
        var breakers = Breakers(capacity: 2);
        foreach (var account in new[] { "one", "two", "three" })
            for (var failure = 0; failure < AccountBreakers.Failures; failure++) breakers.Failed(account);
        new[] { "one", "two", "three" }.Count(account => breakers.Refusal(account) is not null).ShouldBe(2);
    }

    private AccountBreakers Breakers(int capacity = 10_000) => new(_clock, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15), capacity);

    private static void Break(AccountBreakers breakers, string account)
    {
        for (var failure = 0; failure < AccountBreakers.Failures; failure++) breakers.Failed(account);
    }
}
