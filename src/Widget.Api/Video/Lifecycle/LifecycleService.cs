using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video.Lifecycle;

/// <summary>Calls that another framework drives by saying who has come and gone.</summary>
public sealed class LifecycleService(VideoSessions sessions, ConversationThreads threads, TenantDatabase database, ConversationFeed feed)
{
    /// <summary>Carries out a command. Every one may be sent twice.</summary>
    public async Task<(LifecycleEvent? Event, VideoRefusal? Refusal)> ApplyAsync(TenantId tenant, LifecycleRequest request, CancellationToken ct)
    {
        var caller = new VideoCaller(tenant, Visitor: null);
        var (thread, visitor) = await threads.OfPersonAsync(tenant, request.Person, ct);
        var current = await CurrentAsync(tenant, thread, ct);
        if (request.Name is LifecycleCommands.UserLeft or LifecycleCommands.EndConversation)
        {
            if (current is null) return (new LifecycleEvent { Name = "tavus_conversation_none", UserId = request.Person }, null);
            var reason = request.Name == LifecycleCommands.UserLeft ? TavusEndReason.Left : TavusEndReason.Developer;
            await sessions.EndAsync(caller, current.Id, reason, ct);
            return (Of(current, request.Person, "tavus_conversation_ended") with { Reason = reason, ConversationUrl = null }, null);
        }

        if (current is null)
        {
            // Of two that come at once, the second finds the first one's call.
            var wish = new TavusSessionRequest { Locale = request.Language, ClientId = $"lifecycle:{await CountAsync(tenant, thread, ct)}" };
            (current, var refusal) = await sessions.OpenAsync(caller, visitor, thread, wish, ct);
            if (refusal is not null) return (null, refusal);
        }

        return (Of(current!, request.Person, current!.ConversationUrl is null ? "tavus_conversation_queued" : "tavus_conversation_created"), null);
    }

    /// <summary>What happens in somebody's calls from now on.</summary>
    public async IAsyncEnumerable<LifecycleEvent> FollowAsync(TenantId tenant, string user, int after, [EnumeratorCancellation] CancellationToken ct)
    {
        var (thread, _) = await threads.OfPersonAsync(tenant, user, ct);
        await foreach (var update in feed.WatchAsync(tenant, thread, after, ct))
        {
            if (Of(update.Event, user) is { } told) yield return told;
        }
    }

    /// <summary>How far the log of somebody's conversation has come.</summary>
    public async Task<int> LastSeqAsync(TenantId tenant, string user, CancellationToken ct)
    {
        var (thread, _) = await threads.OfPersonAsync(tenant, user, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = db.Command("select last_seq from conversations where id = $1", [thread.Value]);
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task<VideoSession?> CurrentAsync(TenantId tenant, ConversationId thread, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.VideoSessions.AsNoTracking()
            .Where(row => row.ConversationId == thread && row.State != TavusSessionState.Ending && row.State != TavusSessionState.Ended && row.State != TavusSessionState.Failed)
            .OrderByDescending(row => row.CreatedAt)
            .FirstOrDefaultAsync(ct);
    }

    private async Task<int> CountAsync(TenantId tenant, ConversationId thread, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.VideoSessions.CountAsync(row => row.ConversationId == thread, ct);
    }

    private static LifecycleEvent Of(VideoSession session, string user, string name) => new()
    {
        Name = name,
        UserId = user,
        SessionId = session.Id.Value,
        ConversationId = session.TavusConversationId,
        ConversationUrl = session.ConversationUrl,
    };

    private static LifecycleEvent? Of(ConversationEvent? entry, string user) => entry switch
    {
        TavusConversationCreated created => new LifecycleEvent
        {
            Name = "tavus_conversation_created",
            UserId = user,
            SessionId = created.SessionId,
            ConversationId = created.TavusConversationId,
            ConversationUrl = created.ConversationUrl,
        },
        TavusConversationJoined joined => new LifecycleEvent { Name = "tavus_conversation_joined", UserId = user, SessionId = joined.SessionId },
        TavusConversationEnded ended => new LifecycleEvent { Name = "tavus_conversation_ended", UserId = user, SessionId = ended.SessionId, Reason = ended.Reason },
        _ => null,
    };
}
