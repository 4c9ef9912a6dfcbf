namespace Widget.Api.Tavus.Client;

public sealed partial class TavusClient
{
    /// <param name="account">The account.</param>
    /// <param name="filter">Selects replicas; null for all.</param>
    /// <param name="page">From 1.</param>
    /// <param name="limit">Size of a page.</param>
    /// <param name="ct">Cancels the request.</param>
    public Task<TavusPage<TavusReplica>> ListReplicasAsync(
        TavusAccount account,
        ReplicaFilter? filter,
        int page,
        int limit,
        CancellationToken ct) =>
        ListAsync(
            account,
            TavusNames.Replicas,
            family => Query(
                ("limit", limit),
                ("page", page),
                // Without this parameter, the thumbnail and the training status may be missing.
                ("verbose", true),
                (TavusNames.Name("replica_type", family), filter?.Type),
                (TavusNames.Name("replica_ids", family), filter?.Ids is { Count: > 0 } ids ? string.Join(',', ids) : null),
                ("model_name", filter?.ModelName)),
            TavusReplica.Read,
            ct);

    public async Task<TavusReplica> GetReplicaAsync(TavusAccount account, string id, CancellationToken ct)
    {
        var answer = await SendAsync(account, HttpMethod.Get, TavusNames.Replicas, _ => $"/{Escape(id)}?verbose=true", _ => null, ct);
        return TavusReplica.Read(TavusObject.Single(answer.Required));
    }

    /// <param name="account">The account.</param>
    /// <param name="search">Part of a name; null for all.</param>
    /// <param name="page">From 1.</param>
    /// <param name="limit">Size of a page, up to 100.</param>
    /// <param name="ct">Cancels the request.</param>
    public Task<TavusPage<TavusVoice>> ListVoicesAsync(
        TavusAccount account,
        string? search,
        int page,
        int limit,
        CancellationToken ct) =>
        ListAsync(account, $"voices{Query(("limit", limit), ("page", page), ("search", search))}", TavusVoice.Read, ct);
}
