using Polly;
using Polly.Retry;

namespace Widget.Platform.Outbound;

/// <summary>
/// Polly pipelines for whole exchanges: the request, and the response up to the last byte of its body. A resilience handler on the client
/// would cover an exchange only up to the response's headers.
/// </summary>
public static class OutboundPipelines
{
    /// <summary>
    /// Cancels an exchange that takes longer than the limit and throws <see cref="Polly.Timeout.TimeoutRejectedException"/>.
    /// </summary>
    public static ResiliencePipeline TimeLimit(TimeSpan limit, TimeProvider clock) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }.AddTimeout(limit).Build();

    /// <summary>Repeats an exchange once.</summary>
    /// <param name="isSafe">Whether the exchange may be repeated after this failure.</param>
    /// <param name="delay">The pause before the second attempt.</param>
    /// <param name="clock">Measures the pause.</param>
    public static ResiliencePipeline RetryOnce(Func<Exception, bool> isSafe, Func<TimeSpan> delay, TimeProvider clock) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = 1,
                ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is { } failure && isSafe(failure)),
                DelayGenerator = _ => ValueTask.FromResult<TimeSpan?>(delay()),
            })
            .Build();
}
