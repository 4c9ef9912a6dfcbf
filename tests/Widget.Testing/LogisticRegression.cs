using Widget.Rag.Search.Routing;

namespace Widget.Testing;

/// <summary>
/// Fits a logistic regression with a Gaussian prior on its weights, by gradient descent with Nesterov's momentum. The same examples always
/// give the same weights: nothing is random, and the sums have a fixed order.
/// </summary>
internal static class LogisticRegression
{
    private const int MaxSteps = 1_500;
    private const int PowerIterations = 15;

    // The descent stops when the gradient has shrunk to this share of the first one.
    private const double Tolerance = 1e-3;

    /// <param name="examples">The features of each example.</param>
    /// <param name="labels">The class of each example.</param>
    /// <param name="count">Number of features.</param>
    /// <param name="strength">Variance of the prior: how far the weights may follow the examples.</param>
    /// <returns>The weights, and the bias last.</returns>
    public static double[] Fit(IReadOnlyList<Feature[]> examples, IReadOnlyList<bool> labels, int count, double strength)
    {
        var penalty = 1 / strength;
        var steepest = (LargestEigenvalue(examples, count) / 4) + penalty;
        var condition = Math.Sqrt(steepest / penalty);
        var momentum = (condition - 1) / (condition + 1);
        var (weights, ahead, gradient) = (new double[count + 1], new double[count + 1], new double[count + 1]);
        double? first = null;
        for (var step = 0; step < MaxSteps; step++)
        {
            Gradient(examples, labels, ahead, penalty, gradient);
            var norm = Math.Sqrt(gradient.Sum(value => value * value));
            first ??= norm;
            for (var i = 0; i < weights.Length; i++)
            {
                var next = ahead[i] - (gradient[i] / steepest);
                ahead[i] = next + (momentum * (next - weights[i]));
                weights[i] = next;
            }

            if (norm <= Tolerance * first) break;
        }

        return weights;
    }

    private static void Gradient(
        IReadOnlyList<Feature[]> examples,
        IReadOnlyList<bool> labels,
        double[] weights,
        double penalty,
        double[] gradient)
    {
        for (var i = 0; i < gradient.Length; i++) gradient[i] = penalty * weights[i];
        for (var i = 0; i < examples.Count; i++)
        {
            var likelihood = 1 / (1 + Math.Exp(-Dot(examples[i], weights)));
            Add(examples[i], likelihood - (labels[i] ? 1 : 0), gradient);
        }
    }

    // The descent is stable with steps up to the inverse of this number.
    private static double LargestEigenvalue(IReadOnlyList<Feature[]> examples, int count)
    {
        // Slightly more than the estimate, which approaches the number from below.
        const double Margin = 1.1;
        var vector = Enumerable.Repeat(1 / Math.Sqrt(count + 1), count + 1).ToArray();
        var eigenvalue = 0.0;
        for (var iteration = 0; iteration < PowerIterations; iteration++)
        {
            var product = new double[vector.Length];
            foreach (var example in examples) Add(example, Dot(example, vector), product);
            eigenvalue = Math.Sqrt(product.Sum(value => value * value));
            for (var i = 0; i < vector.Length; i++) vector[i] = product[i] / eigenvalue;
        }

        return Margin * eigenvalue;
    }

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
