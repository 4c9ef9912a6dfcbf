using Microsoft.EntityFrameworkCore;
using Widget.Api.Attachments;
using Widget.Platform.Tenancy;

namespace Widget.Api.Agents;

/// <summary>Uploaded portraits of agents.</summary>
public sealed class AgentPortraits(TenantDatabase database)
{
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>
    /// Where a portrait is: the path of the uploaded one at this API, or the address of another server. Each upload has its own path, so
    /// browsers may keep what they have loaded.
    /// </summary>
    public static string? AddressOf(AgentRow agent, string slug) =>
        agent.PortraitId is { } portrait ? $"/agents/{slug}/portraits/{portrait}" : agent.PortraitUrl;

    /// <summary>Stores a portrait in place of the one before. Null if there is no such agent.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The agent.</param>
    /// <param name="type">The picture's type, from its content.</param>
    /// <param name="content">The picture.</param>
    /// <param name="ct">Cancels the statement.</param>
    public Task<AgentRow?> SaveAsync(TenantId tenant, AgentId id, string type, byte[] content, CancellationToken ct) =>
        ReplaceAsync(tenant, id, new AgentPortraitRow
        {
            TenantId = tenant,
            Id = Guid.NewGuid(),
            AgentId = id,
            ContentType = type,
            Content = content,
        }, ct);

    /// <summary>Deletes the uploaded portrait. Null if there is no such agent.</summary>
    public Task<AgentRow?> RemoveAsync(TenantId tenant, AgentId id, CancellationToken ct) => ReplaceAsync(tenant, id, portrait: null, ct);

    /// <summary>Returns a picture. Null if there is none.</summary>
    internal async Task<(string Type, byte[] Content)?> ReadAsync(TenantId tenant, Guid portrait, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.AgentPortraits.AsNoTracking().SingleOrDefaultAsync(row => row.Id == portrait, ct) is { } found
            ? (found.ContentType, found.Content)
            : null;
    }

    /// <summary>Returns the type of a picture; null for other files.</summary>
    internal static string? TypeOf(ReadOnlySpan<byte> content) =>
        FileTypes.Of(content) is { } type and not FileTypes.Pdf ? type : null;

    private async Task<AgentRow?> ReplaceAsync(TenantId tenant, AgentId id, AgentPortraitRow? portrait, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync($"agent {id}", ct);
        if (await db.Agents.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } agent) return null;
        await db.AgentPortraits.Where(row => row.AgentId == id).ExecuteDeleteAsync(ct);
        if (portrait is not null) db.AgentPortraits.Add(portrait);
        agent.PortraitId = portrait?.Id;
        await db.CommitAsync(ct);
        return agent;
    }
}
