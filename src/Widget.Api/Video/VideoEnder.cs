using Microsoft.EntityFrameworkCore;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>Ends video calls for other features. The session worker ends them at Tavus when they are due.</summary>
internal sealed class VideoEnder(TenantDatabase database, TimeProvider clock) : ICallEnder
{
    public Task<bool> EndSoonAsync(TenantId tenant, ConversationId conversation, CancellationToken ct) =>
        EndAsync(tenant, conversation, TavusEndReason.Visitor, ICallEnder.GoodbyeTime, ct);

    public Task EndForPersonAsync(TenantId tenant, ConversationId conversation, CancellationToken ct) =>
        EndAsync(tenant, conversation, TavusEndReason.Person, TimeSpan.Zero, ct);

    private async Task<bool> EndAsync(
        TenantId tenant,
        ConversationId conversation,
        TavusEndReason reason,
        TimeSpan after,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var sessions = await db.VideoSessions
            .FromSql(
                $"""
                select * from tavus_sessions
                where conversation_id = {conversation.Value} and state in ('creating', 'live') for update
                """)
            .ToListAsync(ct);
        var ended = sessions.Where(session => session.BeginEnd(reason, clock.GetUtcNow())).ToList();
        if (ended.Count == 0) return false;
        foreach (var session in ended) session.NextCheckAt = clock.GetUtcNow() + after;
        await db.CommitAsync(ct);
        return true;
    }
}
