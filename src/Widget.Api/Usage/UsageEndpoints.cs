using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Usage;

internal static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/usage", Read).ForStaff(StaffArea.Analytics).ProducesProblem(401).WithTags("Settings")
            .WithSummary("This month's usage, and its ceilings");

    private static async Task<Ok<UsageReport>> Read(
        IMultiTenantContextAccessor tenants, TenantSettingsService settings, MonthlyBudget budget, CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        return TypedResults.Ok(await budget.ReportAsync(tenant, await settings.ReadAsync(tenant, ct), ct));
    }
}
