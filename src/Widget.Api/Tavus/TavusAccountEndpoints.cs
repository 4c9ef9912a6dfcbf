using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tavus.Client;
using Widget.Api.Tavus.Knowledge;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus;

internal static class TavusAccountEndpoints
{
    private const long MaxRequestBytes = 16 * 1024;

    public static void MapTavusAccount(this IEndpointRouteBuilder routes)
    {
        var account = routes.MapGroup("/api/tavus").ForStaff(StaffArea.Settings).ProducesProblem(401)
            .WithTags("Tavus").WithRequestSizeLimit(MaxRequestBytes);
        account.MapGet("/key", Read).WithSummary("The Tavus key that is used, and whether it is the tenant's or the installation's");
        account.MapPut("/key", Save).Validate<TavusKeyRequest>().WithSummary("Set the tenant's own Tavus key, if Tavus accepts it");
        account.MapDelete("/key", Remove).ProducesProblem(404).WithSummary("Remove the tenant's own Tavus key");
        account.MapGet("/test", Test).WithSummary("Check everything that the avatar needs");
    }

    private static async Task<Ok<TavusKeyState>> Read(
        IMultiTenantContextAccessor tenants,
        TenantSecrets secrets,
        TavusApiOptions api,
        CancellationToken ct) =>
        TypedResults.Ok(await StateAsync(tenants.Current().TenantId, secrets, api, message: null, ct));

    private static async Task<Results<Ok<TavusKeyState>, ValidationProblem>> Save(
        TavusKeyRequest request,
        IMultiTenantContextAccessor tenants,
        TenantSecrets secrets,
        TenantSettingsService settings,
        TavusClient client,
        TavusApiOptions api,
        TavusKnowledgeTrigger trigger,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var message = "Tavus accepts the key.";
        try
        {
            await client.ListPersonasAsync(new TavusAccount(request.Key, BelongsToTenant: true), type: null, page: 1, limit: 1, ct);
        }
        catch (TavusException e) when (e.Fault == TavusFault.BadKey)
        {
            return Problems.Invalid(
                "key",
                "Tavus does not accept this key. Copy it again from Tavus's portal, or create a new one. "
                    + "If the key is limited to certain addresses, add this server's address.");
        }
        catch (TavusException e)
        {
            // The failure does not mean that the key is invalid.
            message = $"The key is saved but could not be checked. {TavusMessages.Of(e)} GET /api/tavus/test checks it again.";
        }

        await secrets.SaveAsync(tenant, TenantSecrets.TavusKey, request.Key, ct);
        await RequestKnowledgeSyncAsync(tenant, settings, trigger, ct);
        return TypedResults.Ok(await StateAsync(tenant, secrets, api, message, ct));
    }

    private static async Task<Results<Ok<TavusKeyState>, ProblemHttpResult>> Remove(
        IMultiTenantContextAccessor tenants,
        TenantSecrets secrets,
        TenantSettingsService settings,
        TavusApiOptions api,
        TavusKnowledgeTrigger trigger,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        if (!await secrets.RemoveAsync(tenant, TenantSecrets.TavusKey, ct))
            return Problems.Create(StatusCodes.Status404NotFound, "The tenant has no own Tavus key.");
        await RequestKnowledgeSyncAsync(tenant, settings, trigger, ct);
        return TypedResults.Ok(await StateAsync(tenant, secrets, api, message: null, ct));
    }

    private static async Task<Ok<TavusTestReport>> Test(
        IMultiTenantContextAccessor tenants,
        TavusConnectionTest test,
        CancellationToken ct) =>
        TypedResults.Ok(await test.RunAsync(tenants.Current().TenantId, ct));

    // Another key may belong to another account, with other documents.
    private static async Task RequestKnowledgeSyncAsync(
        TenantId tenant,
        TenantSettingsService settings,
        TavusKnowledgeTrigger trigger,
        CancellationToken ct)
    {
        if (!(await settings.ReadAsync(tenant, ct)).UseTavusKB) return;
        await trigger.SyncNowAsync(tenant, ct);
    }

    private static async Task<TavusKeyState> StateAsync(
        TenantId tenant,
        TenantSecrets secrets,
        TavusApiOptions api,
        string? message,
        CancellationToken ct)
    {
        if (await secrets.FindAsync(tenant, TenantSecrets.TavusKey, ct) is { } own)
        {
            if (await secrets.ReadAsync(tenant, TenantSecrets.TavusKey, ct) is null)
                message = "The tenant's own key can no longer be decrypted with this installation's keys. Set it again.";
            return new TavusKeyState(TavusKeySource.Own, own.Hint, own.UpdatedAt, message ?? "The tenant's own key is used.");
        }

        return api.Key is null
            ? new TavusKeyState(TavusKeySource.None, null, null, TavusMessages.NoKey)
            : new TavusKeyState(TavusKeySource.Platform, null, null, "This installation's key is used. Tenants share its account.");
    }
}
