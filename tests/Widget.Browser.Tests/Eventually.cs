using System.Diagnostics;

namespace Widget.Browser.Tests;

internal static class Eventually
{
    /// <summary>Waits until something holds, for fifteen seconds at most.</summary>
    public static async Task TrueAsync(Func<bool> condition)
    {
        for (var watch = Stopwatch.StartNew(); !condition(); await Task.Delay(50, TestContext.Current.CancellationToken))
            if (watch.Elapsed > TimeSpan.FromSeconds(15)) Assert.Fail("It did not come about within 15 s.");
    }
}
