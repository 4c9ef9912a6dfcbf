using Microsoft.EntityFrameworkCore;
using Widget.Api.OpenAI;
using Widget.Api.Tavus.Client;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Provisioning;

/// <summary>Stores the fields of tenants' personas that we set last, and manages the keys that Tavus sends to our model.</summary>
public sealed class ProvisionedPersonas(TenantDatabase database, TenantSettingsService settings, ModelKeys modelKeys, TimeProvider clock)
{
    private const string KeyName = "Tavus persona (made by this installation)";

    /// <summary>The fields of the persona that we set last; none when another persona or account was set last.</summary>
    public async Task<AppliedPersona> ReadAsync(TenantId tenant, TavusAccount account, TavusPersona? persona, CancellationToken ct)
    {
        if (persona is null) return AppliedPersona.Nothing;
        ProvisionedPersona? row;
        await using (var db = await database.BeginAsync(tenant, ct)) row = await db.Personas.AsNoTracking().SingleOrDefaultAsync(ct);
        if (row is null || row.PersonaId != persona.Id || row.Account != account.Fingerprint) return AppliedPersona.Nothing;
        // A revoked key is rejected, so a new one is created.
        var isValid = row.Applied.ModelKeyId is { } id && (await modelKeys.ListAsync(tenant, ct)).Any(key => key.Id == id);
        return isValid ? row.Applied : row.Applied with { ModelKeyId = null };
    }

    /// <summary>
    /// Creates a key for our model and forgets the old one. Tavus may have the new key even if the change fails in the middle, so the next
    /// attempt must not assume that the old key is still used.
    /// </summary>
    public async Task<CreatedModelKey> ReplaceModelKeyAsync(TavusChangeLease lease, CancellationToken ct)
    {
        var key = await modelKeys.CreateAsync(lease.Tenant, KeyName, ct);
        await using var db = await lease.BeginAsync(database, ct);
        if (await db.Personas.SingleOrDefaultAsync(ct) is not { } row) return key;
        row.Applied = row.Applied with { ModelKeyId = null };
        await db.CommitAsync(ct);
        return key;
    }

    /// <summary>
    /// Stores the fields that were set, writes the persona's id to the tenant's settings, and revokes the keys that Tavus no longer uses.
    /// </summary>
    /// <param name="lease">The lease of the change.</param>
    /// <param name="account">The persona's account.</param>
    /// <param name="plan">The plan that was carried out.</param>
    /// <param name="personaId">The persona, which may be new.</param>
    /// <param name="newKey">The key that was created for it; null when it keeps its key.</param>
    /// <param name="idInSettings">The persona in the settings that were applied. Settings changed since then stay.</param>
    /// <param name="ct">Cancels the operation.</param>
    public async Task SaveAsync(
        TavusChangeLease lease,
        TavusAccount account,
        PersonaPlan plan,
        string personaId,
        Guid? newKey,
        string? idInSettings,
        CancellationToken ct)
    {
        var applied = plan.ToApplied(newKey);
        var tenant = lease.Tenant;
        await using (var db = await lease.BeginAsync(database, ct))
        {
            var row = await db.Personas.SingleOrDefaultAsync(ct);
            if (row is null)
            {
                row = new ProvisionedPersona { TenantId = tenant, Account = "", PersonaId = "", Applied = applied };
                db.Personas.Add(row);
            }

            (row.Account, row.PersonaId, row.Applied, row.AppliedAt) = (account.Fingerprint, personaId, applied, clock.GetUtcNow());
            await db.CommitAsync(ct);
        }

        if (idInSettings != personaId)
        {
            await settings.ChangeAsync(
                tenant,
                current => current.TavusPersonaId == idInSettings ? current with { TavusPersonaId = personaId } : current,
                ct);
        }

        await RevokeUnusedKeysAsync(lease, applied.ModelKeyId, ct);
    }

    private async Task RevokeUnusedKeysAsync(TavusChangeLease lease, Guid? used, CancellationToken ct)
    {
        var unused = (await modelKeys.ListAsync(lease.Tenant, ct)).Where(key => key.Name == KeyName && key.Id != used).ToList();
        // The lease is checked after the keys were listed, so none of them was created by a node that now holds the lease.
        await lease.EnsureHeldAsync(database, ct);
        foreach (var key in unused) await modelKeys.RevokeAsync(lease.Tenant, key.Id, ct);
    }
}
