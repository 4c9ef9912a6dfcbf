using Microsoft.Extensions.Diagnostics.HealthChecks;

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
}
