using System.Text.Json.Nodes;

namespace Widget.Api.Tavus.Client;

public sealed partial class TavusClient
{
    /// <param name="account">The account.</param>
    /// <param name="filter">Selects replicas; null for all.</param>
    /// <param name="page">From 1.</param>
    /// <param name="limit">Size of a page.</param>
    /// <param name="ct">Cancels the request.</param>
    public async Task<TavusPage<TavusReplica>> ListReplicasAsync(
        TavusAccount account,
        ReplicaFilter? filter,
        int page,
        int limit,
        CancellationToken ct)
    {
        var answer = await SendAsync(
            account,
            HttpMethod.Get,
            TavusNames.Replicas,
            family => Query(
                ("limit", limit),
                ("page", page),
                // Without this parameter, the thumbnail and the training status may be missing.
                ("verbose", true),
                (TavusNames.Name("replica_type", family), filter?.Type),
                (TavusNames.Name("replica_ids", family), filter?.Ids is { Count: > 0 } ids ? string.Join(',', ids) : null),
                ("model_name", filter?.ModelName)),
            _ => null,
            ct);
        return TavusPage<TavusReplica>.Read(answer.Required, TavusReplica.Read);
    }

    public async Task<TavusReplica> GetReplicaAsync(TavusAccount account, string id, CancellationToken ct)
    {
        var answer = await SendAsync(account, HttpMethod.Get, TavusNames.Replicas, _ => $"/{Escape(id)}?verbose=true", _ => null, ct);
        return TavusReplica.Read(TavusObject.Single(answer.Required));
    }

    /// <summary>Begins to train a replica.</summary>
    /// <returns>The id and status. The response has no other fields.</returns>
    public async Task<TavusReplica> CreateReplicaAsync(TavusAccount account, CreateReplica request, CancellationToken ct)
    {
        var answer = await SendAsync(
            account,
            HttpMethod.Post,
            TavusNames.Replicas,
            _ => "",
            family => TavusNames.Translate(Write(request), family),
            ct);
        return TavusReplica.Read(TavusObject.Single(answer.Required));
    }

    public Task RenameReplicaAsync(TavusAccount account, string id, string name, CancellationToken ct) =>
        SendAsync(
            account,
            HttpMethod.Patch,
            TavusNames.Replicas,
            _ => $"/{Escape(id)}/name",
            family => TavusNames.Translate(new JsonObject { ["replica_name"] = name }, family),
            ct);

    /// <param name="account">The account.</param>
    /// <param name="id">The replica.</param>
    /// <param name="hard">Whether to delete its training data too.</param>
    /// <param name="ct">Cancels the request.</param>
    public Task DeleteReplicaAsync(TavusAccount account, string id, bool hard, CancellationToken ct) =>
        SendAsync(
            account,
            HttpMethod.Delete,
            TavusNames.Replicas,
            _ => $"/{Escape(id)}{Query(("hard", hard ? true : null))}",
            _ => null,
            ct);

    /// <param name="account">The account.</param>
    /// <param name="search">Part of a name; null for all.</param>
    /// <param name="page">From 1.</param>
    /// <param name="limit">Size of a page, up to 100.</param>
    /// <param name="ct">Cancels the request.</param>
    public async Task<TavusPage<TavusVoice>> ListVoicesAsync(
        TavusAccount account,
        string? search,
        int page,
        int limit,
        CancellationToken ct)
    {
        var answer = await SendAsync(
            account,
            HttpMethod.Get,
            $"voices{Query(("limit", limit), ("page", page), ("search", search))}",
            null,
            ct);
        return TavusPage<TavusVoice>.Read(answer.Required, TavusVoice.Read);
    }
}
