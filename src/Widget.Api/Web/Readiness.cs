using Microsoft.Extensions.Diagnostics.HealthChecks;
using Widget.Contracts;

namespace Widget.Api.Web;

/// <summary>Health checks that decide whether a node is ready for visitors. Each feature adds its own.</summary>
internal static class Readiness
{
    public const string Tag = "ready";

    /// <summary>Status of an optional part that is not in use. A check reports it as a key of its data.</summary>
    public const string NotConfigured = "not configured";

    public static IServiceCollection AddReadinessCheck<TCheck>(this IServiceCollection services, string name)
        where TCheck : class, IHealthCheck
    {
        services.AddHealthChecks().AddCheck<TCheck>(name, tags: [Tag]);
        return services;
    }

    /// <summary>Describes the result of the checks, as the API shows it.</summary>
    public static HealthState Describe(HealthReport report) => new(
        Name(report.Status),
        [.. report.Entries.Select(entry => new HealthCheckState(entry.Key, Name(entry.Value), entry.Value.Description))]);

    private static string Name(HealthReportEntry entry) => entry.Data.ContainsKey(NotConfigured) ? NotConfigured : Name(entry.Status);

    private static string Name(HealthStatus status) => status.ToString().ToLowerInvariant();
}
