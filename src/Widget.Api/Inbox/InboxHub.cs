using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Inbox;

/// <summary>
/// The staff's inbox over a WebSocket, with an API key or a member's session. The only state of a connection is which conversation the rep
/// looks at; it is cleared when the connection ends. A client that reconnects, to any node, watches again and then reads the inbox.
/// </summary>
internal sealed class InboxHub(InboxFeed feed, InboxReps reps, RepMessages messages, PresenceService presence) : Hub
{
    public const string Path = "/hubs/inbox";

    private const string NoConversation = "There is no such conversation.";
    private static readonly object Looking = new();

    /// <summary>Streams the changes of the inbox from now on. The first update is empty: read the inbox once it has arrived.</summary>
    public async IAsyncEnumerable<InboxUpdate> Watch(Guid? repId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rep = await RepAsync(repId, cancellationToken);
        await foreach (var update in feed.WatchAsync(Tenant, rep.Id, cancellationToken)) yield return update;
    }

    /// <summary>
    /// Says that the rep looks at a conversation; null for none. Repeat it every 20 seconds. The other reps see who looks.
    /// </summary>
    public async Task Look(Guid? conversationId, Guid? repId)
    {
        var ct = Context.ConnectionAborted;
        var rep = await RepAsync(repId, ct);
        if (Context.Items.TryGetValue(Looking, out var before)
            && before is (ConversationId left, InboxRep who)
            && left.Value != conversationId)
        {
            await presence.LookAsync(Tenant, left, who, isLooking: false, ct);
            Context.Items.Remove(Looking);
        }

        if (conversationId is not { } id) return;
        var conversation = new ConversationId(id);
        if (!await presence.LookAsync(Tenant, conversation, rep, isLooking: true, ct)) throw new HubException(NoConversation);
        Context.Items[Looking] = (conversation, rep);
    }

    /// <summary>Says that the rep is typing. Call it at most every few seconds while the rep types.</summary>
    public async Task Typing(Guid conversationId, Guid? repId)
    {
        var ct = Context.ConnectionAborted;
        var rep = await RepAsync(repId, ct);
        if (!await messages.TypingAsync(Tenant, new ConversationId(conversationId), rep, ct)) throw new HubException(NoConversation);
    }

    /// <summary>Says how far the rep has read.</summary>
    public async Task Read(Guid conversationId, Guid? repId, int seq)
    {
        var ct = Context.ConnectionAborted;
        var rep = await RepAsync(repId, ct);
        if (!await messages.ReadAsync(Tenant, new ConversationId(conversationId), rep, Math.Max(0, seq), ct))
            throw new HubException(NoConversation);
    }

    /// <summary>Says whether the rep takes conversations. Repeat it at least every 60 seconds; a rep whose signs stop is offline.</summary>
    public async Task Available(Guid? repId, bool available)
    {
        var ct = Context.ConnectionAborted;
        await presence.SetAsync(Tenant, await RepAsync(repId, ct), available, ct);
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (Context.Items.TryGetValue(Looking, out var before) && before is (ConversationId left, InboxRep who))
            await presence.LookAsync(Tenant, left, who, isLooking: false, CancellationToken.None);
        await base.OnDisconnectedAsync(exception);
    }

    private TenantId Tenant => new(Guid.Parse(Context.User!.FindFirst("tenant")!.Value));

    // A program names the rep. A member is one, and passes null.
    private async Task<InboxRep> RepAsync(Guid? named, CancellationToken ct)
    {
        var (rep, problem) = await reps.ActingAsync(Tenant, Context.User!, named, ct);
        return rep ?? throw new HubException(problem);
    }
}
