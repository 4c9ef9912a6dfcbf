using Widget.Api.Search;
using Widget.Contracts;

namespace Widget.Api.Tests;

/// <summary>How long a visitor waits for which knowledge base.</summary>
public sealed class SearchPlansShould
{
    [Fact]
    public void Wait_longer_for_our_own_where_nobody_else_could_answer()
    {
        var (alone, together) = (SearchPlans.For(new TenantSettings()), SearchPlans.For(new TenantSettings { UseTavusKB = true }));

        together.DeadlineOf("tavus").ShouldBeLessThan(together.DeadlineOf("own"));
        together.DeadlineOf("own").ShouldBeLessThan(alone.DeadlineOf("own"));
    }
}
