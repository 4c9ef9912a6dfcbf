using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Voice.Providers;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Voice.Setup;

internal static class VoiceSetupEndpoints
{
    private const long MaxRequestBytes = 16 * 1024;
    private const int SecretSeconds = 60;

    public static void MapVoiceSetup(this IEndpointRouteBuilder routes)
    {
        var voice = routes.MapGroup("/api/voice").ForStaff(StaffArea.Settings).ProducesProblem(401).WithTags("Voice")
            .WithRequestSizeLimit(MaxRequestBytes);
        voice.MapGet("/key", ReadKey).WithSummary("Get which key voice uses");
        voice.MapPut("/key", SaveKey).Validate<ProviderKeyRequest>()
            .WithSummary("Set the tenant's own key for voice, if the provider accepts it");
        voice.MapDelete("/key", RemoveKey).ProducesProblem(404).WithSummary("Delete the tenant's own key for voice");
        voice.MapGet("/test", Test).WithSummary("Check the voice setup and explain what is missing");
        voice.MapPost("/client-secret", CreateSecret).ProducesCallRefusals()
            .WithSummary("Create a short-lived provider secret for your own front end. Such calls are not in our log");
    }

    private static async Task<Ok<ProviderKeyState>> ReadKey(
        IMultiTenantContextAccessor tenants,
        TenantSecrets secrets,
        VoiceOptions options,
        CancellationToken ct) =>
        TypedResults.Ok(await secrets.KeyStateAsync(tenants.Current().TenantId, TenantSecrets.VoiceKey, options.Key is not null, ct));

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
            // A key that may open calls but not list models gets 403.
            catch (VoiceProviderException e) when (e is { Fault: VoiceFault.BadKey, Status: StatusCodes.Status401Unauthorized })
            {
                return Problems.Invalid(
                    "key",
                    $"{account.Endpoint.Host} does not accept this key. Copy it again from the provider, or first set voice.protocol and "
                    + "voice.endpoint to match the key.");
            }
            catch (VoiceProviderException)
            {
                // This failure does not mean that the key is wrong. GET /api/voice/test checks it again.
            }
        }

        await secrets.SaveAsync(tenant, TenantSecrets.VoiceKey, request.Key, ct);
        return TypedResults.Ok(await secrets.KeyStateAsync(tenant, TenantSecrets.VoiceKey, options.Key is not null, ct));
    }

    private static Task<Results<Ok<ProviderKeyState>, ProblemHttpResult>> RemoveKey(
        IMultiTenantContextAccessor tenants,
        TenantSecrets secrets,
        VoiceOptions options,
        CancellationToken ct) =>
        secrets.RemoveKeyAsync(
            tenants.Current().TenantId,
            TenantSecrets.VoiceKey,
            options.Key is not null,
            "The tenant has not set its own key for voice.",
            ct);

    private static async Task<Ok<ConnectionReport>> Test(
        IMultiTenantContextAccessor tenants,
        VoiceConnectionTest test,
        CancellationToken ct) =>
        TypedResults.Ok(await test.RunAsync(tenants.Current().TenantId, ct));

    private static async Task<Results<Ok<VoiceClientSecret>, ProblemHttpResult>> CreateSecret(
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        ConversationThreads threads,
        VoiceAccounts accounts,
        VoiceAvailability availability,
        VoicePlanBuilder plans,
        RealtimeProvider provider,
        CancellationToken ct)
    {
        var tenant = tenants.Current();
        var current = await settings.ReadAsync(tenant.TenantId, ct);
        if (await availability.RefusalAsync(tenant.TenantId, current, ct) is { } refusal) return refusal.ToProblem();
        var account = (await accounts.OfAsync(tenant.TenantId, current.Voice, ct))!;
        if (!provider.Protocols.Contains(account.Protocol))
            return Problems.Create(
                StatusCodes.Status409Conflict,
                "This provider does not support client secrets. Open calls with POST /api/voice/session.");
        var (thread, _) = (await threads.FindAsync(tenant.TenantId, visitor: null, requested: null, ct))!.Value;
        var transcriptionModel = availability.TranscriptionModelOf(current.Voice, account);
        var plan = (await plans.BuildAsync(tenant, current, thread, new VoiceSessionRequest(), transcriptionModel, ct))!;
        try
        {
            var model = availability.ModelOf(current.Voice, account)!;
            return TypedResults.Ok(await provider.CreateSecretAsync(account, model, plan, SecretSeconds, ct));
        }
        catch (VoiceProviderException e)
        {
            return VoiceRefusals.Of(e).ToProblem();
        }
    }
}
