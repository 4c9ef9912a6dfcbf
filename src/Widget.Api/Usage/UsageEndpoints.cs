using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Usage;

internal static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/usage", Read).RequireAuthorization(Policies.Developer).ProducesProblem(401).WithTags("Settings")
            .WithSummary("What was used this month, and how near its ceilings are");

    private static async Task<Ok<UsageReport>> Read(
        IMultiTenantContextAccessor tenants, TenantSettingsService settings, MonthlyBudget budget, CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        return TypedResults.Ok(await budget.ReportAsync(tenant, await settings.ReadAsync(tenant, ct), ct));
    }
}
