namespace Widget.Api.Tavus.Client;

public sealed partial class TavusClient
{
    /// <summary>
    /// Opens a call. The request is not retried. After a <see cref="TavusFault.Temporary"/> with
    /// <see cref="TavusException.MayHaveHappened"/>, search the active calls for its name before you try again. An unknown replica or
    /// persona is reported as <see cref="TavusFault.NotFound"/>.
    /// </summary>
    public async Task<TavusConversation> CreateConversationAsync(TavusAccount account, CreateConversation request, CancellationToken ct)
    {
        var family = await FamilyAsync(account, ct);
        var answer = await _transport.SendAsync(
            account,
            HttpMethod.Post,
            "conversations",
            TavusNames.Translate(Write(request), family),
            ct);
        var conversation = TavusConversation.Read(TavusObject.Single(answer.Required));
        // A call without a room is useless but costs money. The caller finds it by name and ends it.
        return conversation.Url is not null ? conversation : throw TavusObject.Malformed("conversation_url is missing");
    }

    /// <param name="account">The account.</param>
    /// <param name="id">The call.</param>
    /// <param name="verbose">Whether to include its events.</param>
    /// <param name="ct">Cancels the request.</param>
    public async Task<TavusConversation> GetConversationAsync(TavusAccount account, string id, bool verbose, CancellationToken ct)
    {
        var answer = await SendAsync(
            account,
            HttpMethod.Get,
            $"conversations/{Escape(id)}{Query(("verbose", verbose ? true : null))}",
            null,
            ct);
        return TavusConversation.Read(TavusObject.Single(answer.Required));
    }

    /// <param name="account">The account.</param>
    /// <param name="status">active or ended; null for both.</param>
    /// <param name="page">From 1.</param>
    /// <param name="limit">Size of a page.</param>
    /// <param name="ct">Cancels the request.</param>
    public Task<TavusPage<TavusConversation>> ListConversationsAsync(
        TavusAccount account,
        string? status,
        int page,
        int limit,
        CancellationToken ct) =>
        ListAsync(
            account,
            $"conversations{Query(("limit", limit), ("page", page), ("status", status))}",
            TavusConversation.Read,
            ct);

    /// <summary>Ends a call and frees its slot. An unknown call is reported as <see cref="TavusFault.NotFound"/>.</summary>
    public Task EndConversationAsync(TavusAccount account, string id, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Post, $"conversations/{Escape(id)}/end", null, ct);
}
