using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Widget.Api.Answers;

/// <summary>
/// Reports how questions are answered. A node without a language model is healthy, because answers then quote their sources. A node whose
/// model failed at the last answer is degraded.
/// </summary>
internal sealed class ChatModelHealth(ChatModel model, ModelStatus status) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            model.Client is null
                ? HealthCheckResult.Healthy("No language model is configured (WIDGET_CHAT_ENDPOINT); answers quote their sources.")
            : status.Failure is { } failure
                ? HealthCheckResult.Degraded($"The language model failed at the last answer ({failure}), which quoted its sources instead.")
            : HealthCheckResult.Healthy("A language model is configured."));
}
