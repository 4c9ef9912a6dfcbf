using System.ClientModel.Primitives;
using System.Globalization;

namespace Widget.Api.Outbound;

/// <summary>
/// Limits how often OpenAI's library retries and how long it waits before a retry. By default, the library waits for as long as
/// <c>Retry-After</c> says. If a service asks for a longer pause than allowed, there is no retry, and the caller gets the response.
/// </summary>
/// <param name="maxRetries">Maximum number of retries.</param>
/// <param name="maxWait">Maximum wait before a retry.</param>
/// <param name="clock">Measures the time until a date in <c>Retry-After</c>; null for the system's clock.</param>
internal sealed class BoundedRetries(int maxRetries, TimeSpan maxWait, TimeProvider? clock = null) : ClientRetryPolicy(maxRetries)
{
    // Longer than any caller waits, and small enough to add to a date.
    private const double MaxSeconds = 7 * 24 * 3600;

    /// <summary>The pause that a response asks for; null when it asks for none.</summary>
    public static TimeSpan? RetryAfter(PipelineResponse? response, DateTimeOffset now)
    {
        if (response is null) return null;
        if (response.Headers.TryGetValue("retry-after-ms", out var text) && ParseNumber(text) is { } milliseconds)
            return ToPause(milliseconds / 1_000);
        if (!response.Headers.TryGetValue("Retry-After", out text)) return null;
        if (ParseNumber(text) is { } seconds) return ToPause(seconds);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? ToPause((date - now).TotalSeconds)
            : null;
    }

    protected override bool ShouldRetry(PipelineMessage message, Exception? exception) =>
        IsWaitAllowed(message) && base.ShouldRetry(message, exception);

    protected override async ValueTask<bool> ShouldRetryAsync(PipelineMessage message, Exception? exception) =>
        IsWaitAllowed(message) && await base.ShouldRetryAsync(message, exception);

    protected override TimeSpan GetNextDelay(PipelineMessage message, int tryCount)
    {
        var delay = base.GetNextDelay(message, tryCount);
        return delay < maxWait ? delay : maxWait;
    }

    private bool IsWaitAllowed(PipelineMessage message) =>
        RetryAfter(message.Response, (clock ?? TimeProvider.System).GetUtcNow()) is not { } pause || pause <= maxWait;

    private static double? ParseNumber(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan ToPause(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, MaxSeconds));
}
