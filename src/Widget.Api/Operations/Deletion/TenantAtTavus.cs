using Npgsql;
using Widget.Api.Tavus;
using Widget.Api.Tavus.Client;
using Widget.Api.Tavus.Knowledge;
using Widget.Api.Tavus.Provisioning;
using Widget.Api.Tools;
using Widget.Platform.Tenancy;

namespace Widget.Api.Operations.Deletion;

/// <summary>An object that this installation has created at Tavus for a tenant.</summary>
/// <param name="Kind">conversation, document, tool, persona or guardrail.</param>
/// <param name="Id">Tavus's id.</param>
/// <param name="Account">The account, as a hash of its key.</param>
public sealed record ThingAtTavus(string Kind, string Id, string Account);

/// <param name="Thing">What is still at Tavus.</param>
/// <param name="Reason">Why it was not deleted.</param>
public sealed record LeftOver(ThingAtTavus Thing, string Reason);

/// <summary>Ends and deletes what this installation has created at Tavus for a tenant. The tenant's own objects stay.</summary>
internal sealed class TenantAtTavus(NpgsqlDataSource owner, TavusAccounts accounts, TavusClient client, AccountListing listing)
{
    private const int PageSize = 50;
    private const int MostPages = 100;

    /// <summary>The objects that are stored here.</summary>
    public async Task<IReadOnlyList<ThingAtTavus>> KnownAsync(TenantId tenant, CancellationToken ct)
    {
        await using var across = await AcrossTenants.BeginAsync(owner, ct);
        await using var command = across.Command(
            """
            select 'conversation', tavus_conversation_id, account from tavus_sessions
            where tenant_id = $1 and tavus_conversation_id is not null and state not in ('ended', 'failed')
            union all select 'document', tavus_document_id, coalesce(account, '') from tavus_publications
                where tenant_id = $1 and tavus_document_id is not null
            union all select 'tool', tavus_tool_id, account from tavus_tools where tenant_id = $1 and tavus_tool_id is not null
            union all select 'persona', persona_id, account from tavus_personas where tenant_id = $1
            """,
            [tenant.Value]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var things = new List<ThingAtTavus>();
        while (await rows.ReadAsync(ct)) things.Add(new ThingAtTavus(rows.GetString(0), rows.GetString(1), rows.GetString(2)));
        return things;
    }

    /// <summary>Ends and deletes what is stored here, and everything at Tavus that has the tenant's mark.</summary>
    public async Task<(IReadOnlyList<ThingAtTavus> Deleted, IReadOnlyList<LeftOver> LeftOver)> DeleteAsync(
        TenantId tenant,
        CancellationToken ct)
    {
        var (deleted, left) = (new List<ThingAtTavus>(), new List<LeftOver>());
        var known = await KnownAsync(tenant, ct);
        var current = await accounts.OfAsync(tenant, ct);
        try
        {
            if (current is not null) known = [.. known.Union(await MarkedAsync(tenant, current, ct))];
        }
        catch (TavusException e)
        {
            var thing = new ThingAtTavus("account", current!.Fingerprint, current.Fingerprint);
            left.Add(new LeftOver(thing, $"its contents could not be listed: {e.Message}"));
        }

        foreach (var thing in known)
        {
            var account = thing.Account == "" ? current : await accounts.OfAsync(tenant, thing.Account, ct);
            var reason = account is null ? "the key of its account is not known here" : await DeleteAsync(tenant, account, thing, ct);
            if (reason is null) deleted.Add(thing);
            else left.Add(new LeftOver(thing, reason));
        }

        return (deleted, left);
    }

    // Null when it is deleted.
    private async Task<string?> DeleteAsync(TenantId tenant, TavusAccount account, ThingAtTavus thing, CancellationToken ct)
    {
        try
        {
            switch (thing.Kind)
            {
                case "conversation":
                    await client.EndConversationAsync(account, thing.Id, ct);
                    return null;
                case "document":
                    await client.DeleteDocumentAsync(account, thing.Id, ct);
                    return null;
                case "tool":
                    await client.DeleteToolAsync(account, thing.Id, ct);
                    return null;
                case "guardrail":
                    await client.DeleteGuardrailAsync(account, thing.Id, ct);
                    return null;
                default:
                    // A persona that the tenant has created itself stays.
                    if (!DesiredPersona.IsNameOf((await client.GetPersonaAsync(account, thing.Id, ct)).Name, tenant))
                        return "it was not created by this installation";
                    await client.DeletePersonaAsync(account, thing.Id, ct);
                    return null;
            }
        }
        catch (TavusException e) when (e.Fault == TavusFault.NotFound
            || (thing.Kind == "conversation" && e.Fault is TavusFault.BadRequest or TavusFault.Conflict))
        {
            // Already deleted or ended.
            return null;
        }
        catch (TavusException e)
        {
            return e.Message;
        }
    }

    private async Task<IEnumerable<ThingAtTavus>> MarkedAsync(TenantId tenant, TavusAccount account, CancellationToken ct)
    {
        var tag = AccountListing.TagOf(tenant);
        var documents = (await listing.ReadAsync(account, ct)).Documents.Where(document =>
            document.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase)
                && document.Tags.Any(other => other.StartsWith(AccountListing.CopyTag, StringComparison.OrdinalIgnoreCase)));
        var prefix = ToolRegistry.Prefix(tenant);
        var tools = (await PagesAsync(page => client.ListToolsAsync(account, prefix, page, PageSize, ct)))
            .Where(tool => tool.Name?.StartsWith(prefix, StringComparison.Ordinal) == true);
        var guarding = DesiredPersona.GuardrailPrefix(tenant);
        var guardrails = (await PagesAsync(page => client.ListGuardrailsAsync(account, page, PageSize, ct)))
            .Where(rule => rule.Name?.StartsWith(guarding, StringComparison.Ordinal) == true);
        return
        [
            .. documents.Select(document => new ThingAtTavus("document", document.Id, account.Fingerprint)),
            .. tools.Select(tool => new ThingAtTavus("tool", tool.Id, account.Fingerprint)),
            .. guardrails.Select(rule => new ThingAtTavus("guardrail", rule.Id, account.Fingerprint)),
        ];
    }

    private static async Task<IReadOnlyList<T>> PagesAsync<T>(Func<int, Task<TavusPage<T>>> read)
    {
        var items = new List<T>();
        for (var page = 1; page <= MostPages; page++)
        {
            var next = await read(page);
            items.AddRange(next.Items);
            if (next.Items.Count < PageSize || items.Count >= next.TotalCount) break;
        }

        return items;
    }
}
