using Widget.Api.Tavus.Client;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Provisioning;

/// <summary>Reads a tenant's persona, guardrails and attached tools at Tavus.</summary>
public sealed class PersonaReader(TavusClient client)
{
    private const int PageSize = 50;

    /// <summary>The persona with its unpublished changes; null when the account has no such persona.</summary>
    public async Task<TavusPersona?> FindAsync(TavusAccount account, string id, CancellationToken ct)
    {
        try
        {
            var persona = await client.GetPersonaAsync(account, id, ct);
            // Patches change the draft, so the settings must be compared with the draft.
            return persona.HasUnpublishedChanges
                ? await client.GetPersonaAsync(account, id, draft: true, ct) with { HasUnpublishedChanges = true }
                : persona;
        }
        catch (TavusException e) when (e.Fault == TavusFault.NotFound)
        {
            return null;
        }
    }

    /// <summary>The persona that was created for a tenant, found by its name.</summary>
    public async Task<TavusPersona?> FindByNameAsync(TenantId tenant, TavusAccount account, CancellationToken ct)
    {
        var personas = TavusPages.ReadAllAsync(PageSize, page => client.ListPersonasAsync(account, "user", page, PageSize, ct));
        var found = await personas.FirstOrDefaultAsync(persona => DesiredPersona.IsNameOf(persona.Name, tenant), ct);
        return found is null ? null : await FindAsync(account, found.Id, ct);
    }

    /// <summary>The account's guardrails whose names begin with a prefix.</summary>
    public async Task<IReadOnlyList<TavusGuardrailRule>> GuardrailsAsync(TavusAccount account, string prefix, CancellationToken ct)
    {
        return await TavusPages.ReadAllAsync(PageSize, page => client.ListGuardrailsAsync(account, page, PageSize, ct))
            .Where(rule => rule.Name?.StartsWith(prefix, StringComparison.Ordinal) == true)
            .ToListAsync(ct);
    }

    /// <summary>The names of the attached tools that begin with a prefix, without the prefix.</summary>
    public async Task<IEnumerable<string>> AttachedToolsAsync(TavusAccount account, string persona, string prefix, CancellationToken ct) =>
        from tool in await client.ListAttachedToolsAsync(account, persona, ct)
        let name = tool.Name ?? ""
        where name.StartsWith(prefix, StringComparison.Ordinal)
        select name[prefix.Length..];
}
