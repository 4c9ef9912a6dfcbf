using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tavus.Client;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Tavus.Provisioning;

internal static class TavusPersonaEndpoints
{
    private const long MaxRequestBytes = 16 * 1024;
    private const int PageSize = 24;

    public static void MapTavusPersona(this IEndpointRouteBuilder routes)
    {
        var tavus = routes.MapGroup("/api/tavus").ForStaff(StaffArea.Settings).ProducesProblem(401)
            .WithTags("Tavus").WithRequestSizeLimit(MaxRequestBytes).ExplainTavus();
        tavus.MapGet("/replicas", Replicas).WithSummary("The account's replicas, with the state of their training");
        tavus.MapGet("/personas", Personas).WithSummary("The account's personas");
        tavus.MapGet("/voices", Voices).WithSummary("Tavus's stock voices");
        tavus.MapPost("/persona/preview", Preview).WithSummary("Preview how the tenant's settings change its persona");
        tavus.MapPost("/persona/apply", Apply).Validate<TavusPersonaApplyRequest>().WithSummary("Apply the changes of a preview");
    }

    private static async Task<Results<Ok<TavusReplicaPage>, ValidationProblem, ProblemHttpResult>> Replicas(
        IMultiTenantContextAccessor tenants,
        TavusAccounts accounts,
        TavusClient client,
        TenantSettingsService settings,
        CancellationToken ct,
        int page = 1,
        string? kind = null)
    {
        if (!IsKind(kind)) return InvalidKind();
        var tenant = tenants.Current().TenantId;
        if (await accounts.OfAsync(tenant, ct) is not { } account) return NoKey();
        var chosen = (await settings.ReadAsync(tenant, ct)).TavusReplicaId;
        var list = await client.ListReplicasAsync(account, new ReplicaFilter { Type = kind }, Math.Max(1, page), PageSize, ct);
        return TypedResults.Ok(new TavusReplicaPage(
            [
                .. list.Items.Select(replica => new TavusReplicaSummary(
                    replica.Id,
                    replica.Name ?? replica.Id,
                    replica.ThumbnailVideoUrl,
                    replica.Status switch
                    {
                        "completed" or "ready" => TavusTraining.Ready,
                        "error" => TavusTraining.Failed,
                        _ => TavusTraining.Training,
                    },
                    Percent(replica.TrainingProgress),
                    replica.Type,
                    replica.ErrorMessage,
                    replica.Id == chosen)),
            ],
            Math.Max(1, page),
            list.TotalCount));
    }

    private static async Task<Results<Ok<TavusPersonaPage>, ValidationProblem, ProblemHttpResult>> Personas(
        IMultiTenantContextAccessor tenants,
        TavusAccounts accounts,
        TavusClient client,
        TenantSettingsService settings,
        CancellationToken ct,
        int page = 1,
        string? kind = null)
    {
        if (!IsKind(kind)) return InvalidKind();
        var tenant = tenants.Current().TenantId;
        if (await accounts.OfAsync(tenant, ct) is not { } account) return NoKey();
        var chosen = (await settings.ReadAsync(tenant, ct)).TavusPersonaId;
        var list = await client.ListPersonasAsync(account, kind, Math.Max(1, page), PageSize, ct);
        return TypedResults.Ok(new TavusPersonaPage(
            [
                .. list.Items.Where(IsShown).Select(persona => new TavusPersonaSummary(
                    persona.Id,
                    persona.Name ?? persona.Id,
                    persona.DefaultReplicaId,
                    persona.Type,
                    persona.Id == chosen)),
            ],
            Math.Max(1, page),
            list.TotalCount));

        // A shared account holds other tenants' personas, which this tenant must not see.
        bool IsShown(TavusPersona persona) => account.BelongsToTenant
            || persona.Type == "system"
            || DesiredPersona.IsNameOf(persona.Name, tenant);
    }

    private static async Task<Results<Ok<TavusVoicePage>, ProblemHttpResult>> Voices(
        IMultiTenantContextAccessor tenants,
        TavusAccounts accounts,
        TavusClient client,
        CancellationToken ct,
        int page = 1,
        string? search = null)
    {
        if (await accounts.OfAsync(tenants.Current().TenantId, ct) is not { } account) return NoKey();
        var list = await client.ListVoicesAsync(
            account,
            string.IsNullOrWhiteSpace(search) ? null : search,
            Math.Max(1, page),
            PageSize,
            ct);
        return TypedResults.Ok(new TavusVoicePage(
            [.. list.Items.Select(voice => new TavusVoiceSummary(voice.Name, voice.ReplicaId, voice.AudioUrl, voice.Tags))],
            Math.Max(1, page),
            list.TotalCount));
    }

    private static async Task<Results<Ok<TavusPersonaPreview>, ProblemHttpResult>> Preview(
        IMultiTenantContextAccessor tenants,
        PersonaProvisioner provisioner,
        CancellationToken ct)
    {
        var (preview, refusal) = await provisioner.PreviewAsync(tenants.Current(), ct);
        return preview is null ? Problems.Create(refusal!.Status, refusal.Message) : TypedResults.Ok(preview);
    }

    private static async Task<Results<Ok<TavusPersonaApplied>, ProblemHttpResult>> Apply(
        TavusPersonaApplyRequest request,
        IMultiTenantContextAccessor tenants,
        PersonaProvisioner provisioner,
        CancellationToken ct)
    {
        var (applied, refusal) = await provisioner.ApplyAsync(tenants.Current(), request.Fingerprint, ct);
        return applied is null ? Problems.Create(refusal!.Status, refusal.Message) : TypedResults.Ok(applied);
    }

    private static bool IsKind(string? kind) => kind is null or "user" or "system";

    private static ValidationProblem InvalidKind() => Problems.Invalid("kind", "kind must be user or system. Leave it out for both.");

    private static ProblemHttpResult NoKey() => Problems.Create(StatusCodes.Status409Conflict, TavusMessages.NoKey);

    // Tavus reports progress as "57/100".
    private static int? Percent(string? progress) =>
        progress?.Split('/') is [var done, var all]
            && double.TryParse(done, CultureInfo.InvariantCulture, out var part)
            && double.TryParse(all, CultureInfo.InvariantCulture, out var whole)
            && whole > 0
            ? (int)Math.Clamp(100 * part / whole, 0, 100)
            : null;
}
