using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Answers;

/// <summary>
/// Ends the answers in progress of a conversation, so that the assistant says nothing after a person has begun to speak.
/// </summary>
public sealed class AnswerStops(TenantDatabase database, AnswerWorker worker, TimeProvider clock)
{
    // Another node sees the request when it renews its leases, every two seconds.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Stops the answers in progress at their current text, whichever node writes them, and waits a little until they are in the log.
    /// </summary>
    public async Task StopAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            var pending = await RequestAsync(tenant, conversation, ct);
            if (pending.Count == 0 || clock.GetElapsedTime(start) > MaxWait) return;
            foreach (var message in pending) await worker.StopAsync(message);
            await Task.Delay(Interval, clock, ct);
        }
    }

    /// <summary>
    /// Drops the answers that are still in progress. A node that writes one finds that it has lost it, and appends nothing. The caller's
    /// transaction has locked the conversation.
    /// </summary>
    public static async Task DropAsync(TenantDb db, ConversationId conversation, CancellationToken ct)
    {
        await using var drop = db.Command(
            "delete from pending_answers where tenant_id = $1 and conversation_id = $2",
            [db.TenantId.Value, conversation.Value]);
        await drop.ExecuteNonQueryAsync(ct);
    }

    private async Task<IReadOnlyList<MessageId>> RequestAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            "update pending_answers set stop_requested = true where tenant_id = $1 and conversation_id = $2 returning message_id",
            [tenant.Value, conversation.Value]);
        await using var rows = await batch.ReadAsync(ct);
        var pending = new List<MessageId>();
        while (await rows.ReadAsync(ct)) pending.Add(new MessageId(rows.GetGuid(0)));
        return pending;
    }
}
