using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Tools;

/// <summary>Stores which tools of a tenant are registered at Tavus. Every write checks that this node still holds the lease.</summary>
public sealed class RegisteredTools(TenantDatabase database, TimeProvider clock)
{
    public async Task<List<RegisteredTool>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.RegisteredTools.AsNoTracking().OrderBy(row => row.Name).ToListAsync(ct);
    }

    public async Task<RegisteredTool?> FindAsync(TenantId tenant, string name, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.RegisteredTools.AsNoTracking().SingleOrDefaultAsync(row => row.Name == name, ct);
    }

    /// <summary>Saves a tool that has been created or updated at Tavus.</summary>
    public async Task SaveAsync(
        TavusChangeLease lease,
        TavusAccount account,
        ToolRegistration tool,
        string tavusToolId,
        CancellationToken ct)
    {
        await using var db = await lease.BeginAsync(database, ct);
        var row = await db.RegisteredTools.SingleOrDefaultAsync(entry => entry.Name == tool.Name, ct);
        if (row is null)
        {
            row = new RegisteredTool { TenantId = lease.Tenant, Name = tool.Name, Account = "", RegisteredAs = "", Digest = "" };
            db.RegisteredTools.Add(row);
        }

        // A new tool at Tavus is not attached to a persona yet.
        if (row.TavusToolId != tavusToolId) row.PersonaId = null;
        (row.Account, row.RegisteredAs, row.TavusToolId) = (account.Fingerprint, tool.Definition.Name!, tavusToolId);
        (row.Digest, row.TokenHash, row.UpdatedAt) = (tool.Digest, tool.TokenHash, clock.GetUtcNow());
        await db.CommitAsync(ct);
    }

    /// <summary>Saves the persona that a tool is attached to; null for none.</summary>
    public async Task SetPersonaAsync(TavusChangeLease lease, string name, string? persona, CancellationToken ct)
    {
        await using var db = await lease.BeginAsync(database, ct);
        await db.RegisteredTools
            .Where(row => row.Name == name && row.PersonaId != persona)
            .ExecuteUpdateAsync(row => row.SetProperty(entry => entry.PersonaId, persona), ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Deletes all rows except those with the given names.</summary>
    public async Task KeepOnlyAsync(TavusChangeLease lease, IReadOnlyCollection<string> names, CancellationToken ct)
    {
        await using var db = await lease.BeginAsync(database, ct);
        await db.RegisteredTools.Where(row => !names.Contains(row.Name)).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Deletes the rows of tools that are registered in other accounts.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> DeleteOtherAccountsAsync(TavusChangeLease lease, TavusAccount account, CancellationToken ct)
    {
        await using var db = await lease.BeginAsync(database, ct);
        var deleted = await db.RegisteredTools.Where(row => row.Account != account.Fingerprint).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return deleted;
    }
}
