using Widget.Api.Tavus;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Video;

/// <summary>Finds conversations at Tavus whose creation was asked for and not heard of, by the name that each session gives its own.</summary>
public sealed class LostConversations(TavusClient tavus)
{
    private const int PageSize = 100;
    private const int MostPages = 10;

    /// <exception cref="TavusException">Tavus could not be asked.</exception>
    public async Task<TavusConversation?> FindAsync(TavusAccount account, VideoSession session, CancellationToken ct)
    {
        // First among those that go on: they are few. One that has ended by itself is among the others, newest first as far as is known.
        return await FindAsync(account, session, "active", ct) ?? await FindAsync(account, session, status: null, ct);
    }

    private async Task<TavusConversation?> FindAsync(TavusAccount account, VideoSession session, string? status, CancellationToken ct)
    {
        for (var page = 1; page <= MostPages; page++)
        {
            var listed = await tavus.ListConversationsAsync(account, status, page, PageSize, ct);
            if (listed.Items.FirstOrDefault(conversation => conversation.Name == session.Name) is { } found) return found;
            // A server may send smaller pages than it was asked for.
            if (listed.Items.Count == 0 || page * listed.Items.Count >= listed.TotalCount) break;
        }

        return null;
    }
}
