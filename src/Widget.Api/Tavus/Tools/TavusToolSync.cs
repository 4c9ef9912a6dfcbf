using Widget.Api.Configuration;
using Widget.Api.Tavus.Client;
using Widget.Api.Tenancy;
using Widget.Api.Tools;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Tools;

/// <summary>
/// Keeps the tools of a tenant's assistant registered at Tavus and attached to its persona. Each step is saved when it is done. A tool
/// that was created but not saved is found by its name, so an interrupted sync continues the next time. One node at a time does this for
/// a tenant (<see cref="TavusChangeLeases"/>), and no transaction is open during requests to Tavus. Objects without the tenant's prefix are
/// never changed (docs/decisions/0018-tools.md).
/// </summary>
public sealed partial class TavusToolSync(
    ToolRegistry registry,
    RegisteredTools registered,
    TavusChangeLeases leases,
    TenantSettingsService settings,
    TavusAccounts accounts,
    TavusClient client,
    DeliverySecrets secrets,
    InstallationOptions options,
    TavusApiOptions api,
    ILogger<TavusToolSync> logger)
{
    private const int PageSize = 50;

    /// <param name="tenant">The tenant whose tools are synced.</param>
    /// <param name="ct">Stops between two steps.</param>
    /// <returns>Null while another sync of the same tenant runs.</returns>
    public Task<ToolSyncReport?> SyncAsync(TenantId tenant, CancellationToken ct) =>
        leases.RunAsync<ToolSyncReport?>(
            tenant,
            TavusChangeLeases.Tools,
            async lease => await SyncAsync(lease, lease.Token),
            otherwise: null,
            ct);

    private async Task<ToolSyncReport> SyncAsync(TavusChangeLease lease, CancellationToken ct)
    {
        var tenant = lease.Tenant;
        var progress = new ToolSyncProgress();
        if (await accounts.OfAsync(tenant, ct) is not { } account)
        {
            progress.Problems.Add("There is no key for Tavus. Neither the tenant nor this installation has one.");
            return progress.ToContract();
        }

        var current = await settings.ReadAsync(tenant, ct);
        try
        {
            var desired = await ListDesiredAsync(tenant, current, ct);
            await ForgetOtherAccountsAsync(lease, account, progress, ct);
            var existing = await ListExistingAsync(tenant, account, ct);
            var ids = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var tool in desired)
            {
                await StepAsync(progress, tool.Name, async () =>
                    ids[tool.Name] = await RegisterAsync(
                        lease, account, tool, existing.GetValueOrDefault(tool.Definition.Name!), progress, ct));
            }

            await AttachAsync(lease, account, current.TavusPersonaId, ids, progress, ct);
            await RemoveAsync(lease, account, existing.Values, desired, progress, ct);
        }
        catch (TavusException e)
        {
            progress.Problems.Add(e.Message);
        }

        LogSynced(
            tenant.Value,
            progress.Created.Count,
            progress.Updated.Count,
            progress.Removed.Count,
            progress.Attached.Count,
            progress.Problems.Count);
        return progress.ToContract();
    }

    private async Task<IReadOnlyList<ToolRegistration>> ListDesiredAsync(TenantId tenant, TenantSettings current, CancellationToken ct)
    {
        (Uri, string)? server = api.DeliversToolsTo(options.PublicAddress)
            ? (options.PublicAddress!, await secrets.EnsureAsync(tenant, ct))
            : null;
        return [.. (await registry.OfAsync(tenant, current, ct)).Select(tool => ToolRegistration.Of(tool, tenant, server))];
    }

    private async Task ForgetOtherAccountsAsync(
        TavusChangeLease lease,
        TavusAccount account,
        ToolSyncProgress progress,
        CancellationToken ct)
    {
        var forgotten = await registered.DeleteOtherAccountsAsync(lease, account, ct);
        if (forgotten > 0)
        {
            progress.Problems.Add(
                $"The tenant now uses another account at Tavus. {forgotten} tools stay registered in the previous one, whose key is gone.");
        }
    }

    // The tenant's tools at Tavus, by their names at Tavus.
    private async Task<Dictionary<string, TavusTool>> ListExistingAsync(TenantId tenant, TavusAccount account, CancellationToken ct)
    {
        var prefix = ToolRegistry.Prefix(tenant);
        var existing = new Dictionary<string, TavusTool>(StringComparer.Ordinal);
        await foreach (var tool in TavusPages.ReadAllAsync(PageSize, page => client.ListToolsAsync(account, prefix, page, PageSize, ct)))
            if (tool.Name?.StartsWith(prefix, StringComparison.Ordinal) == true) existing[tool.Name] = tool;
        return existing;
    }

    private async Task<string> RegisterAsync(
        TavusChangeLease lease,
        TavusAccount account,
        ToolRegistration tool,
        TavusTool? existing,
        ToolSyncProgress progress,
        CancellationToken ct)
    {
        var row = await registered.FindAsync(lease.Tenant, tool.Name, ct);
        if (existing is not null && row?.TavusToolId == existing.Id && row.Digest == tool.Digest) return existing.Id;
        if (existing is not null && await UpdateAsync(account, tool, existing, ct))
        {
            await registered.SaveAsync(lease, account, tool, existing.Id, ct);
            progress.Updated.Add(tool.Name);
            return existing.Id;
        }

        var created = await CreateAsync(lease.Tenant, account, tool, ct);
        await registered.SaveAsync(lease, account, tool, created.Id, ct);
        progress.Created.Add(tool.Name);
        return created.Id;
    }

    // False when the tool was deleted and must be created again. Tavus delivers a tool in one of two ways and does not document whether an
    // update may change the way.
    private async Task<bool> UpdateAsync(TavusAccount account, ToolRegistration tool, TavusTool existing, CancellationToken ct)
    {
        try
        {
            await client.UpdateToolAsync(account, existing.Id, tool.Definition with { Name = null }, ct);
            return true;
        }
        catch (TavusException e) when (e.Fault is TavusFault.BadRequest or TavusFault.Conflict && !tool.IsDeliveredAs(existing))
        {
            await client.DeleteToolAsync(account, existing.Id, ct);
            return false;
        }
    }

    // Tavus may have created the tool although its answer was lost.
    private async Task<TavusTool> CreateAsync(TenantId tenant, TavusAccount account, ToolRegistration tool, CancellationToken ct)
    {
        try
        {
            return await client.CreateToolAsync(account, tool.Definition, ct);
        }
        catch (TavusException e) when (e.MayHaveHappened)
        {
            if ((await ListExistingAsync(tenant, account, ct)).GetValueOrDefault(tool.Definition.Name!) is not { } created) throw;
            await client.UpdateToolAsync(account, created.Id, tool.Definition with { Name = null }, ct);
            return created;
        }
    }

    private async Task AttachAsync(
        TavusChangeLease lease,
        TavusAccount account,
        string? persona,
        Dictionary<string, string> ids,
        ToolSyncProgress progress,
        CancellationToken ct)
    {
        foreach (var row in await registered.ListAsync(lease.Tenant, ct))
        {
            if (row.PersonaId is not { } former || former == persona || row.TavusToolId is not { } tool) continue;
            await StepAsync(progress, row.Name, async () =>
            {
                try
                {
                    await client.DetachToolAsync(account, former, tool, ct);
                }
                catch (TavusException e) when (e.Fault is TavusFault.NotFound or TavusFault.BadRequest)
                {
                    // The persona no longer exists, or no longer has the tool.
                }

                await registered.SetPersonaAsync(lease, row.Name, persona: null, ct);
            });
        }

        if (persona is null || ids.Count == 0) return;
        var attached = (await client.ListAttachedToolsAsync(account, persona, ct)).Select(tool => tool.Id)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var (name, id) in ids)
        {
            await StepAsync(progress, name, async () =>
            {
                if (!attached.Contains(id))
                {
                    await client.AttachToolAsync(account, persona, id, ct);
                    progress.Attached.Add(name);
                }

                await registered.SetPersonaAsync(lease, name, persona, ct);
            });
        }
    }

    private async Task RemoveAsync(
        TavusChangeLease lease,
        TavusAccount account,
        IEnumerable<TavusTool> existing,
        IReadOnlyList<ToolRegistration> desired,
        ToolSyncProgress progress,
        CancellationToken ct)
    {
        var prefix = ToolRegistry.Prefix(lease.Tenant);
        var names = desired.Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var tool in existing)
        {
            var name = tool.Name![prefix.Length..];
            if (names.Contains(name)) continue;
            await StepAsync(progress, name, async () =>
            {
                await client.DeleteToolAsync(account, tool.Id, ct);
                progress.Removed.Add(name);
            });
        }

        // A row stays as long as its tool may still exist at Tavus. Calls of such a tool are answered as unknown.
        if ((await registered.ListAsync(lease.Tenant, ct)).TrueForAll(row => names.Contains(row.Name))) return;
        var remaining = (await ListExistingAsync(lease.Tenant, account, ct)).Keys.Select(name => name[prefix.Length..]);
        await registered.KeepOnlyAsync(lease, [.. names.Union(remaining, StringComparer.Ordinal)], ct);
    }

    private static async Task StepAsync(ToolSyncProgress progress, string tool, Func<Task> step)
    {
        try
        {
            await step();
        }
        // One tool's failure does not stop the others, but without a valid key all of them fail.
        catch (TavusException e) when (e.Fault != TavusFault.BadKey)
        {
            progress.Problems.Add($"{tool}: {e.Message}");
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Tools of tenant {Tenant} at Tavus: {Created} created, {Updated} updated, {Removed} removed, {Attached} attached, "
            + "{Problems} problems")]
    private partial void LogSynced(Guid tenant, int created, int updated, int removed, int attached, int problems);
}
