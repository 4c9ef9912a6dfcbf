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

/// <summary>Looks at everything that a tenant's avatar needs, and says in words how it stands and what to do where it fails.</summary>
public sealed class TavusConnectionTest(
    TavusAccounts accounts,
    TavusClient client,
    TenantSettingsService settings,
    UsageMeter usage,
    TenantDatabase knowledge,
    InstallationOptions options,
    TavusOptions search)
{
    private static TavusCheck NotChecked(string name) => new(name, Ok: false, "Not checked, since Tavus cannot be asked.");

    public async Task<TavusTestReport> RunAsync(TenantId tenant, CancellationToken ct)
    {
        var current = await settings.ReadAsync(tenant, ct);
        var account = await accounts.OfAsync(tenant, ct);
        var checks = new List<TavusCheck>
        {
            account is null ? new("key", Ok: false, TavusWords.NoKey)
                : new(
                    "key",
                    Ok: true,
                    account.IsTenants ? "The tenant has a key of its own." : "This installation's key is used; tenants share its account."),
        };
        var accepted = account is null ? NotChecked("key_accepted") : await AcceptedAsync(account, ct);
        checks.Add(accepted);
        checks.Add(account is null || !accepted.Ok ? NotChecked("replica") : await ReplicaAsync(account, current.TavusReplicaId, ct));
        checks.Add(account is null || !accepted.Ok ? NotChecked("persona") : await PersonaAsync(account, current.TavusPersonaId, ct));
        checks.Add(PublicAddress());
        checks.Add(
            current.UseTavusVideo
                ? new("video", Ok: true, "Video is on.")
                : new("video", Ok: false, "Video is off. Switch useTavusVideo on in the tenant's settings to offer the avatar."));
        checks.Add(await BudgetAsync(tenant, current, ct));
        checks.Add(await KnowledgeAsync(tenant, current, ct));
        return new TavusTestReport(checks.TrueForAll(check => check.Ok), checks);
    }

    private async Task<TavusCheck> AcceptedAsync(TavusAccount account, CancellationToken ct)
    {
        try
        {
            await client.ListPersonasAsync(account, type: null, page: 1, limit: 1, ct);
            return new("key_accepted", Ok: true, "Tavus accepts the key.");
        }
        catch (TavusException e)
        {
            return new("key_accepted", Ok: false, TavusWords.Of(e));
        }
    }

    private async Task<TavusCheck> ReplicaAsync(TavusAccount account, string? id, CancellationToken ct)
    {
        const string Name = "replica";
        if (string.IsNullOrWhiteSpace(id))
        {
            return new(
                Name,
                Ok: false,
                "No replica is chosen. GET /api/tavus/replicas lists them; set tavusReplicaId in the tenant's settings.");
        }

        try
        {
            var replica = await client.GetReplicaAsync(account, id, ct);
            var called = replica.Name ?? id;
            return replica.Status switch
            {
                "completed" or "ready" => new(Name, Ok: true, $"The replica {called} is trained."),
                "error" => new(
                    Name,
                    Ok: false,
                    $"The training of the replica {called} failed: {replica.ErrorMessage ?? "Tavus does not say why"}. Choose another (tavusReplicaId), or train it anew in Tavus's portal."),
                _ => new(
                    Name,
                    Ok: false,
                    $"The replica {called} is still being trained ({replica.TrainingProgress ?? replica.Status ?? "no progress told"}). That takes hours; choose another until then (tavusReplicaId)."),
            };
        }
        catch (TavusException e) when (e.Fault == TavusFault.NotFound)
        {
            return new(
                Name,
                Ok: false,
                $"The account has no replica {id}. GET /api/tavus/replicas lists those it has; set tavusReplicaId to one of them.");
        }
        catch (TavusException e)
        {
            return new(Name, Ok: false, TavusWords.Of(e));
        }
    }

    private async Task<TavusCheck> PersonaAsync(TavusAccount account, string? id, CancellationToken ct)
    {
        const string Name = "persona";
        if (string.IsNullOrWhiteSpace(id))
        {
            return new(
                Name,
                Ok: false,
                "The tenant has no persona yet. POST /api/tavus/persona/preview shows the one that its settings ask for, POST "
                    + "/api/tavus/persona/apply makes it.");
        }

        try
        {
            var persona = await client.GetPersonaAsync(account, id, ct);
            return new(
                Name,
                Ok: true,
                $"The persona {persona.Name ?? id} is there{(persona.HasUnpublishedChanges ? ", with changes that are not published" : "")}.");
        }
        catch (TavusException e) when (e.Fault == TavusFault.NotFound)
        {
            return new(
                Name,
                Ok: false,
                $"The account has no persona {id}. GET /api/tavus/personas lists those it has; "
                    + "set tavusPersonaId to one of them, or empty it and have one made (POST /api/tavus/persona/preview).");
        }
        catch (TavusException e)
        {
            return new(Name, Ok: false, TavusWords.Of(e));
        }
    }

    private TavusCheck PublicAddress() => options.PublicAddress switch
    {
        null => new(
            "public_address",
            Ok: false,
            $"{TavusWords.NoPublicAddress} Until then calls work, but without callbacks, without tools that Tavus calls here, "
                + "without our own model and without publishing documents."),
        { Scheme: "https" } address => new(
            "public_address",
            Ok: true,
            $"Tavus is told to call {address.GetLeftPart(UriPartial.Authority)}."),
        var address => new(
            "public_address",
            Ok: false,
            $"WIDGET_PUBLIC_URL is {address.GetLeftPart(UriPartial.Authority)}, but Tavus calls https addresses only. "
                + "Put a certificate before this installation and set it to that address."),
    };

    private async Task<TavusCheck> BudgetAsync(TenantId tenant, TenantSettings current, CancellationToken ct)
    {
        var used = await usage.SecondsThisMonthAsync(tenant, UsageMeter.Video, ct);
        var minutes = (used / 60.0).ToString("0.#", CultureInfo.InvariantCulture);
        return current.TavusMonthlyMinutes switch
        {
            null => new(
                "budget",
                Ok: true,
                $"{minutes} minutes of video used this month; the tenant has no limit here (tavusMonthlyMinutes)."),
            { } limit when used < limit * 60L => new("budget", Ok: true, $"{minutes} of {limit} minutes of video used this month."),
            { } limit => new(
                "budget",
                Ok: false,
                $"All {limit} minutes of video of this month are used. "
                    + "Raise tavusMonthlyMinutes in the tenant's settings, or wait for the first of the next month."),
        };
    }

    private async Task<TavusCheck> KnowledgeAsync(TenantId tenant, TenantSettings current, CancellationToken ct)
    {
        const string Name = "knowledge";
        if (!current.UseTavusKB) return new(Name, Ok: true, "The tenant's knowledge at Tavus is not searched (useTavusKB is off).");
        if (search.Endpoint is not null && current.TavusReplicaId is not null)
            return new(Name, Ok: true, "The tenant's knowledge at Tavus is searched by the search endpoint (WIDGET_TAVUS_SEARCH_PATH).");
        await using var db = await knowledge.BeginAsync(tenant, ct);
        var mirror = await db.TavusKnowledge.AsNoTracking().SingleOrDefaultAsync(ct);
        var failed = await db.TavusDocuments.CountAsync(row => row.Error != null, ct);
        return mirror switch
        {
            { Error: { } error } => new(
                Name,
                Ok: false,
                $"The mirror of the tenant's knowledge at Tavus could not be brought up to date. {error}"),
            { SyncedAt: null } or null => new(
                Name,
                Ok: false,
                "The tenant's knowledge at Tavus has not been mirrored yet. That begins by itself; "
                    + "look again in a minute (GET /api/tavus/knowledge)."),
            _ when failed > 0 => new(
                Name,
                Ok: false,
                $"{mirror.Documents} documents are mirrored, {failed} could not be, or not wholly. GET /api/tavus/knowledge says why."),
            _ => new(
                Name,
                Ok: true,
                string.Create(CultureInfo.InvariantCulture, $"{mirror.Documents} documents are mirrored, synchronised at {mirror.SyncedAt:yyyy-MM-dd HH:mm} UTC.")),
        };
    }
}
