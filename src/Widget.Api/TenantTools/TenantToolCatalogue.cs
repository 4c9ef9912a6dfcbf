using System.Text.Json;
using Npgsql;
using Widget.Api.TenantTools.Http;
using Widget.Api.TenantTools.Mcp;
using Widget.Api.Tools;
using Widget.Platform.Tenancy;

namespace Widget.Api.TenantTools;

/// <summary>
/// The tools that a tenant has added, from the database alone: no server is asked before a model calls its tool, so one that is down or
/// slow delays nothing.
/// </summary>
internal sealed class TenantToolCatalogue(TenantDatabase database, HttpToolCaller http, McpToolCaller mcp) : ITenantTools
{
    /// <summary>The lock for changes of a tenant's own tools, because their names must be unique.</summary>
    public const string Lock = "tenant tools";

    public async Task<IReadOnlyList<Tool>> OfAsync(TenantId tenant, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add(
                """
                select id, name, description, parameters, has_effects, url, secret, old_secret, old_secret_until
                from http_tools where tenant_id = $1 and enabled order by name
                """,
                [tenant.Value])
            .Add(
                """
                select server.id, tool.alias, tool.description, tool.parameters, tool.has_effects, tool.name, server.url, server.headers
                from mcp_tools tool
                join mcp_servers server on server.tenant_id = tool.tenant_id and server.id = tool.server_id
                where tool.tenant_id = $1 order by tool.alias
                """,
                [tenant.Value]);
        await using var rows = await batch.ReadAsync(ct);
        var tools = new List<Tool>();
        while (await rows.ReadAsync(ct)) tools.Add(ReadHttp(tenant, rows));
        await rows.NextResultAsync(ct);
        while (await rows.ReadAsync(ct)) tools.Add(ReadMcp(tenant, rows));
        return tools;
    }

    private Tool ReadHttp(TenantId tenant, NpgsqlDataReader row)
    {
        var endpoint = new HttpToolEndpoint(
            tenant,
            row.GetGuid(0),
            row.GetString(1),
            row.GetString(5),
            row.GetString(6),
            row.IsDBNull(7) ? null : row.GetString(7),
            row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8));
        return Tool.Own(
            ToolOrigin.Http,
            endpoint.Name,
            row.GetString(2),
            Schema(row.GetString(3)),
            row.GetBoolean(4),
            async (call, ct) => (await http.CallAsync(endpoint, call.Arguments, HttpToolCall.Of(call.Context), ct)).Result);
    }

    private Tool ReadMcp(TenantId tenant, NpgsqlDataReader row)
    {
        var endpoint = new McpEndpoint(tenant, row.GetGuid(0), row.GetString(6), row.IsDBNull(7) ? null : row.GetString(7));
        var name = row.GetString(5);
        return Tool.Own(
            ToolOrigin.Mcp,
            row.GetString(1),
            row.GetString(2),
            Schema(row.GetString(3)),
            row.GetBoolean(4),
            (call, ct) => mcp.CallAsync(endpoint, name, call.Arguments, ct));
    }

    internal static JsonElement Schema(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
