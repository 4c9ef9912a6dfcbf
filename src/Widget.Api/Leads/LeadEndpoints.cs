using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Leads;

internal static class LeadEndpoints
{
    public static void MapLeads(this IEndpointRouteBuilder routes)
    {
        var leads = routes.MapGroup("/api/leads").RequireAuthorization(Policies.Developer).ProducesProblem(401).WithTags("Leads");
        leads.MapGet("", List).ProducesValidationProblem()
            .WithSummary("List visitors who left an e-mail address or a telephone number, newest first");
        leads.MapGet("/{id:guid}", Get).ProducesProblem(404).WithSummary("Get a lead");
        leads.MapDelete("/{id:guid}", Delete).ProducesProblem(404).WithSummary("Delete a lead; its conversations stay");
    }

    private static async Task<Results<Ok<Lead>, ProblemHttpResult>> Get(
        Guid id,
        IMultiTenantContextAccessor tenants,
        LeadService leads,
        CancellationToken ct) =>
        await leads.FindAsync(tenants.Current().TenantId, new LeadId(id), ct) is { } lead
            ? TypedResults.Ok(lead)
            : Problems.NotFound("lead");

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id,
        IMultiTenantContextAccessor tenants,
        LeadService leads,
        CancellationToken ct) =>
        await leads.DeleteAsync(tenants.Current().TenantId, new LeadId(id), ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("lead");

    private static async Task<Results<Ok<LeadPage>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants,
        LeadService leads,
        CancellationToken ct,
        string? query = null,
        string? after = null,
        int limit = LeadService.DefaultLimit)
    {
        if (limit is < 1 or > LeadService.MaxLimit)
            return Problems.Invalid("limit", $"limit must be between 1 and {LeadService.MaxLimit}.");
        LeadId? last = null;
        if (after is not null)
        {
            if (!Guid.TryParse(after, out var id)) return Problems.Invalid("after", "after must be the value of next in the page before.");
            last = new LeadId(id);
        }

        return TypedResults.Ok(await leads.ListAsync(tenants.Current().TenantId, query, last, limit, ct));
    }
}
