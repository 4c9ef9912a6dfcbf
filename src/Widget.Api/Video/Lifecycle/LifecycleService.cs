using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video.Lifecycle;

/// <summary>Opens and ends calls for another framework, which reports the users who join and leave.</summary>
public sealed class LifecycleService(VideoSessions sessions, ConversationThreads threads, TenantDatabase database, ConversationFeed feed)
{
    /// <summary>Carries out a command. Commands are idempotent.</summary>
    public async Task<(LifecycleEvent? Event, CallRefusal? Refusal)> ApplyAsync(
        TenantId tenant,
        LifecycleRequest request,
        CancellationToken ct)
    {
        var caller = new Caller(tenant, Visitor: null);
        var (thread, visitor) = await threads.OfPersonAsync(tenant, request.EffectiveUserId, ct);
        var current = await CurrentAsync(tenant, thread, ct);
        if (request.Name is LifecycleCommands.UserLeft or LifecycleCommands.EndConversation)
        {
            if (current is null) return (new LifecycleEvent { Name = "tavus_conversation_none", UserId = request.EffectiveUserId }, null);
            var reason = request.Name == LifecycleCommands.UserLeft ? TavusEndReason.Left : TavusEndReason.Developer;
            await sessions.EndAsync(caller, current.Id, reason, ct);
            var ended = Of(current, request.EffectiveUserId, "tavus_conversation_ended");
            return (ended with { Reason = reason, ConversationUrl = null }, null);
        }

        if (current is null)
        {
            // Two concurrent commands count the same number of calls, so they use the same client id and open one call.
            var clientId = $"lifecycle:{await CountAsync(tenant, thread, ct)}";
            var open = new TavusSessionRequest { Locale = request.Language, ClientId = clientId };
            (current, var refusal) = await sessions.OpenAsync(caller, visitor, thread, open, ct);
            if (refusal is not null) return (null, refusal);
        }

        var name = current!.ConversationUrl is null ? "tavus_conversation_queued" : "tavus_conversation_created";
        return (Of(current, request.EffectiveUserId, name), null);
    }

    /// <summary>Streams the events of a user's calls after an event of the log.</summary>
    public async IAsyncEnumerable<LifecycleEvent> FollowAsync(
        TenantId tenant,
        string user,
        int after,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var (thread, _) = await threads.OfPersonAsync(tenant, user, ct);
        await foreach (var update in feed.WatchAsync(tenant, thread, after, ct))
        {
            if (Of(update.Event, user) is { } lifecycle) yield return lifecycle;
        }
    }

    /// <summary>The number of the latest event in a user's conversation.</summary>
    public async Task<int> LastSeqAsync(TenantId tenant, string user, CancellationToken ct)
    {
        var (thread, _) = await threads.OfPersonAsync(tenant, user, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        return await ConversationQueries.LastSeqAsync(db, thread, ct) ?? 0;
    }

    private async Task<VideoSession?> CurrentAsync(TenantId tenant, ConversationId thread, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.VideoSessions.AsNoTracking()
            .Where(row => row.ConversationId == thread
                && row.State != TavusSessionState.Ending
                && row.State != TavusSessionState.Ended
                && row.State != TavusSessionState.Failed)
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
        TavusConversationJoined joined =>
            new LifecycleEvent { Name = "tavus_conversation_joined", UserId = user, SessionId = joined.SessionId },
        TavusConversationEnded ended =>
            new LifecycleEvent { Name = "tavus_conversation_ended", UserId = user, SessionId = ended.SessionId, Reason = ended.Reason },
        _ => null,
    };
}
