using Microsoft.EntityFrameworkCore;
using Widget.Api.Configuration;
using Widget.Api.OpenAI;
using Widget.Api.Tavus.Client;
using Widget.Api.Tavus.Tools;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Tools;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Provisioning;

/// <summary>Why a persona cannot be made or changed as the settings say.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Words">What to do.</param>
public sealed record PersonaRefusal(int Status, string Words);

/// <summary>
/// Creates and changes tenants' personas at Tavus according to their settings, after showing a preview. Fields that we don't manage are
/// not changed. A persona that was created but whose id was not saved is found by its name, so there are never two. One node at a time
/// does this for a tenant (<see cref="TavusTurns"/>), and no transaction is open during requests to Tavus.
/// </summary>
public sealed class PersonaProvisioner(
    TavusAccounts accounts,
    TavusClient client,
    TenantSettingsService settings,
    TenantDatabase database,
    TavusTurns turns,
    ToolRegistry tools,
    TavusToolSync toolSync,
    ModelKeys modelKeys,
    InstallationOptions options,
    TimeProvider clock)
{
    private const string KeyName = "Tavus persona (made by this installation)";
    private const int PageSize = 50;
    private const int MostPages = 100;

    private static PersonaRefusal Busy =>
        new(StatusCodes.Status409Conflict, "The persona is being changed right now. Request a new preview when that is done.");

    /// <exception cref="TavusException">Tavus could not be asked.</exception>
    public async Task<(TavusPersonaPreview? Preview, PersonaRefusal? Refusal)> PreviewAsync(TenantInfo tenant, CancellationToken ct)
    {
        if (await accounts.OfAsync(tenant.TenantId, ct) is not { } account)
            return (null, new(StatusCodes.Status409Conflict, TavusWords.NoKey));
        var current = await settings.ReadAsync(tenant.TenantId, ct);
        var (plan, refusal) = await PlanAsync(tenant, current, account, ct);
        return plan is null ? (null, refusal) : (Show(plan, current), null);
    }

    /// <summary>Does what a preview has shown. What fails on the way is gone on with when it is applied again.</summary>
    /// <param name="tenant">Whose persona.</param>
    /// <param name="fingerprint">The preview's.</param>
    /// <param name="ct">Breaks off between two steps.</param>
    /// <exception cref="TavusException">Tavus did not do it.</exception>
    public async Task<(TavusPersonaApplied? Applied, PersonaRefusal? Refusal)> ApplyAsync(
        TenantInfo tenant,
        string fingerprint,
        CancellationToken ct)
    {
        if (await accounts.OfAsync(tenant.TenantId, ct) is not { } account)
            return (null, new(StatusCodes.Status409Conflict, TavusWords.NoKey));
        await using var turn = await turns.TakeAsync(tenant.TenantId, TavusTurns.Persona, ct);
        if (turn is null) return (null, Busy);
        try
        {
            return await ApplyAsync(tenant, fingerprint, account, turn, turn.Token);
        }
        catch (TavusTurnLostException)
        {
            return (null, Busy);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested && turn.Token.IsCancellationRequested)
        {
            return (null, Busy);
        }
    }

    private async Task<(TavusPersonaApplied? Applied, PersonaRefusal? Refusal)> ApplyAsync(
        TenantInfo tenant,
        string fingerprint,
        TavusAccount account,
        TavusTurn turn,
        CancellationToken ct)
    {
        var current = await settings.ReadAsync(tenant.TenantId, ct);
        var (plan, refusal) = await PlanAsync(tenant, current, account, ct);
        if (plan is null) return (null, refusal);
        if (!string.Equals(plan.Fingerprint(), fingerprint, StringComparison.Ordinal))
            return (null, new(StatusCodes.Status409Conflict, "The settings, or the persona at Tavus, have changed since that preview. Look at a new one (POST /api/tavus/persona/preview) and apply that."));

        var guardrails = await KeepGuardrailsAsync(plan, account, ct);
        var key = plan.NeedsModelKey ? await modelKeys.CreateAsync(tenant.TenantId, KeyName, ct) : null;
        // From here on Tavus may hold the new key. Should this break off, the next one must not take the old one for the one in use.
        if (key is not null) await ForgetModelKeyAsync(turn, ct);
        var (id, published) = plan.There is { } there
            ? (there.Id, await ChangeAsync(plan, there, account, guardrails, key?.Key, ct))
            : (await CreateAsync(plan, tenant.TenantId, account, guardrails, key?.Key, ct), false);
        await RememberAsync(turn, account, plan, id, key?.Id, current.TavusPersonaId, CancellationToken.None);
        await DropGuardrailsAsync(plan, account, ct);
        var report = await toolSync.SyncAsync(tenant.TenantId, ct);
        return (new TavusPersonaApplied(id, plan.There is null, published, plan.Changes.Count, report?.Problems ?? ["The tools are being registered by somebody else at this moment. Apply again to have them attached."]), null);
    }

    private static TavusPersonaPreview Show(PersonaPlan plan, TenantSettings current)
    {
        var notes = new List<string>();
        if (plan.There is null) notes.Add("A persona will be made, and its id kept as tavusPersonaId in the tenant's settings.");
        else if (string.IsNullOrWhiteSpace(current.TavusPersonaId))
            notes.Add("The persona was found by its name; its id will be kept as tavusPersonaId in the tenant's settings.");
        if (plan.There is { HasUnpublishedChanges: true })
            notes.Add("The persona has changes at Tavus that are not published. Applying publishes them, too.");
        if (plan.NeedsModelKey)
        {
            notes.Add(
                "A key for our model will be made and given to Tavus. GET /api/keys/model lists it; revoking it silences the avatar.");
        }

        return new TavusPersonaPreview
        {
            PersonaId = plan.There?.Id,
            Name = plan.Wish.Name,
            Changes = plan.Changes,
            Patch = plan.Shown(),
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
        if (current.TavusCustomModel && options.PublicAddress is not { Scheme: "https" })
            return (null, new(StatusCodes.Status409Conflict, $"tavusCustomModel is on, but Tavus reaches our model by https only. {(options.PublicAddress is null ? TavusWords.NoPublicAddress : "WIDGET_PUBLIC_URL is an http address; set it to the https address under which others reach this installation.")}"));
        var there = string.IsNullOrWhiteSpace(current.TavusPersonaId)
            ? await FindByNameAsync(tenant.TenantId, account, ct)
            : await FindAsync(account, current.TavusPersonaId, ct);
        if (there is null && !string.IsNullOrWhiteSpace(current.TavusPersonaId))
            return (null, new(StatusCodes.Status409Conflict, $"The account has no persona {current.TavusPersonaId}. Set tavusPersonaId to one that it has (GET /api/tavus/personas), or empty it to have one made."));
        if (there is { Type: "system" })
            return (null, new(StatusCodes.Status409Conflict, $"The persona {there.Name ?? there.Id} is one of Tavus's own and cannot be changed. Empty tavusPersonaId to have one made."));
        if (there is not null && !account.IsTenants && !PersonaWish.IsNameOf(there.Name, tenant.TenantId))
            return (null, new(StatusCodes.Status409Conflict, $"Tenants share this installation's account at Tavus, and the persona {there.Name ?? there.Id} is not one that was made for this tenant. Empty tavusPersonaId to have one made, or set a key of the tenant's own."));
        if (there is null && string.IsNullOrWhiteSpace(current.TavusReplicaId))
            return (null, new(StatusCodes.Status409Conflict, "A persona needs a replica. Choose one (GET /api/tavus/replicas) and set tavusReplicaId."));

        var prefix = PersonaWish.GuardrailPrefix(tenant.TenantId);
        var plan = PersonaPlan.Of(
            PersonaWish.Of(tenant, current, options.PublicAddress, account.IsTenants),
            there,
            await AppliedAsync(tenant.TenantId, account, there, ct),
            await GuardrailsAsync(account, prefix, ct),
            prefix);
        var toolPrefix = ToolRegistry.Prefix(tenant.TenantId);
        var attached = there is null ? [] : (await client.ListAttachedToolsAsync(account, there.Id, ct)).Select(tool => tool.Name ?? "")
            .Where(name => name.StartsWith(toolPrefix, StringComparison.Ordinal)).Select(name => name[toolPrefix.Length..]);
        plan.Add("tools", attached, tools.Of(current).Select(tool => tool.Name));
        return (plan, null);
    }

    private async Task<TavusPersona?> FindAsync(TavusAccount account, string id, CancellationToken ct)
    {
        try
        {
            var persona = await client.GetPersonaAsync(account, id, ct);
            // A change goes to the draft where there is one, so that is what it must be compared with.
            return persona.HasUnpublishedChanges
                ? await client.GetPersonaAsync(account, id, draft: true, ct) with { HasUnpublishedChanges = true }
                : persona;
        }
        catch (TavusException e) when (e.Fault == TavusFault.NotFound)
        {
            return null;
        }
    }

    private async Task<TavusPersona?> FindByNameAsync(TenantId tenant, TavusAccount account, CancellationToken ct)
    {
        for (var page = 1; page <= MostPages; page++)
        {
            var list = await client.ListPersonasAsync(account, "user", page, PageSize, ct);
            if (list.Items.FirstOrDefault(persona => PersonaWish.IsNameOf(persona.Name, tenant)) is { } found)
                return await FindAsync(account, found.Id, ct);
            if (list.Items.Count == 0 || page * PageSize >= list.TotalCount) break;
        }

        return null;
    }

    private async Task<IReadOnlyList<TavusGuardrailRule>> GuardrailsAsync(TavusAccount account, string prefix, CancellationToken ct)
    {
        var found = new List<TavusGuardrailRule>();
        for (var page = 1; page <= MostPages; page++)
        {
            var list = await client.ListGuardrailsAsync(account, page, PageSize, ct);
            found.AddRange(list.Items.Where(rule => rule.Name?.StartsWith(prefix, StringComparison.Ordinal) == true));
            if (list.Items.Count == 0 || page * PageSize >= list.TotalCount) break;
        }

        return found;
    }

    private async Task<AppliedPersona> AppliedAsync(TenantId tenant, TavusAccount account, TavusPersona? there, CancellationToken ct)
    {
        if (there is null) return AppliedPersona.Nothing;
        ProvisionedPersona? row;
        await using (var db = await database.BeginAsync(tenant, ct)) row = await db.Personas.AsNoTracking().SingleOrDefaultAsync(ct);
        if (row is null || row.PersonaId != there.Id || row.Account != account.Fingerprint) return AppliedPersona.Nothing;
        // A key that has been revoked opens nothing any more; another has to be made.
        var valid = row.Applied.ModelKeyId is { } id && (await modelKeys.ListAsync(tenant, ct)).Any(key => key.Id == id);
        return valid ? row.Applied : row.Applied with { ModelKeyId = null };
    }

    // Rules must be there before a persona can name them.
    private async Task<IReadOnlyDictionary<string, string>> KeepGuardrailsAsync(
        PersonaPlan plan,
        TavusAccount account,
        CancellationToken ct)
    {
        var made = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var step in plan.Guardrails)
        {
            if (step.Prompt is null) continue;
            if (step.There is { } there)
                await client.UpdateGuardrailAsync(account, there.Id, new GuardrailDefinition { GuardrailPrompt = step.Prompt }, ct);
            else made[step.Name] = (await client.CreateGuardrailAsync(account, new GuardrailDefinition { GuardrailName = step.Name, GuardrailPrompt = step.Prompt, Modality = "verbal" }, ct)).Id;
        }

        return made;
    }

    private async Task DropGuardrailsAsync(PersonaPlan plan, TavusAccount account, CancellationToken ct)
    {
        foreach (var step in plan.Guardrails.Where(step => step.Prompt is null))
        {
            try
            {
                await client.DeleteGuardrailAsync(account, step.There!.Id, ct);
            }
            catch (TavusException e) when (e.Fault == TavusFault.NotFound)
            {
                // Somebody was quicker.
            }
        }
    }

    private async Task<bool> ChangeAsync(
        PersonaPlan plan,
        TavusPersona there,
        TavusAccount account,
        IReadOnlyDictionary<string, string> guardrails,
        string? key,
        CancellationToken ct)
    {
        var patch = plan.Patch(guardrails, key);
        var draft = there.HasUnpublishedChanges;
        if (patch.Count > 0) draft |= (await client.PatchPersonaAsync(account, there.Id, patch, ct)).NeedsPublishing;
        if (draft) await client.PublishPersonaAsync(account, there.Id, ct);
        return draft;
    }

    private async Task<string> CreateAsync(
        PersonaPlan plan,
        TenantId tenant,
        TavusAccount account,
        IReadOnlyDictionary<string, string> guardrails,
        string? key,
        CancellationToken ct)
    {
        var wish = plan.Wish;
        var ids = plan.GuardrailIds(guardrails);
        try
        {
            var made = await client.CreatePersonaAsync(
                account,
                new CreatePersona
                {
                    PersonaName = wish.Name,
                    SystemPrompt = wish.SystemPrompt,
                    PipelineMode = "full",
                    DefaultReplicaId = wish.ReplicaId,
                    DocumentIds = wish.DocumentIds.Count > 0 ? wish.DocumentIds : null,
                    DocumentTags = wish.DocumentTags,
                    GuardrailIds = ids.Count > 0 ? ids : null,
                    Layers = LayerField.Make(wish.Layers, new LlmLayer
                    {
                        BaseUrl = wish.ModelAddress?.AbsoluteUri,
                        Model = wish.ModelAddress is null ? null : PersonaPlan.ModelName,
                        ApiKey = key,
                        SpeculativeInference = true,
                    }),
                },
                ct);
            return made.Id;
        }
        catch (TavusException e) when (e.MayHaveHappened)
        {
            // Only its answer was lost, perhaps.
            if (await FindByNameAsync(tenant, account, ct) is { } made) return made.Id;
            throw;
        }
    }

    private async Task RememberAsync(
        TavusTurn turn,
        TavusAccount account,
        PersonaPlan plan,
        string id,
        Guid? keyId,
        string? planned,
        CancellationToken ct)
    {
        var applied = new AppliedPersona
        {
            DocumentIds = plan.Wish.DocumentIds,
            DocumentTags = plan.Wish.DocumentTags,
            ModelAddress = plan.Wish.ModelAddress?.AbsoluteUri,
            Layers = [.. plan.Wish.Layers.Select(field => field.Path)],
            ModelKeyId = plan.Wish.ModelAddress is null ? null : keyId ?? plan.Applied.ModelKeyId,
        };
        var tenant = turn.Tenant;
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            await turn.HoldAsync(db, ct);
            var row = await db.Personas.SingleOrDefaultAsync(ct);
            if (row is null)
                db.Personas.Add(row = new ProvisionedPersona { TenantId = tenant, Account = "", PersonaId = "", Applied = applied });
            (row.Account, row.PersonaId, row.Applied, row.AppliedAt) = (account.Fingerprint, id, applied, clock.GetUtcNow());
            await db.CommitAsync(ct);
        }

        if (planned != id)
        {
            await settings.ChangeAsync(
                tenant,
                current => current.TavusPersonaId == planned ? current with { TavusPersonaId = id } : current,
                ct);
        }

        // Tavus does not ask with the others any more. The turn is checked after they were listed, so none of them was made by a node that
        // has the turn now.
        var useless = (await modelKeys.ListAsync(tenant, ct)).Where(key => key.Name == KeyName && key.Id != applied.ModelKeyId).ToList();
        await using (var held = await database.BeginAsync(tenant, ct)) await turn.HoldAsync(held, ct);
        foreach (var key in useless) await modelKeys.RevokeAsync(tenant, key.Id, ct);
    }

    private async Task ForgetModelKeyAsync(TavusTurn turn, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(turn.Tenant, ct);
        await turn.HoldAsync(db, ct);
        if (await db.Personas.SingleOrDefaultAsync(ct) is not { } row) return;
        row.Applied = row.Applied with { ModelKeyId = null };
        await db.CommitAsync(ct);
    }
}
