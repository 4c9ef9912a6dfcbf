using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Widget.Api.Tenancy;
using Widget.Api.Web;

namespace Widget.Api.Host;

/// <summary>Two health endpoints: one reports that the process is alive, the other that the node is ready for visitors.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        MapChecks(routes, "/health/live", _ => false);
        MapChecks(routes, "/health/ready", check => check.Tags.Contains(Readiness.Tag));
    }

    private static void MapChecks(IEndpointRouteBuilder routes, string path, Func<HealthCheckRegistration, bool> predicate) =>
        routes.MapHealthChecks(path, new HealthCheckOptions { Predicate = predicate, ResponseWriter = WriteAsync })
            .DisableRateLimiting()
            .WithMetadata(AnyHost.Instance);

    private static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(Readiness.Describe(report));
}
