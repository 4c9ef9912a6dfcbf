using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Outbound;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Tools;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Fetching;

namespace Widget.Api.TenantTools.Http;

internal static class HttpToolRoutes
{
    private const long MaxRequestBytes = 64 * 1024;
    private const int MaxSchemaLength = 16 * 1024;

    public static void MapHttpTools(this IEndpointRouteBuilder routes)
    {
        var tools = routes.MapGroup("/api/tools/http").ForStaff(StaffArea.Settings).ProducesProblem(401).WithTags("Tools")
            .WithRequestSizeLimit(MaxRequestBytes);
        tools.MapEntries<HttpToolService, HttpToolList, HttpTool>(
            "",
            "tool",
            "List the tools on the tenant's own servers",
            async (entries, tenant, ct) => new HttpToolList(await entries.ListAsync(tenant, ct)),
            (entries, tenant, id, ct) => entries.FindAsync(tenant, id, ct),
            (entries, tenant, id, ct) => entries.DeleteAsync(tenant, id, ct));
        tools.MapPost("", Add).Validate<HttpToolRequest>().ProducesProblem(409)
            .WithSummary("Add a tool on a server of the tenant; its secret is shown only once");
        tools.MapPut("/{id:guid}", Change).Validate<HttpToolRequest>().ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Replace a tool on a server of the tenant; its secret stays");
        tools.MapPost("/{id:guid}/secret", ReplaceSecret).ProducesProblem(404)
            .WithSummary("Replace the secret of a tool; for 24 hours, calls are signed with both");
        tools.MapPost("/{id:guid}/test", Test).ProducesProblem(404).WithSummary("Call a tool once and say what happened");
    }

    private static async Task<Results<Created<CreatedHttpTool>, ValidationProblem, ProblemHttpResult>> Add(
        HttpToolRequest request,
        IMultiTenantContextAccessor tenants,
        HttpToolService tools,
        FetchOptions fetching,
        CancellationToken ct)
    {
        if (Check(request, fetching) is { } problem) return problem;
        var (created, refusal) = await tools.AddAsync(tenants.Current().TenantId, request, ct);
        return created is not null ? TypedResults.Created($"/api/tools/http/{created.Id}", created) : Refused(refusal, request.Name);
    }

    private static async Task<Results<Ok<HttpTool>, ValidationProblem, ProblemHttpResult>> Change(
        Guid id,
        HttpToolRequest request,
        IMultiTenantContextAccessor tenants,
        HttpToolService tools,
        FetchOptions fetching,
        CancellationToken ct)
    {
        if (Check(request, fetching) is { } problem) return problem;
        var (changed, refusal) = await tools.ChangeAsync(tenants.Current().TenantId, id, request, ct);
        return changed is not null ? TypedResults.Ok(changed) : Refused(refusal, request.Name);
    }

    private static async Task<Results<Ok<HttpToolSecret>, ProblemHttpResult>> ReplaceSecret(
        Guid id,
        IMultiTenantContextAccessor tenants,
        HttpToolService tools,
        CancellationToken ct) =>
        await tools.ReplaceSecretAsync(tenants.Current().TenantId, id, ct) is { } secret
            ? TypedResults.Ok(secret)
            : Problems.NotFound("tool");

    private static async Task<Results<Ok<HttpToolTestResult>, ProblemHttpResult>> Test(
        Guid id,
        HttpToolTest request,
        IMultiTenantContextAccessor tenants,
        HttpToolService tools,
        CancellationToken ct) =>
        await tools.TestAsync(tenants.Current().TenantId, id, request.Arguments ?? default, ct) is { } result
            ? TypedResults.Ok(result)
            : Problems.NotFound("tool");

    private static ProblemHttpResult Refused(HttpToolRefusal? refusal, string name) => refusal switch
    {
        HttpToolRefusal.NameTaken => Problems.Create(StatusCodes.Status409Conflict, $"There is already a tool named {name}.", "name_taken"),
        HttpToolRefusal.TooMany => Problems.Create(
            StatusCodes.Status409Conflict,
            $"A tenant can have {HttpToolService.MaxTools} tools on its own servers. Delete one first."),
        _ => Problems.NotFound("tool"),
    };

    // Null if the request is valid.
    private static ValidationProblem? Check(HttpToolRequest request, FetchOptions fetching)
    {
        if (TenantAddresses.ReadServer("url", request.Url, "https://example.com/tools", fetching).Error is { } error)
            return Problems.Invalid("url", error);
        if (request.Parameters is not { } schema) return null;
        if (schema.GetRawText().Length > MaxSchemaLength)
            return Problems.Invalid("parameters", $"parameters can have at most {MaxSchemaLength / 1024} KB.");
        return ArgumentSchema.SchemaError(schema) is { } invalid ? Problems.Invalid("parameters", $"parameters: {invalid}") : null;
    }
}
