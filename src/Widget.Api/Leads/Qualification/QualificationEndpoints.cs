using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Leads.Qualification;

internal static class QualificationEndpoints
{
    public static void MapQualification(this RouteGroupBuilder leads)
    {
        leads.MapGet("/qualification", Read).WithSummary("How leads are scored: questions, weights and tiers");
        leads.MapPut("/qualification", Save).ForStaff(StaffArea.Settings).Validate<LeadQualification>()
            .WithSummary("Replace how leads are scored; all leads are scored again");
        leads.MapGet("/qualification/template", Template)
            .WithSummary("Questions about budget, authority, need and timeline (BANT) to begin with");
    }

    private static async Task<Ok<LeadQualification>> Read(
        IMultiTenantContextAccessor tenants,
        QualificationService qualifications,
        CancellationToken ct) =>
        TypedResults.Ok(await qualifications.ReadAsync(tenants.Current().TenantId, ct));

    private static async Task<Ok<LeadQualification>> Save(
        LeadQualification request,
        IMultiTenantContextAccessor tenants,
        QualificationService qualifications,
        CancellationToken ct)
    {
        await qualifications.SaveAsync(tenants.Current().TenantId, request, ct);
        return TypedResults.Ok(request);
    }

    private static Ok<LeadQualification> Template() => TypedResults.Ok(BantTemplate.Create());
}
