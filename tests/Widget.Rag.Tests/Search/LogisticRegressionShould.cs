using Widget.Rag.Classification;
using Widget.Testing;

namespace Widget.Rag.Tests.Search;

/// <summary>The regression that fits the router's weights.</summary>
public sealed class LogisticRegressionShould
{
    [Fact]
    public void Find_the_weights_where_the_gradient_is_zero()
    {
        // Two examples, x = 1 is true and x = -1 is false. The bias is 0 by symmetry, and w solves 2 / (1 + e^w) = w / strength.
        const double Strength = 2;
        var weights = LogisticRegression.Fit([[new Feature(0, 1)], [new Feature(0, -1)]], [true, false], count: 1, Strength);

        weights.Length.ShouldBe(2);
        (2 / (1 + Math.Exp(weights[0]))).ShouldBe(weights[0] / Strength, tolerance: 1e-2);
        weights[1].ShouldBe(0, tolerance: 1e-3);
    }

    [Fact]
    public void Follow_the_examples_further_with_a_weaker_prior()
    {
        Feature[][] examples = [[new Feature(0, 1)], [new Feature(1, 1)]];

        var close = LogisticRegression.Fit(examples, [true, false], count: 2, strength: 0.1);
        var far = LogisticRegression.Fit(examples, [true, false], count: 2, strength: 10);

        far[0].ShouldBeGreaterThan(close[0]);
        far[1].ShouldBeLessThan(close[1]);
        close[0].ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Give_the_same_weights_each_time()
    {
        Feature[][] examples =
            [[new Feature(0, 0.3f), new Feature(2, 1)], [new Feature(1, 0.7f)], [new Feature(0, 1), new Feature(1, 0.2f)]];

        var first = LogisticRegression.Fit(examples, [true, false, true], count: 3, strength: 5);

        LogisticRegression.Fit(examples, [true, false, true], count: 3, strength: 5).ShouldBe(first);
    }
}
