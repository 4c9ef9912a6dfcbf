namespace Widget.Api.Tavus.Client;

public sealed partial class TavusClient
{
    public async Task<TavusDocument> CreateDocumentAsync(TavusAccount account, CreateDocument request, CancellationToken ct)
    {
        var answer = await SendAsync(account, HttpMethod.Post, "documents", request, ct);
        return TavusDocument.Read(TavusObject.Single(answer.Required));
    }

    /// <param name="account">The account. Documents belong to the key that created them.</param>
    /// <param name="filter">Selects documents; null for all.</param>
    /// <param name="page">From 0. All other lists begin at 1.</param>
    /// <param name="limit">Size of a page.</param>
    /// <param name="ct">Cancels the request.</param>
    public Task<TavusPage<TavusDocument>> ListDocumentsAsync(
        TavusAccount account,
        DocumentFilter? filter,
        int page,
        int limit,
        CancellationToken ct)
    {
        var query = Query(
            ("limit", limit),
            ("page", page),
            ("sort", filter is { Ascending: true } ? "ascending" : null),
            ("status", filter?.Status),
            ("name_or_uuid", filter?.NameOrId),
            ("tags", filter?.Tags is { Count: > 0 } tags ? string.Join(',', tags) : null));
        return ListAsync(account, $"documents{query}", TavusDocument.Read, ct);
    }

    public Task DeleteDocumentAsync(TavusAccount account, string id, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Delete, $"documents/{Escape(id)}", null, ct);
}
