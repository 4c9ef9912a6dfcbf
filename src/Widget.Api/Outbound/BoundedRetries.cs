using System.ClientModel.Primitives;
using System.Globalization;

namespace Widget.Api.Outbound;

/// <summary>
/// Limits how often OpenAI's library retries and how long it waits before a retry. On its own, the library waits for as long as
/// <c>Retry-After</c> says. If a service asks for a longer pause than allowed, there is no retry, and the caller handles the response.
/// </summary>
/// <param name="most">The most retries.</param>
/// <param name="longest">The longest wait before a retry.</param>
/// <param name="clock">Measures the time until a date in <c>Retry-After</c>; null for the system's clock.</param>
internal sealed class BoundedRetries(int most, TimeSpan longest, TimeProvider? clock = null) : ClientRetryPolicy(most)
{
    // Longer than any caller waits, and small enough to add to a date.
    private const double LongestSeconds = 7 * 24 * 3600;

    /// <summary>The pause that a response asks for; null when it asks for none.</summary>
    public static TimeSpan? Asked(PipelineResponse? response, DateTimeOffset now)
    {
        if (response is null) return null;
        if (response.Headers.TryGetValue("retry-after-ms", out var text) && Number(text) is { } milliseconds)
            return Seconds(milliseconds / 1_000);
        if (!response.Headers.TryGetValue("Retry-After", out text)) return null;
        if (Number(text) is { } seconds) return Seconds(seconds);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? Seconds((date - now).TotalSeconds)
            : null;
    }

    protected override bool ShouldRetry(PipelineMessage message, Exception? exception) =>
        Fits(message) && base.ShouldRetry(message, exception);

    protected override async ValueTask<bool> ShouldRetryAsync(PipelineMessage message, Exception? exception) =>
        Fits(message) && await base.ShouldRetryAsync(message, exception);

    protected override TimeSpan GetNextDelay(PipelineMessage message, int tryCount)
    {
        var delay = base.GetNextDelay(message, tryCount);
        return delay < longest ? delay : longest;
    }

    private bool Fits(PipelineMessage message) =>
        Asked(message.Response, (clock ?? TimeProvider.System).GetUtcNow()) is not { } pause || pause <= longest;

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LongestSeconds));
}
