using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Api.Tavus.Client;

public sealed partial class TavusClient
{
    /// <returns>The id and name. The response has no other fields.</returns>
    public async Task<TavusPersona> CreatePersonaAsync(TavusAccount account, CreatePersona request, CancellationToken ct)
    {
        var answer = await SendAsync(
            account,
            HttpMethod.Post,
            TavusNames.Personas,
            _ => "",
            family => TavusNames.Translate(Write(request), family),
            ct);
        return TavusPersona.Read(TavusObject.Single(answer.Required));
    }

    /// <summary>The published persona, which calls use.</summary>
    public Task<TavusPersona> GetPersonaAsync(TavusAccount account, string id, CancellationToken ct) =>
        GetPersonaAsync(account, id, draft: false, ct);

    /// <param name="account">The account.</param>
    /// <param name="id">The persona.</param>
    /// <param name="draft">Whether to include unpublished changes.</param>
    /// <param name="ct">Cancels the request.</param>
    public async Task<TavusPersona> GetPersonaAsync(TavusAccount account, string id, bool draft, CancellationToken ct)
    {
        var answer = await SendAsync(
            account,
            HttpMethod.Get,
            TavusNames.Personas,
            _ => $"/{Escape(id)}{(draft ? "?source=draft" : "")}",
            _ => null,
            ct);
        return TavusPersona.Read(TavusObject.Single(answer.Required));
    }

    /// <param name="account">The account.</param>
    /// <param name="type">user for the account's own, system for Tavus's; null for both.</param>
    /// <param name="page">From 1.</param>
    /// <param name="limit">Size of a page.</param>
    /// <param name="ct">Cancels the request.</param>
    public Task<TavusPage<TavusPersona>> ListPersonasAsync(
        TavusAccount account,
        string? type,
        int page,
        int limit,
        CancellationToken ct) =>
        ListAsync(
            account,
            TavusNames.Personas,
            family => Query(("limit", limit), ("page", page), (TavusNames.Name("persona_type", family), type)),
            TavusPersona.Read,
            ct);

    /// <summary>Changes a persona, or its draft if the account has drafts.</summary>
    public async Task<PersonaChange> PatchPersonaAsync(
        TavusAccount account,
        string id,
        IReadOnlyList<JsonPatchOperation> patch,
        CancellationToken ct)
    {
        var answer = await SendAsync(
            account,
            HttpMethod.Patch,
            TavusNames.Personas,
            _ => $"/{Escape(id)}",
            family => new JsonArray([.. patch.Select(operation => operation.Write(family))]),
            ct);
        var publish = answer.Body is { ValueKind: JsonValueKind.Object } body && TavusObject.Single(body).Text("publish_url") is not null;
        return new PersonaChange(answer.Status != 304, publish);
    }

    public Task DeletePersonaAsync(TavusAccount account, string id, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Delete, TavusNames.Personas, _ => $"/{Escape(id)}", _ => null, ct);

    /// <summary>
    /// Publishes a persona's draft, so that new calls use it. Does nothing if the persona has no draft.
    /// </summary>
    /// <exception cref="TavusException"><see cref="TavusFault.NotFound"/> if the account does not support drafts.</exception>
    public Task PublishPersonaAsync(TavusAccount account, string id, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Post, TavusNames.Personas, _ => $"/{Escape(id)}/publish", _ => null, ct);
}
