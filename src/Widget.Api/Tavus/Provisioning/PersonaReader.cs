using Widget.Api.Tavus.Client;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Provisioning;

/// <summary>Reads a tenant's persona, guardrails and attached tools at Tavus.</summary>
public sealed class PersonaReader(TavusClient client)
{
    private const int PageSize = 50;
    private const int MostPages = 100;

    /// <summary>The persona as it is edited: its draft if it has one. Null when the account has no such persona.</summary>
    public async Task<TavusPersona?> FindAsync(TavusAccount account, string id, CancellationToken ct)
    {
        try
        {
            var persona = await client.GetPersonaAsync(account, id, ct);
            // Patches change the draft, so the draft is what settings must be compared with.
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
        for (var page = 1; page <= MostPages; page++)
        {
            var list = await client.ListPersonasAsync(account, "user", page, PageSize, ct);
            if (list.Items.FirstOrDefault(persona => DesiredPersona.IsNameOf(persona.Name, tenant)) is { } found)
                return await FindAsync(account, found.Id, ct);
            if (list.Items.Count == 0 || page * PageSize >= list.TotalCount) break;
        }

        return null;
    }

    /// <summary>The account's guardrails whose names begin with a prefix.</summary>
    public async Task<IReadOnlyList<TavusGuardrailRule>> GuardrailsAsync(TavusAccount account, string prefix, CancellationToken ct)
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

    /// <summary>Names of attached tools that begin with a prefix, without it.</summary>
    public async Task<IEnumerable<string>> AttachedToolsAsync(TavusAccount account, string persona, string prefix, CancellationToken ct) =>
        from tool in await client.ListAttachedToolsAsync(account, persona, ct)
        let name = tool.Name ?? ""
        where name.StartsWith(prefix, StringComparison.Ordinal)
        select name[prefix.Length..];
}
