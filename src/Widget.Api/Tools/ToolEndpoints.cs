using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Tools;

internal static class ToolEndpoints
{
    public static void MapTools(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/api/tools").RequireAuthorization(Policies.Developer).ProducesProblem(401).WithTags("Tools")
            .MapGet("/", List).WithSummary("List the assistant's tools and which of them are switched on");

    private static async Task<Ok<ToolList>> List(
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        ToolRegistry registry,
        CancellationToken ct)
    {
        var current = await settings.ReadAsync(tenants.Current().TenantId, ct);
        return TypedResults.Ok(new ToolList([.. registry.All.Select(tool => ToDescription(tool, current))]));
    }

    private static ToolDescription ToDescription(Tool tool, TenantSettings settings) =>
        new(tool.Name, tool.Description, tool.Parameters, tool.HasEffects, ToolRegistry.IsOn(tool, settings));
}
