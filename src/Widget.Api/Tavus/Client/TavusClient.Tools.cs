using System.Text.Json.Nodes;

namespace Widget.Api.Tavus.Client;

public sealed partial class TavusClient
{
    /// <summary>
    /// Makes a tool. A name that is taken is a <see cref="TavusFault.Conflict"/> or a <see cref="TavusFault.BadRequest"/>.
    /// </summary>
    public async Task<TavusTool> CreateToolAsync(TavusAccount account, ToolDefinition tool, CancellationToken ct)
    {
        var answer = await SendAsync(account, HttpMethod.Post, "tools", tool, ct);
        return TavusTool.Read(TavusObject.Single(answer.Required));
    }

    /// <param name="account">Whose. Tavus's own tools are left out.</param>
    /// <param name="nameOrId">Part of a name, or an id; null for all.</param>
    /// <param name="page">From 1.</param>
    /// <param name="limit">Size of a page.</param>
    /// <param name="ct">The caller's.</param>
    public async Task<TavusPage<TavusTool>> ListToolsAsync(
        TavusAccount account,
        string? nameOrId,
        int page,
        int limit,
        CancellationToken ct)
    {
        var answer = await SendAsync(
            account,
            HttpMethod.Get,
            $"tools{Query(("limit", limit), ("page", page), ("type", "user"), ("name_or_uuid", nameOrId))}",
            null,
            ct);
        return TavusPage<TavusTool>.Read(answer.Required, TavusTool.Read);
    }

    public async Task<TavusTool> GetToolAsync(TavusAccount account, string id, CancellationToken ct)
    {
        var answer = await SendAsync(account, HttpMethod.Get, $"tools/{Escape(id)}", null, ct);
        return TavusTool.Read(TavusObject.Single(answer.Required));
    }

    /// <param name="account">Whose.</param>
    /// <param name="id">Which.</param>
    /// <param name="change">What is null stays; secrets within delivery do, too, when they are left out.</param>
    /// <param name="ct">The caller's.</param>
    public Task UpdateToolAsync(TavusAccount account, string id, ToolDefinition change, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Patch, $"tools/{Escape(id)}", change, ct);

    /// <summary>Deletes a tool and detaches it from every persona.</summary>
    public Task DeleteToolAsync(TavusAccount account, string id, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Delete, $"tools/{Escape(id)}", null, ct);

    /// <summary>Lets a persona call a tool; one that it may call already is fine.</summary>
    public Task AttachToolAsync(TavusAccount account, string personaId, string toolId, CancellationToken ct) =>
        AttachToolsAsync(account, personaId, [toolId], ct);

    /// <summary>Lets a persona call tools, 50 at most in all.</summary>
    public Task AttachToolsAsync(TavusAccount account, string personaId, IReadOnlyList<string> toolIds, CancellationToken ct) =>
        SendAsync(
            account,
            HttpMethod.Post,
            TavusNames.Personas,
            _ => $"/{Escape(personaId)}/tools",
            _ => new JsonObject { ["tool_ids"] = new JsonArray([.. toolIds.Select(id => JsonValue.Create(id))]) },
            ct);

    /// <summary>The tools that a persona may call; there are no pages of them.</summary>
    public async Task<IReadOnlyList<TavusTool>> ListAttachedToolsAsync(TavusAccount account, string personaId, CancellationToken ct)
    {
        var answer = await SendAsync(
            account,
            HttpMethod.Get,
            TavusNames.Personas,
            _ => $"/{Escape(personaId)}/tools?verbose=true",
            _ => null,
            ct);
        return TavusPage<TavusTool>.Read(answer.Required, TavusTool.Read).Items;
    }

    /// <summary>A tool that is not attached is a <see cref="TavusFault.BadRequest"/>.</summary>
    public Task DetachToolAsync(TavusAccount account, string personaId, string toolId, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Delete, TavusNames.Personas, _ => $"/{Escape(personaId)}/tools/{Escape(toolId)}", _ => null, ct);
}
