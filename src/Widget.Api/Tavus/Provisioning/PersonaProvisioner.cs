using Widget.Api.Configuration;
using Widget.Api.Tavus.Client;
using Widget.Api.Tavus.Tools;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Tools;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Provisioning;

/// <summary>Why a persona cannot be created or changed according to the settings.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Message">The reason, and what to do.</param>
public sealed record PersonaRefusal(int Status, string Message);

/// <summary>
/// Creates and changes tenants' personas at Tavus according to their settings, after showing a preview. Fields that we don't manage are
/// not changed. A persona that was created but whose id was not saved is found by its name, so there are never two. One node at a time
/// does this for a tenant (<see cref="TavusChangeLeases"/>), and no transaction is open during requests to Tavus.
/// </summary>
public sealed class PersonaProvisioner(
    TavusAccounts accounts,
    TavusClient client,
    PersonaReader reader,
    ProvisionedPersonas provisioned,
    TenantSettingsService settings,
    TavusChangeLeases leases,
    ToolRegistry tools,
    TavusToolSync toolSync,
    InstallationOptions options)
{
    /// <exception cref="TavusException">Tavus is unavailable or refused.</exception>
    public async Task<(TavusPersonaPreview? Preview, PersonaRefusal? Refusal)> PreviewAsync(TenantInfo tenant, CancellationToken ct)
    {
        if (await accounts.OfAsync(tenant.TenantId, ct) is not { } account) return (null, Refuse(TavusMessages.NoKey));
        var current = await settings.ReadAsync(tenant.TenantId, ct);
        var (plan, refusal) = await PlanAsync(tenant, current, account, ct);
        return plan is null ? (null, refusal) : (Show(plan, current), null);
    }

    /// <summary>Applies the changes of a preview. After a failure, applying again continues where it stopped.</summary>
    /// <param name="tenant">The tenant whose persona is changed.</param>
    /// <param name="fingerprint">The preview's fingerprint.</param>
    /// <param name="ct">Stops between two steps.</param>
    /// <exception cref="TavusException">Tavus is unavailable or refused.</exception>
    public async Task<(TavusPersonaApplied? Applied, PersonaRefusal? Refusal)> ApplyAsync(
        TenantInfo tenant,
        string fingerprint,
        CancellationToken ct)
    {
        var busy = Refuse("The persona is being changed right now. Request a new preview when that is done.");
        if (await accounts.OfAsync(tenant.TenantId, ct) is not { } account) return (null, Refuse(TavusMessages.NoKey));
        return await leases.RunAsync<(TavusPersonaApplied?, PersonaRefusal?)>(
            tenant.TenantId,
            TavusChangeLeases.Persona,
            lease => ApplyAsync(tenant, fingerprint, account, lease, lease.Token),
            otherwise: (null, busy),
            ct);
    }

    private async Task<(TavusPersonaApplied? Applied, PersonaRefusal? Refusal)> ApplyAsync(
        TenantInfo tenant,
        string fingerprint,
        TavusAccount account,
        TavusChangeLease lease,
        CancellationToken ct)
    {
        var current = await settings.ReadAsync(tenant.TenantId, ct);
        var (plan, refusal) = await PlanAsync(tenant, current, account, ct);
        if (plan is null) return (null, refusal);
        if (!string.Equals(plan.Fingerprint(), fingerprint, StringComparison.Ordinal))
        {
            return (null, Refuse(
                "The settings, or the persona at Tavus, have changed since that preview. "
                + "Request a new one (POST /api/tavus/persona/preview) and apply that."));
        }

        var guardrails = await SaveGuardrailsAsync(plan, account, ct);
        var key = plan.NeedsModelKey ? await provisioned.ReplaceModelKeyAsync(lease, ct) : null;
        var (id, isPublished) = plan.Existing is { } existing
            ? (existing.Id, await ChangeAsync(plan, existing, account, guardrails, key?.Key, ct))
            : (await CreateAsync(plan, tenant.TenantId, account, guardrails, key?.Key, ct), false);
        await provisioned.SaveAsync(lease, account, plan, id, key?.Id, current.TavusPersonaId, CancellationToken.None);
        await DeleteGuardrailsAsync(plan, account, ct);
        var report = await toolSync.SyncAsync(tenant.TenantId, ct);
        var problems = report?.Problems ?? ["The tools are being registered right now. Apply again to attach them."];
        return (new TavusPersonaApplied(id, plan.Existing is null, isPublished, plan.Changes.Count, problems), null);
    }

    private static TavusPersonaPreview Show(PersonaPlan plan, TenantSettings current)
    {
        var notes = new List<string>();
        if (plan.Existing is null)
            notes.Add("A persona will be created. Its id will be saved as tavusPersonaId in the tenant's settings.");
        else if (string.IsNullOrWhiteSpace(current.TavusPersonaId))
            notes.Add("The persona was found by its name. Its id will be saved as tavusPersonaId in the tenant's settings.");
        if (plan.Existing is { HasUnpublishedChanges: true })
            notes.Add("The persona has unpublished changes at Tavus. Applying publishes them, too.");
        if (plan.NeedsModelKey)
        {
            notes.Add(
                "A key for our model will be created and given to Tavus. GET /api/keys/model lists it. "
                + "If you revoke it, the avatar cannot answer.");
        }

        return new TavusPersonaPreview
        {
            PersonaId = plan.Existing?.Id,
            Name = plan.Desired.Name,
            Changes = plan.Changes,
            Patch = plan.ToPreviewPatch(),
            Notes = notes,
            Fingerprint = plan.Fingerprint(),
        };
    }

    private async Task<(PersonaPlan? Plan, PersonaRefusal? Refusal)> PlanAsync(
        TenantInfo tenant,
        TenantSettings current,
        TavusAccount account,
        CancellationToken ct)
    {
        if (AddressProblem(current) is { } unreachable) return (null, Refuse(unreachable));
        var existing = string.IsNullOrWhiteSpace(current.TavusPersonaId)
            ? await reader.FindByNameAsync(tenant.TenantId, account, ct)
            : await reader.FindAsync(account, current.TavusPersonaId, ct);
        if (PersonaProblem(tenant, current, account, existing) is { } problem) return (null, Refuse(problem));

        var prefix = DesiredPersona.GuardrailPrefix(tenant.TenantId);
        var plan = PersonaPlan.Of(
            DesiredPersona.Of(tenant, current, options.PublicAddress, account.BelongsToTenant),
            existing,
            await provisioned.ReadAsync(tenant.TenantId, account, existing, ct),
            await reader.GuardrailsAsync(account, prefix, ct),
            prefix);
        var attached = existing is null
            ? []
            : await reader.AttachedToolsAsync(account, existing.Id, ToolRegistry.Prefix(tenant.TenantId), ct);
        plan.Add("tools", attached, (await tools.OfAsync(tenant.TenantId, current, ct)).Select(tool => tool.Name));
        return (plan, null);
    }

    private string? AddressProblem(TenantSettings current) =>
        !current.TavusCustomModel || options.PublicAddress is { Scheme: "https" } ? null
        : "tavusCustomModel is on, but Tavus calls our model only over https. " + (options.PublicAddress is null
            ? TavusMessages.NoPublicAddress
            : "WIDGET_PUBLIC_URL is an http address. Set it to the public https address of this installation.");

    private static string? PersonaProblem(TenantInfo tenant, TenantSettings current, TavusAccount account, TavusPersona? existing)
    {
        if (existing is null && !string.IsNullOrWhiteSpace(current.TavusPersonaId))
        {
            return $"The account has no persona {current.TavusPersonaId}. "
                + "Set tavusPersonaId to one of its personas (GET /api/tavus/personas), or clear it to have one created.";
        }

        if (existing is null)
        {
            return string.IsNullOrWhiteSpace(current.TavusReplicaId)
                ? "A persona needs a replica. Choose one (GET /api/tavus/replicas) and set tavusReplicaId."
                : null;
        }

        var name = existing.Name ?? existing.Id;
        if (existing.Type == "system")
            return $"The persona {name} is one of Tavus's stock personas and cannot be changed. Clear tavusPersonaId to have one created.";
        return account.BelongsToTenant || DesiredPersona.IsNameOf(existing.Name, tenant.TenantId)
            ? null
            : $"Tenants share this installation's account at Tavus, and the persona {name} was not created for this tenant. "
                + "Clear tavusPersonaId to have one created, or set the tenant's own key.";
    }

    // A persona can only name guardrails that exist.
    private async Task<IReadOnlyDictionary<string, string>> SaveGuardrailsAsync(
        PersonaPlan plan,
        TavusAccount account,
        CancellationToken ct)
    {
        var created = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var step in plan.Guardrails)
        {
            if (step.Prompt is null) continue;
            if (step.Existing is { } existing)
            {
                await client.UpdateGuardrailAsync(account, existing.Id, new GuardrailDefinition { GuardrailPrompt = step.Prompt }, ct);
                continue;
            }

            var definition = new GuardrailDefinition { GuardrailName = step.Name, GuardrailPrompt = step.Prompt, Modality = "verbal" };
            created[step.Name] = (await client.CreateGuardrailAsync(account, definition, ct)).Id;
        }

        return created;
    }

    private async Task DeleteGuardrailsAsync(PersonaPlan plan, TavusAccount account, CancellationToken ct)
    {
        foreach (var step in plan.Guardrails.Where(step => step.Prompt is null))
        {
            try
            {
                await client.DeleteGuardrailAsync(account, step.Existing!.Id, ct);
            }
            catch (TavusException e) when (e.Fault == TavusFault.NotFound)
            {
                // Already deleted.
            }
        }
    }

    private async Task<bool> ChangeAsync(
        PersonaPlan plan,
        TavusPersona existing,
        TavusAccount account,
        IReadOnlyDictionary<string, string> guardrails,
        string? key,
        CancellationToken ct)
    {
        var patch = plan.Patch(guardrails, key);
        var isDraft = existing.HasUnpublishedChanges;
        if (patch.Count > 0) isDraft |= (await client.PatchPersonaAsync(account, existing.Id, patch, ct)).NeedsPublishing;
        if (isDraft) await client.PublishPersonaAsync(account, existing.Id, ct);
        return isDraft;
    }

    private async Task<string> CreateAsync(
        PersonaPlan plan,
        TenantId tenant,
        TavusAccount account,
        IReadOnlyDictionary<string, string> guardrails,
        string? key,
        CancellationToken ct)
    {
        try
        {
            return (await client.CreatePersonaAsync(account, plan.ToCreate(guardrails, key), ct)).Id;
        }
        catch (TavusException e) when (e.MayHaveHappened)
        {
            // Tavus may have created it although the answer was lost.
            if (await reader.FindByNameAsync(tenant, account, ct) is { } created) return created.Id;
            throw;
        }
    }

    private static PersonaRefusal Refuse(string message) => new(StatusCodes.Status409Conflict, message);
}
