using Widget.Api.Search;
using Widget.Contracts;

namespace Widget.Api.Tests;

/// <summary>The time limits of the knowledge bases.</summary>
public sealed class SearchPlansShould
{
    [Fact]
    public void Wait_longer_for_our_own_when_it_is_the_only_one()
    {
        var (alone, together) = (SearchPlans.For(new TenantSettings()), SearchPlans.For(new TenantSettings { UseTavusKB = true }));

        together.DeadlineOf("tavus").ShouldBeLessThan(together.DeadlineOf("own"));
        together.DeadlineOf("own").ShouldBeLessThan(alone.DeadlineOf("own"));
    }

    [Theory]
    [InlineData(SearchStrategyName.Parallel)]
    [InlineData(SearchStrategyName.Smart)]
    [InlineData(SearchStrategyName.Fallback)]
    public void Not_ask_tavus_at_all_when_its_weight_is_zero(SearchStrategyName strategy)
    {
        var plan = SearchPlans.For(new TenantSettings { UseTavusKB = true, TavusKBWeight = 0 }, strategy);

        plan.Weights.Keys.ShouldBe(["own"]);
        plan.Excluded["tavus"].ShouldContain("weight is 0");
        plan.DeadlineOf("own").ShouldBe(SearchPlans.For(new TenantSettings()).DeadlineOf("own"));
    }
}
