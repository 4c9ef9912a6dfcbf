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
/// a tenant (<see cref="TavusTurns"/>), and no transaction is open during requests to Tavus. Objects without the tenant's prefix are
/// never changed (docs/decisions/0018-tools.md).
/// </summary>
public sealed partial class TavusToolSync(
    ToolRegistry registry,
    RegisteredTools registered,
    TavusTurns turns,
    TenantSettingsService settings,
    TavusAccounts accounts,
    TavusClient client,
    DeliverySecrets secrets,
    InstallationOptions options,
    TavusApiOptions api,
    ILogger<TavusToolSync> logger)
{
    private const int PageSize = 50;
    private const int MostPages = 100;

    /// <param name="tenant">Whose tools.</param>
    /// <param name="ct">Stops between two steps.</param>
    /// <returns>Null while another sync of the same tenant runs.</returns>
    public async Task<ToolSyncReport?> SyncAsync(TenantId tenant, CancellationToken ct)
    {
        await using var turn = await turns.TakeAsync(tenant, TavusTurns.Tools, ct);
        if (turn is null) return null;
        try
        {
            return await SyncAsync(turn, turn.Token);
        }
        catch (TavusTurnLostException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested && turn.Token.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<ToolSyncReport> SyncAsync(TavusTurn turn, CancellationToken ct)
    {
        var tenant = turn.Tenant;
        var progress = new ToolSyncProgress();
        if (await accounts.OfAsync(tenant, ct) is not { } account)
        {
            progress.Problems.Add("There is no key for Tavus. Neither the tenant nor this installation has one.");
            return progress.ToContract();
        }

        var current = await settings.ReadAsync(tenant, ct);
        try
        {
            var wanted = await WantedAsync(tenant, current, ct);
            await ForgetOtherAccountsAsync(turn, account, progress, ct);
            var there = await ThereAsync(tenant, account, ct);
            var ids = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var tool in wanted)
            {
                await StepAsync(progress, tool.Name, async () =>
                {
                    var existing = there.GetValueOrDefault(tool.Definition.Name!);
                    ids[tool.Name] = await RegisterAsync(turn, account, tool, existing, progress, ct);
                });
            }

            await AttachAsync(turn, account, current.TavusPersonaId, ids, progress, ct);
            await RemoveAsync(turn, account, there.Values, wanted, progress, ct);
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

    private async Task<IReadOnlyList<ToolRegistration>> WantedAsync(TenantId tenant, TenantSettings current, CancellationToken ct)
    {
        (Uri, string)? server = api.DeliversToolsTo(options.PublicAddress)
            ? (options.PublicAddress!, await secrets.EnsureAsync(tenant, ct))
            : null;
        return [.. registry.Of(current).Select(tool => ToolRegistration.Of(tool, tenant, server))];
    }

    private async Task ForgetOtherAccountsAsync(TavusTurn turn, TavusAccount account, ToolSyncProgress progress, CancellationToken ct)
    {
        var forgotten = await registered.DeleteOtherAccountsAsync(turn, account, ct);
        if (forgotten > 0)
        {
            progress.Problems.Add(
                $"The tenant now uses another account at Tavus. {forgotten} tools stay registered in the previous one, whose key is gone.");
        }
    }

    // The tenant's tools at Tavus, by their names there.
    private async Task<Dictionary<string, TavusTool>> ThereAsync(TenantId tenant, TavusAccount account, CancellationToken ct)
    {
        var prefix = ToolRegistry.Prefix(tenant);
        var there = new Dictionary<string, TavusTool>(StringComparer.Ordinal);
        for (var page = 1; page <= MostPages; page++)
        {
            var tools = await client.ListToolsAsync(account, prefix, page, PageSize, ct);
            foreach (var tool in tools.Items.Where(tool => tool.Name?.StartsWith(prefix, StringComparison.Ordinal) == true))
                there[tool.Name!] = tool;
            if (tools.Items.Count < PageSize || page * PageSize >= tools.TotalCount) break;
        }

        return there;
    }

    private async Task<string> RegisterAsync(
        TavusTurn turn,
        TavusAccount account,
        ToolRegistration tool,
        TavusTool? there,
        ToolSyncProgress progress,
        CancellationToken ct)
    {
        var row = await registered.FindAsync(turn.Tenant, tool.Name, ct);
        if (there is not null && row?.TavusToolId == there.Id && row.Digest == tool.Digest) return there.Id;
        if (there is not null && await UpdateAsync(account, tool, there, ct))
        {
            await registered.SaveAsync(turn, account, tool, there.Id, ct);
            progress.Updated.Add(tool.Name);
            return there.Id;
        }

        var created = await CreateAsync(turn.Tenant, account, tool, ct);
        await registered.SaveAsync(turn, account, tool, created.Id, ct);
        progress.Created.Add(tool.Name);
        return created.Id;
    }

    // False when the tool was deleted and must be created again. Tavus delivers a tool in one of two ways and does not document whether an
    // update may change the way.
    private async Task<bool> UpdateAsync(TavusAccount account, ToolRegistration tool, TavusTool there, CancellationToken ct)
    {
        try
        {
            await client.UpdateToolAsync(account, there.Id, tool.Definition with { Name = null }, ct);
            return true;
        }
        catch (TavusException e) when (e.Fault is TavusFault.BadRequest or TavusFault.Conflict && !tool.IsDeliveredAs(there))
        {
            await client.DeleteToolAsync(account, there.Id, ct);
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
            if ((await ThereAsync(tenant, account, ct)).GetValueOrDefault(tool.Definition.Name!) is not { } created) throw;
            await client.UpdateToolAsync(account, created.Id, tool.Definition with { Name = null }, ct);
            return created;
        }
    }

    private async Task AttachAsync(
        TavusTurn turn,
        TavusAccount account,
        string? persona,
        Dictionary<string, string> ids,
        ToolSyncProgress progress,
        CancellationToken ct)
    {
        foreach (var row in await registered.ListAsync(turn.Tenant, ct))
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

                await registered.SetPersonaAsync(turn, row.Name, persona: null, ct);
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

                await registered.SetPersonaAsync(turn, name, persona, ct);
            });
        }
    }

    private async Task RemoveAsync(
        TavusTurn turn,
        TavusAccount account,
        IEnumerable<TavusTool> there,
        IReadOnlyList<ToolRegistration> wanted,
        ToolSyncProgress progress,
        CancellationToken ct)
    {
        var prefix = ToolRegistry.Prefix(turn.Tenant);
        var names = wanted.Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var tool in there)
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
        if ((await registered.ListAsync(turn.Tenant, ct)).TrueForAll(row => names.Contains(row.Name))) return;
        var left = (await ThereAsync(turn.Tenant, account, ct)).Keys.Select(name => name[prefix.Length..]);
        await registered.KeepOnlyAsync(turn, [.. names.Union(left, StringComparer.Ordinal)], ct);
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
