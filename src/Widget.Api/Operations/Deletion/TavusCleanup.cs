using System.Text.Json.Serialization;
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
public sealed record TenantTavusObject(string Kind, string Id, string Account);

/// <summary>An object that is still at Tavus after the deletion.</summary>
/// <param name="Item">The object.</param>
/// <param name="Reason">Why it was not deleted.</param>
public sealed record RemainingTavusObject([property: JsonPropertyName("thing")] TenantTavusObject Item, string Reason);

/// <summary>Ends and deletes what this installation has created at Tavus for a tenant. The tenant's own objects stay.</summary>
internal sealed class TavusCleanup(NpgsqlDataSource owner, TavusAccounts accounts, TavusClient client, AccountListing listing)
{
    private const int PageSize = 50;
    private const int MaxPages = 100;

    /// <summary>Returns the objects that this installation has stored.</summary>
    public async Task<IReadOnlyList<TenantTavusObject>> StoredAsync(TenantId tenant, CancellationToken ct)
    {
        await using var transaction = await CrossTenantTransaction.BeginAsync(owner, ct);
        await using var command = transaction.Command(
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
        var objects = new List<TenantTavusObject>();
        while (await rows.ReadAsync(ct)) objects.Add(new TenantTavusObject(rows.GetString(0), rows.GetString(1), rows.GetString(2)));
        return objects;
    }

    /// <summary>Ends and deletes the stored objects, and all objects at Tavus with the tenant's tag or name prefix.</summary>
    public async Task<(IReadOnlyList<TenantTavusObject> Deleted, IReadOnlyList<RemainingTavusObject> Remaining)> DeleteAsync(
        TenantId tenant,
        CancellationToken ct)
    {
        var (deleted, remaining) = (new List<TenantTavusObject>(), new List<RemainingTavusObject>());
        var found = await StoredAsync(tenant, ct);
        var current = await accounts.OfAsync(tenant, ct);
        try
        {
            if (current is not null) found = [.. found.Union(await FindMarkedAsync(tenant, current, ct))];
        }
        catch (TavusException e)
        {
            var item = new TenantTavusObject("account", current!.Fingerprint, current.Fingerprint);
            remaining.Add(new RemainingTavusObject(item, $"its contents could not be listed: {e.Message}"));
        }

        foreach (var item in found)
        {
            var account = item.Account == "" ? current : await accounts.OfAsync(tenant, item.Account, ct);
            var reason = account is null ? "the key of its account is not known here" : await DeleteAsync(tenant, account, item, ct);
            if (reason is null) deleted.Add(item);
            else remaining.Add(new RemainingTavusObject(item, reason));
        }

        return (deleted, remaining);
    }

    // Returns why the object was not deleted. Null if it was.
    private async Task<string?> DeleteAsync(TenantId tenant, TavusAccount account, TenantTavusObject item, CancellationToken ct)
    {
        try
        {
            switch (item.Kind)
            {
                case "conversation":
                    await client.EndConversationAsync(account, item.Id, ct);
                    return null;
                case "document":
                    await client.DeleteDocumentAsync(account, item.Id, ct);
                    return null;
                case "tool":
                    await client.DeleteToolAsync(account, item.Id, ct);
                    return null;
                case "guardrail":
                    await client.DeleteGuardrailAsync(account, item.Id, ct);
                    return null;
                default:
                    // A persona that the tenant has created itself is not deleted.
                    if (!DesiredPersona.IsNameOf((await client.GetPersonaAsync(account, item.Id, ct)).Name, tenant))
                        return "it was not created by this installation";
                    await client.DeletePersonaAsync(account, item.Id, ct);
                    return null;
            }
        }
        catch (TavusException e) when (e.Fault == TavusFault.NotFound
            || (item.Kind == "conversation" && e.Fault is TavusFault.BadRequest or TavusFault.Conflict))
        {
            // Already deleted or ended.
            return null;
        }
        catch (TavusException e)
        {
            return e.Message;
        }
    }

    private async Task<IEnumerable<TenantTavusObject>> FindMarkedAsync(TenantId tenant, TavusAccount account, CancellationToken ct)
    {
        var tag = AccountListing.TagOf(tenant);
        var documents = (await listing.ReadAsync(account, ct)).Documents.Where(document =>
            document.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase)
                && document.Tags.Any(other => other.StartsWith(AccountListing.CopyTag, StringComparison.OrdinalIgnoreCase)));
        var toolPrefix = ToolRegistry.Prefix(tenant);
        var tools = (await ReadAllPagesAsync(page => client.ListToolsAsync(account, toolPrefix, page, PageSize, ct)))
            .Where(tool => tool.Name?.StartsWith(toolPrefix, StringComparison.Ordinal) == true);
        var guardrailPrefix = DesiredPersona.GuardrailPrefix(tenant);
        var guardrails = (await ReadAllPagesAsync(page => client.ListGuardrailsAsync(account, page, PageSize, ct)))
            .Where(rule => rule.Name?.StartsWith(guardrailPrefix, StringComparison.Ordinal) == true);
        return
        [
            .. documents.Select(document => new TenantTavusObject("document", document.Id, account.Fingerprint)),
            .. tools.Select(tool => new TenantTavusObject("tool", tool.Id, account.Fingerprint)),
            .. guardrails.Select(rule => new TenantTavusObject("guardrail", rule.Id, account.Fingerprint)),
        ];
    }

    private static async Task<IReadOnlyList<T>> ReadAllPagesAsync<T>(Func<int, Task<TavusPage<T>>> read)
    {
        var items = new List<T>();
        for (var page = 1; page <= MaxPages; page++)
        {
            var next = await read(page);
            items.AddRange(next.Items);
            if (next.Items.Count < PageSize || items.Count >= next.TotalCount) break;
        }

        return items;
    }
}
