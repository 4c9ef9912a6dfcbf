using System.Text.Json.Nodes;

namespace Widget.Api.Tavus.Client;

public sealed partial class TavusClient
{
    /// <summary>
    /// Creates a tool. A taken name is reported as <see cref="TavusFault.Conflict"/> or <see cref="TavusFault.BadRequest"/>.
    /// </summary>
    public async Task<TavusTool> CreateToolAsync(TavusAccount account, ToolDefinition tool, CancellationToken ct)
    {
        var answer = await SendAsync(account, HttpMethod.Post, "tools", tool, ct);
        return TavusTool.Read(TavusObject.Single(answer.Required));
    }

    /// <param name="account">The account. Tavus's own tools are left out.</param>
    /// <param name="nameOrId">Part of a name, or an id; null for all.</param>
    /// <param name="page">From 1.</param>
    /// <param name="limit">Size of a page.</param>
    /// <param name="ct">Cancels the request.</param>
    public Task<TavusPage<TavusTool>> ListToolsAsync(
        TavusAccount account,
        string? nameOrId,
        int page,
        int limit,
        CancellationToken ct) =>
        ListAsync(
            account,
            $"tools{Query(("limit", limit), ("page", page), ("type", "user"), ("name_or_uuid", nameOrId))}",
            TavusTool.Read,
            ct);

    /// <param name="account">The account.</param>
    /// <param name="id">The tool.</param>
    /// <param name="change">Null leaves a field unchanged, and so does leaving out a secret in the delivery.</param>
    /// <param name="ct">Cancels the request.</param>
    public Task UpdateToolAsync(TavusAccount account, string id, ToolDefinition change, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Patch, $"tools/{Escape(id)}", change, ct);

    /// <summary>Deletes a tool and detaches it from every persona.</summary>
    public Task DeleteToolAsync(TavusAccount account, string id, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Delete, $"tools/{Escape(id)}", null, ct);

    /// <summary>Allows a persona to call a tool, which it may already be allowed to. A persona can have at most 50 tools.</summary>
    public Task AttachToolAsync(TavusAccount account, string personaId, string toolId, CancellationToken ct) =>
        SendAsync(
            account,
            HttpMethod.Post,
            TavusNames.Personas,
            _ => $"/{Escape(personaId)}/tools",
            _ => new JsonObject { ["tool_ids"] = new JsonArray(JsonValue.Create(toolId)) },
            ct);

    /// <summary>The tools that a persona may call. The list has a single page.</summary>
    public async Task<IReadOnlyList<TavusTool>> ListAttachedToolsAsync(TavusAccount account, string personaId, CancellationToken ct) =>
        (await ListAsync(account, TavusNames.Personas, _ => $"/{Escape(personaId)}/tools?verbose=true", TavusTool.Read, ct)).Items;

    /// <summary>Detaches a tool. A tool that is not attached is reported as <see cref="TavusFault.BadRequest"/>.</summary>
    public Task DetachToolAsync(TavusAccount account, string personaId, string toolId, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Delete, TavusNames.Personas, _ => $"/{Escape(personaId)}/tools/{Escape(toolId)}", _ => null, ct);
}
