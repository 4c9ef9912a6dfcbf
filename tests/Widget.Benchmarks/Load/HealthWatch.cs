using System.Diagnostics;

namespace Widget.Benchmarks.Load;

/// <summary>Checks a node's health repeatedly.</summary>
internal static class HealthWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <returns>The slowest response in milliseconds, and the number of checks.</returns>
    public static async Task<(double Slowest, int Checks)> RunAsync(Uri node, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = node };
        var (slowest, checks) = (0.0, 0);
        while (!ct.IsCancellationRequested)
        {
            var start = Stopwatch.GetTimestamp();
            (await http.GetAsync("/health/live", CancellationToken.None)).EnsureSuccessStatusCode();
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            checks++;
            await Task.Delay(Pause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return (slowest, checks);
    }
}
