using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.OpenAI;

internal static class ModelKeyEndpoints
{
    public static void MapModelKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/keys/model").ForStaff(StaffArea.Keys).ProducesProblem(401).WithTags("Keys");
        keys.MapGet("/", List).WithSummary("List the keys of the OpenAI-compatible endpoint");
        keys.MapPost("/", Create).Validate<ModelKeyRequest>()
            .WithSummary("Create a key for the OpenAI-compatible endpoint and the MCP server only; it is shown only once");
        keys.MapDelete("/{id:guid}", Revoke).ProducesProblem(404).WithSummary("Revoke a key of the OpenAI-compatible endpoint");
    }

    private static async Task<Ok<IReadOnlyList<ModelKeyInfo>>> List(
        IMultiTenantContextAccessor tenants,
        ModelKeys keys,
        CancellationToken ct) =>
        TypedResults.Ok(await keys.ListAsync(tenants.Current().TenantId, ct));

    private static async Task<Created<CreatedModelKey>> Create(
        ModelKeyRequest request,
        IMultiTenantContextAccessor tenants,
        ModelKeys keys,
        CancellationToken ct)
    {
        var created = await keys.CreateAsync(tenants.Current().TenantId, request.Name.Trim(), ct);
        return TypedResults.Created($"/api/keys/model/{created.Id}", created);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(
        Guid id,
        IMultiTenantContextAccessor tenants,
        ModelKeys keys,
        CancellationToken ct) =>
        await keys.RevokeAsync(tenants.Current().TenantId, id, ct) ? TypedResults.NoContent() : Problems.NotFound("key");
}
