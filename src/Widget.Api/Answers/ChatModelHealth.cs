using Microsoft.Extensions.Diagnostics.HealthChecks;
using Widget.Api.Web;

namespace Widget.Api.Answers;

/// <summary>
/// Reports how questions are answered. A node without a language model is healthy, because answers then quote their sources. A node whose
/// model failed at the last answer is degraded. Tenants' own models are not checked.
/// </summary>
internal sealed class ChatModelHealth(ChatModels models) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            models.Installation is not { } model
                ? HealthCheckResult.Healthy(
                    "No language model is configured (WIDGET_CHAT_ENDPOINT); answers quote their sources.",
                    new Dictionary<string, object>(StringComparer.Ordinal) { [Readiness.NotConfigured] = true })
            : model.Status.Failure is { } failure
                ? HealthCheckResult.Degraded($"The language model failed at the last answer ({failure}), which quoted its sources instead.")
            : HealthCheckResult.Healthy("A language model is configured."));
}
