using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Widget.Testing;

/// <summary>Waits for conditions instead of fixed times.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the condition is true. The limit is long, because a busy machine takes many times longer than usual.</summary>
    /// <exception cref="TimeoutException">The condition was still false at the end.</exception>
    public static async Task TrueAsync(
        Func<Task<bool>> condition,
        [CallerArgumentExpression(nameof(condition))] string what = "",
        int seconds = 60)
    {
        for (var watch = Stopwatch.StartNew(); !await condition(); await Task.Delay(Interval))
            if (watch.Elapsed > TimeSpan.FromSeconds(seconds)) throw new TimeoutException($"Not within {seconds} s: {what}");
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, string, int)"/>
    public static Task TrueAsync(
        Func<bool> condition,
        [CallerArgumentExpression(nameof(condition))] string what = "",
        int seconds = 60) =>
        TrueAsync(() => Task.FromResult(condition()), what, seconds);
}
