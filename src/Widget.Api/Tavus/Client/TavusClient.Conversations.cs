namespace Widget.Api.Tavus.Client;

public sealed partial class TavusClient
{
    /// <summary>
    /// Opens a call. Sent once: after a <see cref="TavusFault.Temporary"/> with <see cref="TavusException.MayHaveHappened"/>, look among
    /// the active ones for its name before trying again. An unknown replica or persona is <see cref="TavusFault.NotFound"/>.
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
        // A call without a room is of no use to anybody, but it costs: the caller ends it by its name.
        return conversation.Url is not null ? conversation : throw TavusObject.Malformed("conversation_url is missing");
    }

    /// <param name="account">Whose.</param>
    /// <param name="id">Which.</param>
    /// <param name="verbose">With its events.</param>
    /// <param name="ct">The caller's.</param>
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

    /// <param name="account">Whose.</param>
    /// <param name="status">active or ended; null for both.</param>
    /// <param name="page">From 1.</param>
    /// <param name="limit">Size of a page.</param>
    /// <param name="ct">The caller's.</param>
    public async Task<TavusPage<TavusConversation>> ListConversationsAsync(
        TavusAccount account,
        string? status,
        int page,
        int limit,
        CancellationToken ct)
    {
        var answer = await SendAsync(
            account,
            HttpMethod.Get,
            $"conversations{Query(("limit", limit), ("page", page), ("status", status))}",
            null,
            ct);
        return TavusPage<TavusConversation>.Read(answer.Required, TavusConversation.Read);
    }

    /// <summary>Ends a call and frees its slot. One that is unknown is <see cref="TavusFault.NotFound"/>.</summary>
    public Task EndConversationAsync(TavusAccount account, string id, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Post, $"conversations/{Escape(id)}/end", null, ct);

    /// <param name="account">Whose.</param>
    /// <param name="id">Which.</param>
    /// <param name="hard">With what was recorded and remembered of it.</param>
    /// <param name="ct">The caller's.</param>
    public Task DeleteConversationAsync(TavusAccount account, string id, bool hard, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Delete, $"conversations/{Escape(id)}{Query(("hard", hard ? true : null))}", null, ct);
}
