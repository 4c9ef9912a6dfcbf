using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy;

/// <summary>Tenants' own keys for voice and for spoken replies, as the API shows and deletes them.</summary>
internal static class ProviderKeys
{
    /// <summary>Says which key is used for a service.</summary>
    /// <param name="secrets">The tenants' secrets.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="name">The secret with the tenant's own key.</param>
    /// <param name="hasPlatform">Whether tenants without a key use the installation's.</param>
    /// <param name="ct">Cancels the query.</param>
    public static async Task<ProviderKeyState> KeyStateAsync(
        this TenantSecrets secrets,
        TenantId tenant,
        string name,
        bool hasPlatform,
        CancellationToken ct) =>
        await secrets.FindAsync(tenant, name, ct) is { } own
            ? new ProviderKeyState(TavusKeySource.Own, own.Hint, own.UpdatedAt)
            : new ProviderKeyState(hasPlatform ? TavusKeySource.Platform : TavusKeySource.None, null, null);

    /// <summary>Deletes the tenant's own key and says which key is used now. 404 with <paramref name="noKey"/> if there is none.</summary>
    public static async Task<Results<Ok<ProviderKeyState>, ProblemHttpResult>> RemoveKeyAsync(
        this TenantSecrets secrets,
        TenantId tenant,
        string name,
        bool hasPlatform,
        string noKey,
        CancellationToken ct) =>
        await secrets.RemoveAsync(tenant, name, ct)
            ? TypedResults.Ok(await secrets.KeyStateAsync(tenant, name, hasPlatform, ct))
            : Problems.Create(StatusCodes.Status404NotFound, noKey);
}
