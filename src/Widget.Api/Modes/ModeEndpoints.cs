using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Modes;

internal static class ModeEndpoints
{
    public static void MapModes(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/api/modes").RequireAuthorization(Policies.Developer).ProducesProblem(401).WithTags("Settings")
            .MapGet("/", List).WithSummary("The ways to talk, which of them visitors have now, and why not the others");

    private static async Task<Ok<IReadOnlyList<ModeState>>> List(IMultiTenantContextAccessor tenants, TenantSettingsService settings, ModeOffers offers, CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        return TypedResults.Ok(await offers.StatesAsync(tenant, await settings.ReadAsync(tenant, ct), ct));
    }
}
