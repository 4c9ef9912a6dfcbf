using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Voice.Providers;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Setup;

internal static class VoiceSetupEndpoints
{
    private const long LargestRequest = 16 * 1024;
    private const int SecretSeconds = 60;

    public static void MapVoiceSetup(this IEndpointRouteBuilder routes)
    {
        var voice = routes.MapGroup("/api/voice").RequireAuthorization(Policies.Developer).ProducesProblem(401).WithTags("Voice").WithRequestSizeLimit(LargestRequest);
        voice.MapGet("/key", ReadKey).WithSummary("Whose key for voice is used");
        voice.MapPut("/key", SaveKey).Validate<ProviderKeyRequest>().WithSummary("Set the tenant's own key for voice, once the provider accepts it");
        voice.MapDelete("/key", RemoveKey).ProducesProblem(404).WithSummary("Forget the tenant's own key for voice");
        voice.MapGet("/test", Test).WithSummary("Whether everything that voice needs is there, in words");
        voice.MapPost("/client-secret", CreateSecret).ProducesProblem(402).ProducesProblem(409).ProducesProblem(502).ProducesProblem(503)
            .WithSummary("A short-lived secret of the provider's, for a front end of your own; what is said with it is in no log of ours");
    }

    private static async Task<Ok<ProviderKeyState>> ReadKey(IMultiTenantContextAccessor tenants, TenantSecrets secrets, VoiceOptions options, CancellationToken ct) =>
        TypedResults.Ok(await StateAsync(tenants.Current().TenantId, secrets, options, ct));

    private static async Task<Results<Ok<ProviderKeyState>, ValidationProblem>> SaveKey(
        ProviderKeyRequest request,
        IMultiTenantContextAccessor tenants,
        TenantSecrets secrets,
        TenantSettingsService settings,
        VoiceAccounts accounts,
        VoiceHttp http,
        VoiceOptions options,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        if (accounts.Of((await settings.ReadAsync(tenant, ct)).Voice, request.Key) is { } account)
        {
            try
            {
                await http.SendAsync(account, HttpMethod.Get, "models", content: null, ct);
            }
            // A key that may talk but not list models is told 403.
            catch (VoiceProviderException e) when (e is { Fault: VoiceFault.BadKey, Status: StatusCodes.Status401Unauthorized })
            {
                return Problems.Invalid("key", $"{account.Endpoint.Host} does not accept this key. Copy it again from the provider, or set voice.protocol and voice.endpoint to those that the key is for, first.");
            }
            catch (VoiceProviderException)
            {
                // It says nothing of the key; GET /api/voice/test checks it again.
            }
        }

        await secrets.SaveAsync(tenant, TenantSecrets.VoiceKey, request.Key, ct);
        return TypedResults.Ok(await StateAsync(tenant, secrets, options, ct));
    }

    private static async Task<Results<Ok<ProviderKeyState>, ProblemHttpResult>> RemoveKey(IMultiTenantContextAccessor tenants, TenantSecrets secrets, VoiceOptions options, CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        return await secrets.RemoveAsync(tenant, TenantSecrets.VoiceKey, ct)
            ? TypedResults.Ok(await StateAsync(tenant, secrets, options, ct))
            : Problems.Because(StatusCodes.Status404NotFound, "The tenant has no key of its own for voice.");
    }

    private static async Task<Ok<ConnectionReport>> Test(IMultiTenantContextAccessor tenants, VoiceConnectionTest test, CancellationToken ct) =>
        TypedResults.Ok(await test.RunAsync(tenants.Current().TenantId, ct));

    private static async Task<Results<Ok<VoiceClientSecret>, ProblemHttpResult>> CreateSecret(
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        ConversationThreads threads,
        VoiceAccounts accounts,
        VoiceOffer offer,
        VoiceBriefing briefing,
        RealtimeProvider provider,
        CancellationToken ct)
    {
        var tenant = tenants.Current();
        var current = await settings.ReadAsync(tenant.TenantId, ct);
        if (await offer.MissingAsync(tenant.TenantId, current, ct) is { } missing) return missing.ToProblem();
        var account = (await accounts.OfAsync(tenant.TenantId, current.Voice, ct))!;
        if (!provider.Protocols.Contains(account.Protocol))
            return Problems.Because(StatusCodes.Status409Conflict, "This provider has no secrets for front ends. Open calls with POST /api/voice/session.");
        var (thread, _) = (await threads.FindAsync(tenant.TenantId, visitor: null, wanted: null, ct))!.Value;
        var plan = (await briefing.PlanAsync(tenant, current, thread, new VoiceSessionRequest(), offer.TranscriptionModelOf(current.Voice, account), ct))!;
        try
        {
            return TypedResults.Ok(await provider.CreateSecretAsync(account, offer.ModelOf(current.Voice, account)!, plan, SecretSeconds, ct));
        }
        catch (VoiceProviderException e)
        {
            return VoiceRefusals.Of(e).ToProblem();
        }
    }

    private static async Task<ProviderKeyState> StateAsync(TenantId tenant, TenantSecrets secrets, VoiceOptions options, CancellationToken ct) =>
        await secrets.FindAsync(tenant, TenantSecrets.VoiceKey, ct) is { } own ? new ProviderKeyState(TavusKeySource.Own, own.Hint, own.UpdatedAt)
        : new ProviderKeyState(options.Key is null ? TavusKeySource.None : TavusKeySource.Platform, null, null);
}
