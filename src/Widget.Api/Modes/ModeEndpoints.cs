using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Modes;

internal static class ModeEndpoints
{
    public static void MapModes(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/api/modes").ForStaff(StaffArea.Settings).ProducesProblem(401).WithTags("Settings")
            .MapGet("/", List).WithSummary("List the modes (text, speech, voice, video), and why some are unavailable");

    private static async Task<Ok<IReadOnlyList<ModeState>>> List(
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        AvailableModes modes,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        return TypedResults.Ok(await modes.StatesAsync(tenant, await settings.ReadAsync(tenant, ct), ct));
    }
}
