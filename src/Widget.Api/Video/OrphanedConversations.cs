using Widget.Api.Tavus;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Video;

/// <summary>
/// Finds conversations that Tavus created although we never received its response. It searches by the unique name of the session.
/// </summary>
public sealed class OrphanedConversations(TavusClient tavus)
{
    private const int PageSize = 100;
    private const int MaxPages = 10;

    /// <summary>The session's conversation; null when Tavus has none.</summary>
    /// <exception cref="TavusException">The request failed.</exception>
    public async Task<TavusConversation?> FindAsync(TavusAccount account, VideoSession session, CancellationToken ct)
    {
        // Search the active conversations first, because they are few. The second search also finds conversations that have ended.
        return await FindAsync(account, session, "active", ct) ?? await FindAsync(account, session, status: null, ct);
    }

    private async Task<TavusConversation?> FindAsync(TavusAccount account, VideoSession session, string? status, CancellationToken ct)
    {
        for (var page = 1; page <= MaxPages; page++)
        {
            var listed = await tavus.ListConversationsAsync(account, status, page, PageSize, ct);
            if (listed.Items.FirstOrDefault(conversation => conversation.Name == session.Name) is { } found) return found;
            // A server may return smaller pages than requested.
            if (listed.Items.Count == 0 || page * listed.Items.Count >= listed.TotalCount) break;
        }

        return null;
    }
}
