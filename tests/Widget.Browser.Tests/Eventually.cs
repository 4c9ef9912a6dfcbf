using System.Diagnostics;

namespace Widget.Browser.Tests;

internal static class Eventually
{
    /// <summary>Waits until the condition is true; fails the test after some seconds.</summary>
    public static async Task TrueAsync(Func<bool> condition, int seconds = 40)
    {
        for (var watch = Stopwatch.StartNew(); !condition(); await Task.Delay(50, TestContext.Current.CancellationToken))
            if (watch.Elapsed > TimeSpan.FromSeconds(seconds)) Assert.Fail($"The condition was not true within {seconds} s.");
    }
}
