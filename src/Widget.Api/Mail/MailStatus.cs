using Microsoft.Extensions.Diagnostics.HealthChecks;
using Widget.Api.Web;

namespace Widget.Api.Mail;

/// <summary>Whether this node's last e-mail could be sent.</summary>
internal sealed class MailStatus
{
    private volatile string? _failure;

    /// <summary>Why the last e-mail could not be sent; null if it could, or if there was none.</summary>
    public string? Failure => _failure;

    public void Succeeded() => _failure = null;

    public void Failed(string reason) => _failure = reason;
}

/// <summary>
/// Reports whether e-mails can be sent. A node without an SMTP server is healthy, because visitors are then not offered e-mails. A node
/// whose server failed at the last e-mail is degraded.
/// </summary>
internal sealed class MailHealth(MailOptions options, MailStatus status) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            !options.IsConfigured
                ? HealthCheckResult.Healthy(
                    "No SMTP server is configured (WIDGET_SMTP_URL); transcripts are not offered.",
                    new Dictionary<string, object>(StringComparer.Ordinal) { [Readiness.NotConfigured] = true })
            : status.Failure is { } failure
                ? HealthCheckResult.Degraded($"The last e-mail could not be sent and will be retried: {failure}")
            : HealthCheckResult.Healthy("An SMTP server is configured."));
}
