using Microsoft.EntityFrameworkCore;
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
    TenantDatabase database,
    TavusTurns turns,
    TenantSettingsService settings,
    TavusAccounts accounts,
    TavusClient client,
    DeliverySecrets secrets,
    InstallationOptions options,
    TavusApiOptions api,
    TimeProvider clock,
    ILogger<TavusToolSync> logger)
{
    private const int PageSize = 50;
    private const int MostPages = 100;

    /// <param name="tenant">Whose tools.</param>
    /// <param name="ct">Breaks off between two steps.</param>
    /// <returns>Null while somebody else does it for the same tenant.</returns>
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
        var report = new Report();
        if (await accounts.OfAsync(tenant, ct) is not { } account)
        {
            report.Problems.Add("There is no key for Tavus: neither the tenant nor this installation has one.");
            return report.ToContract();
        }

        var current = await settings.ReadAsync(tenant, ct);
        try
        {
            var wanted = await WantedAsync(tenant, current, ct);
            await ForgetOtherAccountsAsync(turn, account, report, ct);
            var there = await ThereAsync(tenant, account, ct);
            var registered = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var tool in wanted)
            {
                await StepAsync(report, tool.Name, async () =>
                    registered[tool.Name] = await RegisterAsync(turn, account, tool, there.GetValueOrDefault(tool.Definition.Name!), report, ct));
            }

            await AttachAsync(turn, account, current.TavusPersonaId, registered, report, ct);
            await RemoveAsync(turn, account, there.Values, wanted, report, ct);
        }
        catch (TavusException e)
        {
            report.Problems.Add(e.Message);
        }

        LogSynced(
            tenant.Value,
            report.Created.Count,
            report.Updated.Count,
            report.Removed.Count,
            report.Attached.Count,
            report.Problems.Count);
        return report.ToContract();
    }

    private async Task<IReadOnlyList<ToolRegistration>> WantedAsync(TenantId tenant, TenantSettings current, CancellationToken ct)
    {
        (Uri, string)? server = api.DeliversToolsTo(options.PublicAddress)
            ? (options.PublicAddress!, await secrets.EnsureAsync(tenant, ct))
            : null;
        return [.. registry.Of(current).Select(tool => ToolRegistration.Of(tool, tenant, server))];
    }

    private async Task ForgetOtherAccountsAsync(TavusTurn turn, TavusAccount account, Report report, CancellationToken ct)
    {
        await using var db = await BeginAsync(turn, ct);
        var forgotten = await db.RegisteredTools.Where(row => row.Account != account.Fingerprint).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        if (forgotten > 0)
        {
            report.Problems.Add(
                $"The account at Tavus is another one by now. {forgotten} tools remain in the one before, whose key is no longer "
                    + "known here.");
        }
    }

    // Whatever bears the tenant's prefix, by its name there.
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
        Report report,
        CancellationToken ct)
    {
        var row = await FindAsync(turn.Tenant, tool.Name, ct);
        if (there is not null && row?.TavusToolId == there.Id && row.Digest == tool.Digest) return there.Id;
        if (there is not null && await UpdateAsync(account, tool, there, ct))
        {
            await KeepAsync(turn, account, tool, there.Id, ct);
            report.Updated.Add(tool.Name);
            return there.Id;
        }

        var made = await CreateAsync(turn.Tenant, account, tool, ct);
        await KeepAsync(turn, account, tool, made.Id, ct);
        report.Created.Add(tool.Name);
        return made.Id;
    }

    // False when it had to be taken away for a new one: a tool is delivered in one of two ways, and whether a change may turn one into the
    // other is not documented.
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

    // When only the answer was lost, it is there all the same.
    private async Task<TavusTool> CreateAsync(TenantId tenant, TavusAccount account, ToolRegistration tool, CancellationToken ct)
    {
        try
        {
            return await client.CreateToolAsync(account, tool.Definition, ct);
        }
        catch (TavusException e) when (e.MayHaveHappened)
        {
            if ((await ThereAsync(tenant, account, ct)).GetValueOrDefault(tool.Definition.Name!) is not { } made) throw;
            await client.UpdateToolAsync(account, made.Id, tool.Definition with { Name = null }, ct);
            return made;
        }
    }

    private async Task AttachAsync(
        TavusTurn turn,
        TavusAccount account,
        string? persona,
        Dictionary<string, string> registered,
        Report report,
        CancellationToken ct)
    {
        foreach (var row in await RowsAsync(turn.Tenant, ct))
        {
            if (row.PersonaId is not { } former || former == persona || row.TavusToolId is not { } tool) continue;
            await StepAsync(report, row.Name, async () =>
            {
                try
                {
                    await client.DetachToolAsync(account, former, tool, ct);
                }
                catch (TavusException e) when (e.Fault is TavusFault.NotFound or TavusFault.BadRequest)
                {
                    // The persona has gone, or does not have it any more.
                }

                await SetPersonaAsync(turn, row.Name, persona: null, ct);
            });
        }

        if (persona is null || registered.Count == 0) return;
        var attached = (await client.ListAttachedToolsAsync(account, persona, ct)).Select(tool => tool.Id).ToHashSet(
            StringComparer.Ordinal);
        foreach (var (name, id) in registered)
        {
            await StepAsync(report, name, async () =>
            {
                if (!attached.Contains(id))
                {
                    await client.AttachToolAsync(account, persona, id, ct);
                    report.Attached.Add(name);
                }

                await SetPersonaAsync(turn, name, persona, ct);
            });
        }
    }

    private async Task RemoveAsync(
        TavusTurn turn,
        TavusAccount account,
        IEnumerable<TavusTool> there,
        IReadOnlyList<ToolRegistration> wanted,
        Report report,
        CancellationToken ct)
    {
        var prefix = ToolRegistry.Prefix(turn.Tenant);
        var names = wanted.Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var tool in there)
        {
            var name = tool.Name![prefix.Length..];
            if (names.Contains(name)) continue;
            await StepAsync(report, name, async () =>
            {
                await client.DeleteToolAsync(account, tool.Id, ct);
                report.Removed.Add(name);
            });
        }

        // A row stays as long as its tool may be there. Its deliveries find no tool that is on.
        if ((await RowsAsync(turn.Tenant, ct)).TrueForAll(row => names.Contains(row.Name))) return;
        var left = (await ThereAsync(turn.Tenant, account, ct)).Keys.Select(name => name[prefix.Length..]).ToArray();
        await using var db = await BeginAsync(turn, ct);
        await db.RegisteredTools.Where(row => !names.Contains(row.Name) && !left.Contains(row.Name)).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
    }

    private static async Task StepAsync(Report report, string tool, Func<Task> step)
    {
        try
        {
            await step();
        }
        // The others may go well all the same; without a key none will.
        catch (TavusException e) when (e.Fault != TavusFault.BadKey)
        {
            report.Problems.Add($"{tool}: {e.Message}");
        }
    }

    private async Task<List<RegisteredTool>> RowsAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.RegisteredTools.AsNoTracking().OrderBy(row => row.Name).ToListAsync(ct);
    }

    private async Task<RegisteredTool?> FindAsync(TenantId tenant, string name, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.RegisteredTools.AsNoTracking().SingleOrDefaultAsync(row => row.Name == name, ct);
    }

    private async Task KeepAsync(TavusTurn turn, TavusAccount account, ToolRegistration tool, string id, CancellationToken ct)
    {
        await using var db = await BeginAsync(turn, ct);
        var row = await db.RegisteredTools.SingleOrDefaultAsync(entry => entry.Name == tool.Name, ct);
        if (row is null)
        {
            db.RegisteredTools.Add(
                row = new RegisteredTool { TenantId = turn.Tenant, Name = tool.Name, Account = "", RegisteredAs = "", Digest = "" });
        }

        // Another tool at Tavus is attached to nothing yet.
        if (row.TavusToolId != id) row.PersonaId = null;
        (row.Account, row.RegisteredAs, row.TavusToolId) = (account.Fingerprint, tool.Definition.Name!, id);
        (row.Digest, row.TokenHash, row.UpdatedAt) = (tool.Digest, tool.TokenHash, clock.GetUtcNow());
        await db.CommitAsync(ct);
    }

    private async Task SetPersonaAsync(TavusTurn turn, string name, string? persona, CancellationToken ct)
    {
        await using var db = await BeginAsync(turn, ct);
        await db.RegisteredTools.Where(row => row.Name == name && row.PersonaId != persona).ExecuteUpdateAsync(
            row => row.SetProperty(entry => entry.PersonaId, persona),
            ct);
        await db.CommitAsync(ct);
    }

    // A transaction that writes, while the turn is held.
    private async Task<TenantDb> BeginAsync(TavusTurn turn, CancellationToken ct)
    {
        var db = await database.BeginAsync(turn.Tenant, ct);
        try
        {
            await turn.HoldAsync(db, ct);
            return db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Tools of tenant {Tenant} at Tavus: {Created} created, {Updated} updated, {Removed} removed, {Attached} attached, {Problems} problems")]
    private partial void LogSynced(Guid tenant, int created, int updated, int removed, int attached, int problems);

    private sealed class Report
    {
        public List<string> Created { get; } = [];

        public List<string> Updated { get; } = [];

        public List<string> Removed { get; } = [];

        public List<string> Attached { get; } = [];

        public List<string> Problems { get; } = [];

        public ToolSyncReport ToContract() => new(Created, Updated, Removed, Attached, Problems);
    }
}
