using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Leads.Reading;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Leads.Views;

internal static class LeadViewEndpoints
{
    public static void MapViews(this RouteGroupBuilder leads)
    {
        leads.MapEntries<LeadViewService, IReadOnlyList<LeadView>, LeadView>(
            "/views",
            "view",
            "List the saved views of leads",
            (entries, tenant, ct) => entries.ListAsync(tenant, ct),
            (entries, tenant, id, ct) => entries.FindAsync(tenant, id, ct),
            (entries, tenant, id, ct) => entries.DeleteAsync(tenant, id, ct));
        leads.MapPost("/views", Add).Validate<LeadViewRequest>().ProducesProblem(409).WithSummary("Save a view of leads");
        leads.MapPut("/views/{id:guid}", Replace).Validate<LeadViewRequest>().ProducesProblem(404).WithSummary("Replace a saved view");
    }

    private static async Task<Results<Created<LeadView>, ValidationProblem, ProblemHttpResult>> Add(
        LeadViewRequest request,
        IMultiTenantContextAccessor tenants,
        LeadViewService views,
        CancellationToken ct)
    {
        if (FindProblem(request) is { } problem) return problem;
        return await views.AddAsync(tenants.Current().TenantId, request, ct) is { } view
            ? TypedResults.Created($"/api/leads/views/{view.Id}", view)
            : Problems.Create(StatusCodes.Status409Conflict, $"A tenant can have at most {LeadViewService.MaxViews} views.");
    }

    private static async Task<Results<Ok<LeadView>, ValidationProblem, ProblemHttpResult>> Replace(
        Guid id,
        LeadViewRequest request,
        IMultiTenantContextAccessor tenants,
        LeadViewService views,
        CancellationToken ct)
    {
        if (FindProblem(request) is { } problem) return problem;
        return await views.ReplaceAsync(tenants.Current().TenantId, id, request, ct) is { } view
            ? TypedResults.Ok(view)
            : Problems.NotFound("view");
    }

    private static ValidationProblem? FindProblem(LeadViewRequest request) =>
        new LeadQuery(request.Query, null, null, [.. request.Field], request.From, request.To, null).Parse().Problem;
}
