using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.Access;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.ApiKeys;

internal static class ApiKeyEndpoints
{
    public static IServiceCollection AddApiKeys(this IServiceCollection services) => services.AddSingleton<ApiKeyService>();

    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/keys").ForStaff(StaffArea.Keys).ProducesProblem(401).WithTags("Keys");
        keys.MapGet("/", List).WithSummary("List the API keys, and all scopes that a key can have");
        keys.MapPost("/", Create).Validate<ApiKeyRequest>().ProducesProblem(409)
            .WithSummary("Create an API key; its secret is shown only once");
        keys.MapDelete("/{id:guid}", Revoke).ProducesProblem(404).WithSummary("Revoke an API key");
    }

    private static async Task<Ok<ApiKeyList>> List(IMultiTenantContextAccessor tenants, ApiKeyService keys, CancellationToken ct) =>
        TypedResults.Ok(await keys.ListAsync(tenants.Current().TenantId, ct));

    private static async Task<Results<Created<CreatedApiKey>, ValidationProblem, ProblemHttpResult>> Create(
        ApiKeyRequest request,
        IMultiTenantContextAccessor tenants,
        ApiKeyService keys,
        CancellationToken ct)
    {
        if (request.Scopes.FirstOrDefault(scope => !Permissions.All.Contains(scope)) is { } unknown)
            return Problems.Invalid("scopes", $"There is no scope \"{unknown}\". The scopes are: {string.Join(", ", Permissions.All)}.");
        // A key must not give away more than its creator has.
        if (tenants.Current().Key?.Scopes is { } own && request.Scopes.FirstOrDefault(scope => !Permissions.Allow(own, scope)) is { } missing)
            return Problems.Invalid("scopes", $"The API key of this request lacks the scope {missing}, so it cannot give it to another key.");
        if (await keys.CreateAsync(tenants.Current().TenantId, request, ct) is { } created)
            return TypedResults.Created($"/api/keys/{created.Key.Id}", created);
        return Problems.Create(StatusCodes.Status409Conflict, $"A tenant can have {ApiKeyService.Max} API keys. Revoke one first.");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(
        Guid id,
        IMultiTenantContextAccessor tenants,
        ApiKeyService keys,
        CancellationToken ct) =>
        await keys.RevokeAsync(tenants.Current().TenantId, id, ct) ? TypedResults.NoContent() : Problems.NotFound("key");
}
