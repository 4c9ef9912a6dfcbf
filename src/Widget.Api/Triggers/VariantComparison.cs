using MathNet.Numerics.Distributions;

namespace Widget.Api.Triggers;

/// <summary>Tests whether two variants have different open rates.</summary>
internal static class VariantComparison
{
    /// <summary>A p value below this counts as significant.</summary>
    public const double Significance = 0.05;

    // Sums of equal probabilities may differ by rounding.
    private const double Tolerance = 1 + 1e-7;

    /// <summary>
    /// The two-sided p value of Fisher's exact test (R. A. Fisher 1922): if both variants have the same open rate, the probability of a
    /// result at most as likely as the observed one.
    /// </summary>
    /// <param name="shown">How often the first was shown.</param>
    /// <param name="opened">How often of these the panel was opened.</param>
    /// <param name="otherShown">How often the second was shown.</param>
    /// <param name="otherOpened">How often of these the panel was opened.</param>
    public static double PValue(int shown, int opened, int otherShown, int otherOpened)
    {
        var (all, allOpened) = (shown + otherShown, opened + otherOpened);
        var table = new Hypergeometric(all, allOpened, shown);
        var seen = table.Probability(opened) * Tolerance;
        var p = 0.0;
        for (var i = Math.Max(0, allOpened - otherShown); i <= Math.Min(shown, allOpened); i++)
            if (table.Probability(i) is var probability && probability <= seen) p += probability;
        return Math.Min(1, p);
    }
}
