using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Installations;

internal static class InstallationEndpoints
{
    public static IServiceCollection AddInstallations(this IServiceCollection services)
    {
        services.AddSingleton(InstallationTables.Tables);
        services.AddSingleton<InstallationLog>();
        return services;
    }

    public static void MapInstallations(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/settings/installations", Read).ForStaff(StaffArea.Settings).ProducesProblem(401)
            .WithTags("Settings").WithSummary("The web sites on which the tag was seen lately, newest first");

    private static async Task<Ok<InstallationReport>> Read(
        IMultiTenantContextAccessor tenants,
        InstallationLog log,
        CancellationToken ct) =>
        TypedResults.Ok(await log.ReadAsync(tenants.Current().TenantId, ct));
}
