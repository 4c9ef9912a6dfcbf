using Widget.Rag.Classification;

namespace Widget.Testing;

/// <summary>
/// Fits a logistic regression with a Gaussian prior on its weights, by coordinate descent on the dual problem (Yu, Huang &amp; Lin 2011,
/// "Dual coordinate descent methods for logistic regression and maximum entropy models", algorithm 5). The same examples always give the
/// same weights: nothing is random, and the examples are visited in a fixed order.
/// </summary>
internal static class LogisticRegression
{
    public const int MaxPasses = 500;
    private const int MaxNewtonSteps = 100;

    // The descent stops when no example's gradient is larger.
    private const double Tolerance = 1e-3;

    // Neighbouring examples are alike, and the descent is slow if it visits one after the other. A large prime distributes the visits.
    private const long Stride = 1_000_003;

    /// <param name="examples">The features of each example.</param>
    /// <param name="labels">The class of each example.</param>
    /// <param name="count">Number of features.</param>
    /// <param name="strength">Variance of the prior: how far the weights may follow the examples.</param>
    /// <param name="maxPasses">Number of visits to each example after which the descent stops, however close it is.</param>
    /// <returns>The weights, and the bias last.</returns>
    public static double[] Fit(
        IReadOnlyList<Feature[]> examples,
        IReadOnlyList<bool> labels,
        int count,
        double strength,
        int maxPasses = MaxPasses)
    {
        var weights = new double[count + 1];
        var squares = new double[examples.Count];
        var duals = new (double Own, double Other)[examples.Count];
        var start = Math.Min(1e-3 * strength, 1e-8);
        for (var i = 0; i < examples.Count; i++)
        {
            // The bias is a feature of value 1.
            squares[i] = 1 + examples[i].Sum(feature => (double)feature.Value * feature.Value);
            duals[i] = (start, strength - start);
            Add(examples[i], Sign(labels[i]) * start, weights);
        }

        for (var pass = 0; pass < maxPasses; pass++)
        {
            var largest = 0.0;
            for (var visit = 0; visit < examples.Count; visit++)
            {
                var i = (int)(visit * Stride % examples.Count);
                var (dual, change, gradient) = Optimize(duals[i], squares[i], Sign(labels[i]) * Dot(examples[i], weights), strength);
                largest = Math.Max(largest, gradient);
                duals[i] = dual;
                if (change != 0) Add(examples[i], Sign(labels[i]) * change, weights);
            }

            if (largest < Tolerance) break;
        }

        return weights;
    }

    /// <summary>
    /// Minimises the dual problem in one example's variable, by Newton's method. The variable and the other one add up to the strength. The
    /// smaller of the two is followed, because the rounding errors of the larger one would hide it.
    /// </summary>
    private static ((double Own, double Other) Dual, double Change, double Gradient) Optimize(
        (double Own, double Other) dual,
        double square,
        double margin,
        double strength)
    {
        var swapped = (0.5 * square * (dual.Other - dual.Own)) + margin < 0;
        var (old, slope) = swapped ? (dual.Other, -margin) : (dual.Own, margin);
        var value = strength - old < 0.5 * strength ? 0.1 * old : old;
        var gradient = Gradient(value);
        var first = Math.Abs(gradient);
        for (var step = 0; step < MaxNewtonSteps && Math.Abs(gradient) >= 0.1 * Tolerance; step++)
        {
            var next = value - (gradient / (square + (strength / (strength - value) / value)));
            value = next <= 0 ? 0.1 * value : next;
            gradient = Gradient(value);
        }

        return swapped
            ? ((strength - value, value), old - value, first)
            : ((value, strength - value), value - old, first);

        double Gradient(double at) => (square * (at - old)) + slope + Math.Log(at / (strength - at));
    }

    private static int Sign(bool label) => label ? 1 : -1;

    private static double Dot(Feature[] example, double[] weights)
    {
        var sum = weights[^1];
        foreach (var (index, value) in example) sum += value * weights[index];
        return sum;
    }

    private static void Add(Feature[] example, double times, double[] target)
    {
        foreach (var (index, value) in example) target[index] += times * value;
        target[^1] += times;
    }
}
