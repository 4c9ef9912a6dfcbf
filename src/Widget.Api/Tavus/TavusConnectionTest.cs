using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Configuration;
using Widget.Api.Tavus.Client;
using Widget.Api.Tenancy;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Tavus;
using Widget.Rag.Tavus.Mirror;

namespace Widget.Api.Tavus;

/// <summary>Checks everything that a tenant's avatar needs. Each failed check says what to do.</summary>
public sealed class TavusConnectionTest(
    TavusAccounts accounts,
    TavusClient client,
    TenantSettingsService settings,
    UsageMeter usage,
    TenantDatabase database,
    InstallationOptions options,
    TavusOptions search)
{
    private static TavusCheck NotChecked(string name) => new(name, Ok: false, "Not checked, because Tavus cannot be called.");

    public async Task<TavusTestReport> RunAsync(TenantId tenant, CancellationToken ct)
    {
        var current = await settings.ReadAsync(tenant, ct);
        var account = await accounts.OfAsync(tenant, ct);
        var checks = new List<TavusCheck>
        {
            account is null ? new("key", Ok: false, TavusMessages.NoKey)
                : new(
                    "key",
                    Ok: true,
                    account.BelongsToTenant
                        ? "The tenant has its own key."
                        : "This installation's key is used. Tenants share its account."),
        };
        var accepted = account is null ? NotChecked("key_accepted") : await CheckKeyAsync(account, ct);
        checks.Add(accepted);
        checks.Add(account is null || !accepted.Ok ? NotChecked("replica") : await CheckReplicaAsync(account, current.TavusReplicaId, ct));
        checks.Add(account is null || !accepted.Ok ? NotChecked("persona") : await CheckPersonaAsync(account, current.TavusPersonaId, ct));
        checks.Add(CheckPublicAddress());
        checks.Add(
            current.UseTavusVideo
                ? new("video", Ok: true, "Video is on.")
                : new("video", Ok: false, "Video is off. Switch useTavusVideo on in the tenant's settings to offer the avatar."));
        checks.Add(await CheckBudgetAsync(tenant, current, ct));
        checks.Add(await CheckKnowledgeAsync(tenant, current, ct));
        return new TavusTestReport(checks.TrueForAll(check => check.Ok), checks);
    }

    private async Task<TavusCheck> CheckKeyAsync(TavusAccount account, CancellationToken ct)
    {
        try
        {
            await client.ListPersonasAsync(account, type: null, page: 1, limit: 1, ct);
            return new("key_accepted", Ok: true, "Tavus accepts the key.");
        }
        catch (TavusException e)
        {
            return new("key_accepted", Ok: false, TavusMessages.Of(e));
        }
    }

    private async Task<TavusCheck> CheckReplicaAsync(TavusAccount account, string? id, CancellationToken ct)
    {
        const string Name = "replica";
        if (string.IsNullOrWhiteSpace(id))
        {
            return new(
                Name,
                Ok: false,
                "No replica is chosen. Choose one (GET /api/tavus/replicas) and set tavusReplicaId in the tenant's settings.");
        }

        try
        {
            var replica = await client.GetReplicaAsync(account, id, ct);
            var name = replica.Name ?? id;
            return replica.Status switch
            {
                "completed" or "ready" => new(Name, Ok: true, $"The replica {name} is trained."),
                "error" => new(
                    Name,
                    Ok: false,
                    $"The training of the replica {name} failed: {replica.ErrorMessage ?? "Tavus gives no reason"}. "
                        + "Choose another replica (tavusReplicaId), or train this one again in Tavus's portal."),
                _ => new(
                    Name,
                    Ok: false,
                    $"The replica {name} is in training ({replica.TrainingProgress ?? replica.Status ?? "no progress reported"}). "
                        + "Training takes hours. Choose another replica until then (tavusReplicaId)."),
            };
        }
        catch (TavusException e) when (e.Fault == TavusFault.NotFound)
        {
            return new(
                Name,
                Ok: false,
                $"The account has no replica {id}. Set tavusReplicaId to one of its replicas (GET /api/tavus/replicas).");
        }
        catch (TavusException e)
        {
            return new(Name, Ok: false, TavusMessages.Of(e));
        }
    }

    private async Task<TavusCheck> CheckPersonaAsync(TavusAccount account, string? id, CancellationToken ct)
    {
        const string Name = "persona";
        if (string.IsNullOrWhiteSpace(id))
        {
            return new(
                Name,
                Ok: false,
                "The tenant has no persona yet. Preview one from its settings (POST /api/tavus/persona/preview), then apply it "
                    + "(POST /api/tavus/persona/apply).");
        }

        try
        {
            var persona = await client.GetPersonaAsync(account, id, ct);
            return new(
                Name,
                Ok: true,
                $"The persona {persona.Name ?? id} exists{(persona.HasUnpublishedChanges ? ", with unpublished changes" : "")}.");
        }
        catch (TavusException e) when (e.Fault == TavusFault.NotFound)
        {
            return new(
                Name,
                Ok: false,
                $"The account has no persona {id}. Set tavusPersonaId to one of its personas "
                    + "(GET /api/tavus/personas), or clear it and create one (POST /api/tavus/persona/preview).");
        }
        catch (TavusException e)
        {
            return new(Name, Ok: false, TavusMessages.Of(e));
        }
    }

    private TavusCheck CheckPublicAddress() => options.PublicAddress switch
    {
        null => new(
            "public_address",
            Ok: false,
            $"{TavusMessages.NoPublicAddress} Until then calls work, but without callbacks, server-side tools, "
                + "our own model and published documents."),
        { Scheme: "https" } address => new(
            "public_address",
            Ok: true,
            $"Tavus calls {address.GetLeftPart(UriPartial.Authority)}."),
        var address => new(
            "public_address",
            Ok: false,
            $"WIDGET_PUBLIC_URL is {address.GetLeftPart(UriPartial.Authority)}, but Tavus calls only https addresses. "
                + "Serve this installation over https and set WIDGET_PUBLIC_URL to that address."),
    };

    private async Task<TavusCheck> CheckBudgetAsync(TenantId tenant, TenantSettings current, CancellationToken ct)
    {
        var used = await usage.SecondsThisMonthAsync(tenant, UsageMeter.Video, ct);
        var minutes = (used / 60.0).ToString("0.#", CultureInfo.InvariantCulture);
        return current.TavusMonthlyMinutes switch
        {
            null => new(
                "budget",
                Ok: true,
                $"{minutes} minutes of video used this month. The tenant has no limit (tavusMonthlyMinutes)."),
            { } limit when used < limit * 60L => new("budget", Ok: true, $"{minutes} of {limit} minutes of video used this month."),
            { } limit => new(
                "budget",
                Ok: false,
                $"All {limit} minutes of video for this month are used. "
                    + "Raise tavusMonthlyMinutes in the tenant's settings, or wait until next month."),
        };
    }

    private async Task<TavusCheck> CheckKnowledgeAsync(TenantId tenant, TenantSettings current, CancellationToken ct)
    {
        const string Name = "knowledge";
        if (!current.UseTavusKB) return new(Name, Ok: true, "The tenant's knowledge at Tavus is not searched (useTavusKB is off).");
        if (search.Endpoint is not null && current.TavusReplicaId is not null)
            return new(Name, Ok: true, "The tenant's knowledge at Tavus is searched by the search endpoint (WIDGET_TAVUS_SEARCH_PATH).");
        await using var db = await database.BeginAsync(tenant, ct);
        var mirror = await db.TavusKnowledge.AsNoTracking().SingleOrDefaultAsync(ct);
        var failed = await db.TavusDocuments.CountAsync(row => row.Error != null, ct);
        return mirror switch
        {
            { Error: { } error } => new(
                Name,
                Ok: false,
                $"The mirror of the tenant's knowledge at Tavus could not be updated. {error}"),
            { SyncedAt: null } or null => new(
                Name,
                Ok: false,
                "The tenant's knowledge at Tavus has not been mirrored yet. Mirroring starts on its own. "
                    + "Check again in a minute (GET /api/tavus/knowledge)."),
            _ when failed > 0 => new(
                Name,
                Ok: false,
                $"{mirror.Documents} documents are mirrored. {failed} could not be mirrored completely (GET /api/tavus/knowledge)."),
            _ => new(
                Name,
                Ok: true,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{mirror.Documents} documents are mirrored, last synchronised at {mirror.SyncedAt:yyyy-MM-dd HH:mm} UTC.")),
        };
    }
}
