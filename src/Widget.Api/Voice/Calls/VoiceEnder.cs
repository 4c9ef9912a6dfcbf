using Microsoft.EntityFrameworkCore;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Calls;

/// <summary>
/// Ends voice calls for other features. It uses nothing that opens calls: opening needs the tools, and a tool needs this.
/// </summary>
internal sealed class VoiceEnder(TenantDatabase database, VoiceBus bus, TimeProvider clock, ILogger<VoiceCalls> logger) : ICallEnder
{
    /// <summary>Ends nothing: the node that runs the call does it when the tool has succeeded.</summary>
    public Task<bool> EndSoonAsync(TenantId tenant, ConversationId conversation, CancellationToken ct) => Task.FromResult(false);

    public async Task EndForPersonAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var active = await db.VoiceCalls
            .FromSql(
                $"""
                select * from voice_sessions
                where conversation_id = {conversation.Value} and state in ('creating', 'live') for update
                """)
            .ToListAsync(ct);
        var ended = active.Where(call => call.BeginEnd(VoiceEndReason.Person, clock.GetUtcNow())).ToList();
        if (ended.Count == 0) return;
        await db.CommitAsync(ct);
        try
        {
            foreach (var call in ended) await bus.CommandAsync(call.Id, new VoiceCommand("look"), ct);
        }
        catch (Exception e) when (DatabaseFaults.IsTransient(e))
        {
            // The node that runs a call also checks its row every few seconds.
            logger.LogDatabaseUnavailable(e);
        }
    }
}
