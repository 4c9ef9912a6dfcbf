using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using ModelContextProtocol.Client;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.TenantTools.Mcp;

/// <summary>Why a change of a server failed.</summary>
internal abstract record McpRefusal
{
    private McpRefusal()
    {
    }

    /// <summary>The tenant has no such server.</summary>
    internal sealed record NotFound : McpRefusal;

    internal sealed record NameTaken : McpRefusal;

    internal sealed record TooMany : McpRefusal;

    /// <summary>The server can't be asked.</summary>
    /// <param name="Error">Why, in words.</param>
    internal sealed record Unavailable(string Error) : McpRefusal;

    /// <summary>The server has no such tool.</summary>
    internal sealed record NoSuchTool(string Name, IReadOnlyList<string> Offered) : McpRefusal;
}

/// <summary>A tenant's servers of the Model Context Protocol, and the tools of theirs that it has chosen.</summary>
internal sealed class McpServerService(TenantDatabase database, McpConnections connections, TimeProvider clock)
{
    public const int MaxServers = 10;

    private const int MaxListBytes = 512 * 1024;
    private const int MaxDescriptionLength = 1_000;
    private const int MaxSchemaLength = 16 * 1024;

    private static readonly JsonElement NoParameters = TenantToolCatalogue.Schema("""{"type": "object"}""");

    public async Task<IReadOnlyList<McpServerDetail>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var servers = await db.McpServers.AsNoTracking().OrderBy(row => row.Name).ToListAsync(ct);
        var tools = await db.McpTools.AsNoTracking().ToListAsync(ct);
        return [.. servers.Select(server => ToContract(server, tools))];
    }

    /// <summary>Null if there is no such server.</summary>
    public async Task<McpServerDetail?> FindAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.McpServers.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is not { } server) return null;
        return ToContract(server, await db.McpTools.AsNoTracking().Where(row => row.ServerId == id).ToListAsync(ct));
    }

    public async Task<(McpServerDetail? Added, McpRefusal? Refusal)> AddAsync(
        TenantId tenant,
        McpServerRequest request,
        CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync(TenantToolCatalogue.Lock, ct);
        if (await db.McpServers.CountAsync(ct) >= MaxServers) return (null, new McpRefusal.TooMany());
        if (await db.McpServers.AnyAsync(row => row.Name == request.Name, ct)) return (null, new McpRefusal.NameTaken());
        var row = new McpServerRow
        {
            TenantId = tenant,
            Id = id,
            Name = request.Name,
            Url = request.Url,
            Headers = request.Headers is { } headers ? connections.EncryptHeaders(tenant, id, headers) : null,
            CreatedAt = clock.GetUtcNow(),
        };
        db.McpServers.Add(row);
        await db.SaveChangesAsync(ct);
        await db.CommitAsync(ct);
        return (ToContract(row, []), null);
    }

    /// <summary>Changes a server. With another name or address, its tools must be chosen again.</summary>
    public async Task<(McpServerDetail? Changed, McpRefusal? Refusal)> ChangeAsync(
        TenantId tenant,
        Guid id,
        McpServerRequest request,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync(TenantToolCatalogue.Lock, ct);
        if (await db.McpServers.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } row) return (null, new McpRefusal.NotFound());
        if (await db.McpServers.AnyAsync(other => other.Name == request.Name && other.Id != id, ct))
            return (null, new McpRefusal.NameTaken());
        if (row.Name != request.Name || row.Url != request.Url)
            await db.McpTools.Where(tool => tool.ServerId == id).ExecuteDeleteAsync(ct);
        // Secrets must not be sent to another address than the one they were entered for.
        if (row.Url != request.Url) row.Headers = null;
        if (request.Headers is { } headers) row.Headers = connections.EncryptHeaders(tenant, id, headers);
        (row.Name, row.Url) = (request.Name, request.Url);
        await db.SaveChangesAsync(ct);
        var tools = await db.McpTools.AsNoTracking().Where(tool => tool.ServerId == id).ToListAsync(ct);
        await db.CommitAsync(ct);
        return (ToContract(row, tools), null);
    }

    /// <summary>Deletes a server with its chosen tools. Returns false if there is none.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var deleted = await db.McpServers.Where(row => row.Id == id).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return deleted > 0;
    }

    /// <summary>Asks a server for its tools.</summary>
    public async Task<(McpOfferedTools? Tools, McpRefusal? Refusal)> OfferedAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        var (offered, refusal) = await AskAsync(tenant, id, ct);
        if (offered is null) return (null, refusal);
        await using var db = await database.BeginAsync(tenant, ct);
        var chosen = await db.McpTools.AsNoTracking()
            .Where(row => row.ServerId == id)
            .ToDictionaryAsync(row => row.Name, row => row.Alias, StringComparer.Ordinal, ct);
        return (
            new McpOfferedTools(
            [
                .. offered.Select(tool => new McpOfferedTool(
                    tool.Name,
                    chosen.GetValueOrDefault(tool.Name),
                    DescriptionOf(tool),
                    tool.JsonSchema,
                    HasEffects(tool))),
            ]),
            null);
    }

    /// <summary>Chooses the tools of a server that the assistant may use, as the server describes them now.</summary>
    public async Task<(McpServerDetail? Changed, McpRefusal? Refusal)> ChooseAsync(
        TenantId tenant,
        Guid id,
        IReadOnlyList<string> names,
        CancellationToken ct)
    {
        List<McpClientTool> chosen = [];
        if (names.Count > 0)
        {
            var (offered, refusal) = await AskAsync(tenant, id, ct);
            if (offered is null) return (null, refusal);
            if (names.FirstOrDefault(name => !offered.Any(tool => tool.Name == name)) is { } unknown)
                return (null, new McpRefusal.NoSuchTool(unknown, [.. offered.Select(tool => tool.Name)]));
            chosen = [.. offered.Where(tool => names.Contains(tool.Name, StringComparer.Ordinal)).DistinctBy(tool => tool.Name)];
        }

        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync(TenantToolCatalogue.Lock, ct);
        if (await db.McpServers.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is not { } server)
            return (null, new McpRefusal.NotFound());
        await db.McpTools.Where(row => row.ServerId == id).ExecuteDeleteAsync(ct);
        var taken = (await db.HttpTools.Select(row => row.Name).ToListAsync(ct))
            .Concat(await db.McpTools.Select(row => row.Alias).ToListAsync(ct))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var tool in chosen)
        {
            var alias = McpNames.Of(server.Name, tool.Name, taken.Contains);
            taken.Add(alias);
            db.McpTools.Add(new McpToolRow
            {
                TenantId = tenant,
                ServerId = id,
                Name = tool.Name,
                Alias = alias,
                Description = DescriptionOf(tool),
                Parameters = SchemaOf(tool).GetRawText(),
                HasEffects = HasEffects(tool),
            });
        }

        await db.SaveChangesAsync(ct);
        var rows = await db.McpTools.AsNoTracking().Where(row => row.ServerId == id).ToListAsync(ct);
        await db.CommitAsync(ct);
        return (ToContract(server, rows), null);
    }

    private async Task<(IReadOnlyList<McpClientTool>? Tools, McpRefusal? Refusal)> AskAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        McpServerRow? server;
        await using (var db = await database.BeginAsync(tenant, ct))
            server = await db.McpServers.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct);
        if (server is null) return (null, new McpRefusal.NotFound());
        var (tools, error) = await connections.UseAsync(
            new McpEndpoint(tenant, id, server.Url, server.Headers),
            MaxListBytes,
            async (client, limited) => await client.ListToolsAsync(cancellationToken: limited),
            ct);
        return tools is null ? (null, new McpRefusal.Unavailable(error!)) : ([.. tools], null);
    }

    private McpServerDetail ToContract(McpServerRow row, IReadOnlyList<McpToolRow> tools)
    {
        connections.TryReadHeaders(new McpEndpoint(row.TenantId, row.Id, row.Url, row.Headers), out var headers);
        return new McpServerDetail
        {
            Id = row.Id,
            Name = row.Name,
            Url = row.Url,
            HeaderNames = [.. headers.Keys.Order(StringComparer.OrdinalIgnoreCase)],
            Tools = [.. tools.Where(tool => tool.ServerId == row.Id).Select(tool => tool.Alias).Order(StringComparer.Ordinal)],
            CreatedAt = row.CreatedAt,
        };
    }

    private static string DescriptionOf(McpClientTool tool) =>
        Truncation.Truncate(string.IsNullOrWhiteSpace(tool.Description) ? tool.Title ?? tool.Name : tool.Description, MaxDescriptionLength);

    // A schema that is too long for a model is left out. The server checks the arguments.
    private static JsonElement SchemaOf(McpClientTool tool) =>
        tool.JsonSchema.ValueKind == JsonValueKind.Object && tool.JsonSchema.GetRawText().Length <= MaxSchemaLength
            ? tool.JsonSchema
            : NoParameters;

    private static bool HasEffects(McpClientTool tool) => tool.ProtocolTool.Annotations?.ReadOnlyHint != true;
}
