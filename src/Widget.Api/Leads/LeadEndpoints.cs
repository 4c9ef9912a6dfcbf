using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Leads.Changing;
using Widget.Api.Leads.Export;
using Widget.Api.Leads.Qualification;
using Widget.Api.Leads.Reading;
using Widget.Api.Leads.Views;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Leads;

internal static class LeadEndpoints
{
    private const long MaxRequestBytes = 256 * 1024;
    private const string InvalidCursor = "after must be the value of next from the previous page.";

    public static void MapLeads(this IEndpointRouteBuilder routes)
    {
        var leads = routes.MapGroup("/api/leads").ForStaff(StaffArea.Leads).ProducesProblem(401).WithTags("Leads")
            .WithRequestSizeLimit(MaxRequestBytes);
        leads.MapGet("", List).ProducesValidationProblem()
            .WithSummary("List visitors who left an e-mail address or a phone number, newest first");
        leads.MapGet("/export.csv", Export).ProducesValidationProblem().Produces(200, contentType: "text/csv")
            .WithSummary("Export leads as CSV: one row for each lead, or for each conversation");
        leads.MapGet("/counts", Counts).WithSummary("Count the leads by tier");
        leads.MapQualification();
        leads.MapGet("/fields", ReadFields).WithSummary("The tenant's own fields of leads");
        leads.MapPut("/fields", SaveFields).ForStaff(StaffArea.Settings).Validate<LeadFields>()
            .WithSummary("Replace the tenant's own fields of leads");
        leads.MapViews();
        leads.MapGet("/{id:guid}", Get).ProducesProblem(404).WithSummary("Get a lead with a summary");
        leads.MapLeadChanges();
        leads.MapGet("/{id:guid}/timeline", Timeline).ProducesValidationProblem().ProducesProblem(404)
            .WithSummary("List what happened to a lead, newest first");
    }

    private static async Task<Results<Ok<LeadPage>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants,
        LeadReader leads,
        CancellationToken ct,
        string? query = null,
        string[]? tier = null,
        string[]? owner = null,
        string[]? field = null,
        string? from = null,
        string? to = null,
        string? sort = null,
        string? timeZone = null,
        string? after = null,
        int limit = LeadService.DefaultLimit)
    {
        if (limit is < 1 or > LeadService.MaxLimit)
            return Problems.Invalid("limit", $"limit must be between 1 and {LeadService.MaxLimit}.");
        var (filter, problem) = new LeadQuery(query, tier, owner, field, from, to, sort, timeZone).Parse();
        if (filter is null) return problem!;
        LeadCursor? last = null;
        if (after is not null && (last = LeadCursor.Parse(after, filter.Sort)) is null) return Problems.Invalid("after", InvalidCursor);
        return TypedResults.Ok(await leads.ListAsync(tenants.Current().TenantId, filter, last, limit, ct));
    }

    private static async Task<Ok<LeadCounts>> Counts(IMultiTenantContextAccessor tenants, LeadReader leads, CancellationToken ct) =>
        TypedResults.Ok(await leads.CountAsync(tenants.Current().TenantId, ct));

    private static Results<PushStreamHttpResult, ValidationProblem> Export(
        IMultiTenantContextAccessor tenants,
        LeadExport export,
        HttpContext http,
        string? query = null,
        string[]? tier = null,
        string[]? owner = null,
        string[]? field = null,
        string? from = null,
        string? to = null,
        string? sort = null,
        string? timeZone = null,
        string per = "lead",
        string format = "csv")
    {
        if (per is not ("lead" or "conversation")) return Problems.Invalid("per", "per must be lead or conversation.");
        if (format is not ("csv" or "excel")) return Problems.Invalid("format", "format must be csv or excel.");
        var (filter, problem) = new LeadQuery(query, tier, owner, field, from, to, sort, timeZone).Parse();
        if (filter is null) return problem!;
        var tenant = tenants.Current().TenantId;
        var written = format == "excel" ? ExportFormat.Excel : ExportFormat.Csv;
        return TypedResults.Stream(
            output => export.WriteAsync(tenant, filter, per == "conversation", written, output, http.RequestAborted),
            written == ExportFormat.Excel ? "text/csv; charset=utf-16le" : "text/csv; charset=utf-8",
            "leads.csv");
    }

    private static async Task<Ok<LeadFields>> ReadFields(
        IMultiTenantContextAccessor tenants,
        LeadFieldService fields,
        CancellationToken ct) =>
        TypedResults.Ok(await fields.ReadAsync(tenants.Current().TenantId, ct));

    private static async Task<Ok<LeadFields>> SaveFields(
        LeadFields request,
        IMultiTenantContextAccessor tenants,
        LeadFieldService fields,
        CancellationToken ct)
    {
        await fields.SaveAsync(tenants.Current().TenantId, request, ct);
        return TypedResults.Ok(request);
    }

    private static async Task<Results<Ok<Lead>, ProblemHttpResult>> Get(
        Guid id,
        IMultiTenantContextAccessor tenants,
        LeadService leads,
        CancellationToken ct) =>
        await leads.FindAsync(tenants.Current().TenantId, new LeadId(id), ct) is { } lead
            ? TypedResults.Ok(lead)
            : Problems.NotFound("lead");

    private static async Task<Results<Ok<LeadTimeline>, ValidationProblem, ProblemHttpResult>> Timeline(
        Guid id,
        IMultiTenantContextAccessor tenants,
        LeadTimelines timelines,
        CancellationToken ct,
        string? after = null,
        int limit = LeadService.DefaultLimit)
    {
        if (limit is < 1 or > LeadService.MaxLimit)
            return Problems.Invalid("limit", $"limit must be between 1 and {LeadService.MaxLimit}.");
        var (timeline, isInvalid) = await timelines.ReadAsync(tenants.Current().TenantId, new LeadId(id), after, limit, ct);
        if (isInvalid) return Problems.Invalid("after", InvalidCursor);
        return timeline is not null ? TypedResults.Ok(timeline) : Problems.NotFound("lead");
    }
}
