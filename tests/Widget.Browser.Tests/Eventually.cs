using System.Diagnostics;

namespace Widget.Browser.Tests;

internal static class Eventually
{
    /// <summary>Waits until something holds.</summary>
    public static async Task TrueAsync(Func<bool> condition, int seconds = 15)
    {
        for (var watch = Stopwatch.StartNew(); !condition(); await Task.Delay(50, TestContext.Current.CancellationToken))
            if (watch.Elapsed > TimeSpan.FromSeconds(seconds)) Assert.Fail($"It did not come about within {seconds} s.");
    }
}
