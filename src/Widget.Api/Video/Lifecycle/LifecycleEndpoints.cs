using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Calls;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Video.Lifecycle;

internal static class LifecycleEndpoints
{
    public static void MapLifecycle(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/tavus/lifecycle", Apply).ForStaff(StaffArea.Calls)
            .Validate<LifecycleRequest>().WithTags("Tavus").ProducesProblem(401).ProducesCallRefusals()
            .WithSummary("Open and end calls by reporting which users joined and left");
        routes.MapHub<LifecycleHub>(LifecycleHub.Path).ForStaff(StaffArea.Calls).Writes();
    }

    private static async Task<Results<Ok<LifecycleEvent>, ProblemHttpResult>> Apply(
        LifecycleRequest request,
        IMultiTenantContextAccessor tenants,
        LifecycleService lifecycle,
        CancellationToken ct)
    {
        var (outcome, refusal) = await lifecycle.ApplyAsync(tenants.Current().TenantId, request, ct);
        return refusal is not null ? refusal.ToProblem() : TypedResults.Ok(outcome!);
    }
}
