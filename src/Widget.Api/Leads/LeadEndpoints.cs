using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Leads;

internal static class LeadEndpoints
{
    public static void MapLeads(this IEndpointRouteBuilder routes) => routes.MapGet("/api/leads", List)
        .RequireAuthorization(Policies.Developer).ProducesProblem(401).ProducesValidationProblem().WithTags("Leads")
        .WithSummary("List visitors who asked for a person and left an e-mail address, newest first");

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
