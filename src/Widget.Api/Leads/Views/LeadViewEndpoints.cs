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
        leads.MapGet("/views", List).WithSummary("List the saved views of leads");
        leads.MapPost("/views", Add).Validate<LeadViewRequest>().ProducesProblem(409).WithSummary("Save a view of leads");
        leads.MapGet("/views/{id:guid}", Read).ProducesProblem(404).WithSummary("Get a saved view");
        leads.MapPut("/views/{id:guid}", Replace).Validate<LeadViewRequest>().ProducesProblem(404).WithSummary("Replace a saved view");
        leads.MapDelete("/views/{id:guid}", Delete).ProducesProblem(404).WithSummary("Delete a saved view");
    }

    private static async Task<Ok<IReadOnlyList<LeadView>>> List(
        IMultiTenantContextAccessor tenants,
        LeadViewService views,
        CancellationToken ct) =>
        TypedResults.Ok(await views.ListAsync(tenants.Current().TenantId, ct));

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

    private static async Task<Results<Ok<LeadView>, ProblemHttpResult>> Read(
        Guid id,
        IMultiTenantContextAccessor tenants,
        LeadViewService views,
        CancellationToken ct) =>
        await views.FindAsync(tenants.Current().TenantId, id, ct) is { } view ? TypedResults.Ok(view) : Problems.NotFound("view");

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

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id,
        IMultiTenantContextAccessor tenants,
        LeadViewService views,
        CancellationToken ct) =>
        await views.DeleteAsync(tenants.Current().TenantId, id, ct) ? TypedResults.NoContent() : Problems.NotFound("view");

    private static ValidationProblem? FindProblem(LeadViewRequest request) =>
        new LeadQuery(request.Query, null, null, [.. request.Field], request.From, request.To, null).Parse().Problem;
}
