using Microsoft.EntityFrameworkCore;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Calls;

/// <summary>Ends voice calls for other features.</summary>
internal sealed class VoiceEnder(TenantDatabase database, VoiceCalls calls) : ICallEnder
{
    /// <summary>Ends nothing: the node that runs the call does it when the tool has succeeded.</summary>
    public Task<bool> EndSoonAsync(TenantId tenant, ConversationId conversation, CancellationToken ct) => Task.FromResult(false);

    public async Task EndForPersonAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        List<VoiceCall> active;
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            active = await db.VoiceCalls
                .FromSql($"select * from voice_sessions where conversation_id = {conversation.Value} and state in ('creating', 'live')")
                .AsNoTracking()
                .ToListAsync(ct);
        }

        foreach (var call in active) await calls.EndAsync(new Caller(tenant, Visitor: null), call.Id, VoiceEndReason.Person, ct);
    }
}
