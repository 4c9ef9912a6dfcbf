namespace Widget.Platform.Work;

/// <summary>The pauses between attempts to deliver something to another server.</summary>
public static class ExponentialBackoff
{
    private const double Growth = 3;
    private const int MaxGrowths = 20; // Keeps the product within a TimeSpan.

    /// <summary>The pause after a failed attempt: <c>first · 3^(attempts − 1)</c>, at most <paramref name="max"/>.</summary>
    /// <param name="attempts">The number of attempts so far; at least 1.</param>
    /// <param name="first">The pause after the first attempt.</param>
    /// <param name="max">The longest pause.</param>
    public static TimeSpan DelayAfter(int attempts, TimeSpan first, TimeSpan max)
    {
        var pause = first * Math.Pow(Growth, Math.Min(attempts, MaxGrowths) - 1);
        return pause > max ? max : pause;
    }
}
