using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Settings;

/// <summary>
/// The secret with which a tenant's server proves who its visitors are. Like other keys, it is shown only when it is created.
/// </summary>
internal static class IdentitySecretEndpoints
{
    private const string Prefix = "ids_";
    private const int RandomBytes = 32;

    public static void MapIdentitySecret(this IEndpointRouteBuilder routes)
    {
        var secret = routes.MapGroup("/api/settings/identity-secret").ForStaff(StaffArea.Settings).ProducesProblem(401)
            .WithTags("Settings");
        secret.MapGet("/", Read).WithSummary("Check whether the tenant has an identity secret, and get its last characters");
        secret.MapPost("/", Rotate)
            .WithSummary("Create or replace the identity secret; it is shown only once, and proofs with the old one are refused at once");
        secret.MapDelete("/", Remove).ProducesProblem(404).WithSummary("Delete the identity secret; all proofs of identity are refused");
    }

    private static async Task<Ok<IdentitySecretState>> Read(
        IMultiTenantContextAccessor tenants,
        TenantSecrets secrets,
        CancellationToken ct)
    {
        var found = await secrets.FindAsync(tenants.Current().TenantId, TenantSecrets.IdentitySecret, ct);
        return TypedResults.Ok(new IdentitySecretState(found?.Hint, found?.UpdatedAt));
    }

    private static async Task<Ok<CreatedIdentitySecret>> Rotate(
        IMultiTenantContextAccessor tenants,
        TenantSecrets secrets,
        CancellationToken ct)
    {
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        await secrets.SaveAsync(tenants.Current().TenantId, TenantSecrets.IdentitySecret, secret, ct);
        return TypedResults.Ok(new CreatedIdentitySecret(secret));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(
        IMultiTenantContextAccessor tenants,
        TenantSecrets secrets,
        CancellationToken ct) =>
        await secrets.RemoveAsync(tenants.Current().TenantId, TenantSecrets.IdentitySecret, ct)
            ? TypedResults.NoContent()
            : Problems.Create(StatusCodes.Status404NotFound, "The tenant has no identity secret.");
}
