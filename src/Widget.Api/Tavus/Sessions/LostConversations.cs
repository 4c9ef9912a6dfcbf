using Widget.Api.Tavus.Client;

namespace Widget.Api.Tavus.Sessions;

/// <summary>Finds conversations at Tavus whose creation was asked for and not heard of, by the name that each session gives its own.</summary>
public sealed class LostConversations(TavusClient tavus)
{
    private const int PageSize = 100;
    private const int MostPages = 10;

    /// <exception cref="TavusException">Tavus could not be asked.</exception>
    public async Task<TavusConversation?> FindAsync(TavusAccount account, VideoSession session, CancellationToken ct)
    {
        for (var page = 1; page <= MostPages; page++)
        {
            var listed = await tavus.ListConversationsAsync(account, status: null, page, PageSize, ct);
            if (listed.Items.FirstOrDefault(conversation => conversation.Name == session.Name) is { } found) return found;
            if (listed.Items.Count < PageSize) break;
        }

        return null;
    }
}
