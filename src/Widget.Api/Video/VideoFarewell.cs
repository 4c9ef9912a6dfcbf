using Microsoft.EntityFrameworkCore;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>Ends a video call after the avatar has said goodbye. The session worker ends it at Tavus when it is due.</summary>
internal sealed class VideoFarewell(TenantDatabase database, TimeProvider clock) : ICallEnder
{
    public async Task<bool> EndSoonAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var sessions = await db.VideoSessions
            .FromSql($"select * from tavus_sessions where conversation_id = {conversation.Value} and state = 'live' for update")
            .ToListAsync(ct);
        var ended = sessions.Where(session => session.BeginEnd(TavusEndReason.Visitor, clock.GetUtcNow())).ToList();
        if (ended.Count == 0) return false;
        foreach (var session in ended) session.NextCheckAt = clock.GetUtcNow() + ICallEnder.GoodbyeTime;
        await db.CommitAsync(ct);
        return true;
    }
}
